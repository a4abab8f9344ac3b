import type { Command } from "../attach/process-group.ts";
import { probeUnknownStep, serverByCommand } from "../attach/server-by-command.ts";
import { serverByDriver } from "../attach/server-by-driver.ts";
import type { ServerCase } from "../case.ts";
import { type ProductVersion, productVersionInWords, USUAL_PRODUCT_VERSION } from "../product-version.ts";
import type { EventLog } from "../report/event-log.ts";
import { serverProfileName } from "../runner/profile.ts";
import { serverSurroundings } from "../runner/server-suite.ts";
import type { Verdict } from "../runner/verdict.ts";
import { joinCommandLine } from "./command-line.ts";
import { startOf, targetWords } from "./image-attachment.ts";
import { judgeOpened, type OpenedRun } from "./opened-run.ts";
import { reproWords } from "./run-options.ts";
import { openRunScope } from "./run-scope.ts";
import { asAsked, requireProfile, type TargetRun } from "./target-run.ts";

/** What is said of the run of a server. */
export interface ServerRun extends TargetRun<ServerCase> {
  readonly command: Command;
  /** The command is one program that takes steps as messages, not a command line for each. */
  readonly byDriver: boolean;
  /** The command is a container image and the words for its entry point. */
  readonly byImage: boolean;
  /** What the server is set to be. */
  readonly productVersion: ProductVersion;
}

const STEP_MS = 90_000;

/** Makes sure that the server can be driven, runs the cases, and removes what they left. */
export async function judgeServer(run: ServerRun & { readonly log: EventLog }): Promise<Verdict> {
  return judgeOpened(await openServerRun(run), run.log);
}

/** Makes sure that the server can be driven. The caller closes. @throws {TargetUnreachable} when it cannot. */
export async function openServerRun(run: ServerRun): Promise<OpenedRun<ServerCase>> {
  const { options, catalogue, command, productVersion } = run;
  const { scope, calibration } = await openRunScope(options, run.nonce);
  const profile = requireProfile(run.profile ?? serverProfileName(productVersion));
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
    ...asAsked(run),
    suite: "server",
    catalogue: catalogue.serverCases,
    surroundings: { ...serverSurroundings(server, productVersion, scope), onWire: run.onWire },
    profile,
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
