import type { Command } from "../attach/process-group.ts";
import { probeUnknownStep, serverByCommand } from "../attach/server-by-command.ts";
import { serverByDriver } from "../attach/server-by-driver.ts";
import type { ServerCase } from "../case.ts";
import type { EventLog } from "../report/event-log.ts";
import type { CaseSurroundings } from "../runner/execute-case.ts";
import type { KnownFailure } from "../runner/known-failures-file.ts";
import { runSuite } from "../runner/run-suite.ts";
import { serverSurroundings } from "../runner/server-suite.ts";
import type { Shard } from "../runner/shard.ts";
import type { Verdict } from "../runner/verdict.ts";
import type { Catalogue } from "./catalogue.ts";
import { joinCommandLine } from "./command-line.ts";
import type { Interruption } from "./interruption.ts";
import { requireProfile } from "./judge-agent.ts";
import { type CaseOptions, reproWords } from "./run-options.ts";
import { openRunScope, withTraces } from "./run-scope.ts";

export interface ServerRun {
  readonly command: Command;
  /** The command is one program that takes steps as messages, not a command line for each. */
  readonly byDriver: boolean;
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
  const { options, catalogue, command } = run;
  const { scope, calibration } = await openRunScope(options, run.nonce);
  const attach = run.byDriver ? serverByDriver : serverByCommand;
  const server = attach({ command, stepMs: STEP_MS * scope.timeScale });
  const release = run.interruption.owe(server.stop);
  try {
    await probeUnknownStep(server);
    return await runSuite({
      suite: "server",
      catalogue: catalogue.serverCases,
      clauses: catalogue.clauses,
      surroundings: { ...serverSurroundings(server, withTraces(scope, run, "server")), onWire: run.onWire },
      profile: requireProfile(run.profile ?? "server"),
      shard: run.shard,
      jobs: options.jobs,
      filter: options.filter,
      knownFailures: run.knownFailures,
      log: run.log,
      target: joinCommandLine(command),
      calibration,
      repro: (id) =>
        joinCommandLine([
          "berth-conformance",
          "server",
          ...(run.byDriver ? ["--driver"] : []),
          ...reproWords(options, id, scope.seed),
          "--",
          ...command,
        ]),
    });
  } finally {
    release();
    await server.stop();
  }
}
