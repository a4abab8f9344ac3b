import type { Command } from "../attach/process-group.ts";
import { probeUnknownStep, serverByCommand } from "../attach/server-by-command.ts";
import { serverByDriver } from "../attach/server-by-driver.ts";
import type { ServerCase } from "../case.ts";
import { isBelowMinimum } from "../minimum-version.ts";
import { type ProductVersion, productVersionInWords, USUAL_PRODUCT_VERSION } from "../product-version.ts";
import type { EventLog } from "../report/event-log.ts";
import type { CaseSurroundings } from "../runner/execute-case.ts";
import type { KnownFailure } from "../runner/known-failures-file.ts";
import { runSuite } from "../runner/run-suite.ts";
import { serverSurroundings } from "../runner/server-suite.ts";
import type { Shard } from "../runner/shard.ts";
import type { Verdict } from "../runner/verdict.ts";
import type { Catalogue } from "./catalogue.ts";
import { joinCommandLine } from "./command-line.ts";
import { startOf, targetWords } from "./image-attachment.ts";
import type { Interruption } from "./interruption.ts";
import { requireProfile } from "./judge-agent.ts";
import type { OpenedRun } from "./opened-run.ts";
import { type CaseOptions, reproWords } from "./run-options.ts";
import { openRunScope } from "./run-scope.ts";

export interface ServerRun {
  readonly command: Command;
  /** The command is one program that takes steps as messages, not a command line for each. */
  readonly byDriver: boolean;
  /** The command is a container image and the words for its entry point. */
  readonly byImage: boolean;
  /** What the server is set to be. */
  readonly productVersion: ProductVersion;
  /** A profile by name, in place of the one that product and version lead to. */
  readonly profile?: string;
  readonly shard?: Shard;
  readonly options: CaseOptions;
  readonly catalogue: Catalogue;
  readonly knownFailures: readonly KnownFailure[];
  readonly log: EventLog;
  readonly interruption: Interruption;
  /** In place of a new one; see `RunScope`. */
  readonly nonce?: string;
  readonly onWire?: CaseSurroundings<ServerCase>["onWire"];
}

const STEP_MS = 90_000;

/** Makes sure that the server can be driven, runs the cases, and removes what they left. */
export async function judgeServer(run: ServerRun): Promise<Verdict> {
  const opened = await openServerRun(run);
  try {
    return await runSuite({ ...opened.run, log: run.log });
  } finally {
    await opened.close();
  }
}

/** Makes sure that the server can be driven. The caller closes. @throws {TargetUnreachable} when it cannot. */
export async function openServerRun(run: Omit<ServerRun, "log">): Promise<OpenedRun<ServerCase>> {
  const { options, catalogue, command, productVersion } = run;
  const { scope, calibration } = await openRunScope(options, run.nonce);
  const profile = requireProfile(run.profile ?? (isBelowMinimum(productVersion) ? "server-below-minimum" : "server"));
  const attach = run.byDriver ? serverByDriver : serverByCommand;
  const startTarget = await startOf(run.byImage, [command]);
  const server = attach({ command, startTarget, stepMs: STEP_MS * scope.timeScale });
  const release = run.interruption.owe(server.stop);
  async function close(): Promise<void> {
    release();
    await server.stop();
  }
  try {
    await probeUnknownStep(server);
  } catch (error) {
    await close();
    throw error;
  }
  const judged: OpenedRun<ServerCase>["run"] = {
    suite: "server",
    catalogue: catalogue.serverCases,
    clauses: catalogue.clauses,
    surroundings: { ...serverSurroundings(server, productVersion, scope), onWire: run.onWire },
    profile,
    shard: run.shard,
    jobs: options.jobs,
    traceDir: options.traceDir,
    filter: options.filter,
    knownFailures: run.knownFailures,
    target: joinCommandLine(command),
    productVersion: productVersionInWords(productVersion),
    calibration,
    repro: (id) =>
      joinCommandLine([
        "berth-conformance",
        "server",
        ...(run.byDriver ? ["--driver"] : []),
        ...(productVersion === USUAL_PRODUCT_VERSION ? [] : ["--as", productVersionInWords(productVersion)]),
        ...reproWords(options, id, scope.seed),
        ...targetWords(run.byImage, command),
      ]),
  };
  return { run: judged, close };
}
