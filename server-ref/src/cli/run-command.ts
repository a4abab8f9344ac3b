import { type Command, InvalidArgumentError } from "commander";
import { operationInterrupted, operationNotStarted } from "../errors/agent-failures.ts";
import { ExitCode } from "../errors/exit-code.ts";
import { readServerIdentity } from "../handshake/server-identity.ts";
import { findAgent } from "../home/agents.ts";
import type { OperationResult, OutputSink } from "../operations/operation-result.ts";
import { runOperation } from "../operations/run-operation.ts";
import { readWantedManifest } from "../sync/wanted-manifest.ts";
import { frame, type Options, runInFrame } from "./command-frame.ts";
import { interruptible } from "./interruption.ts";
import { type IsolationOptions, isolationOption } from "./isolation-option.ts";
import type { Output } from "./output.ts";
import { reportInPlainLines } from "./progress.ts";
import { terminal } from "./terminal.ts";

interface RunOptions extends IsolationOptions {
  readonly timeout?: number;
}

/** `run AGENT OPERATION [ARGS…]`. */
export function addRunCommand(program: Command): void {
  frame(
    program
      .command("run <agent> <operation> [args...]")
      .description(
        "run an operation on an agent, after a sync where one is needed; ends with the operation's exit code",
      )
      .usage("[options] AGENT OPERATION [ARGS…]")
      .option("--timeout <duration>", "end it after so long, such as 90s, 10m or 2h", parseDurationMs)
      .addOption(isolationOption())
      .passThroughOptions()
      .addHelpText(
        "after",
        "\nOptions stand before AGENT; everything after OPERATION belongs to the operation.\nCtrl-C cancels the operation on the agent and waits for its end; a second leaves at once.",
      ),
    [
      "run web-1 deploy --force",
      "run --timeout 10m web-1 deploy",
      "run --require-isolation web-1 deploy",
      "run --json web-1 list-sites",
    ],
  ).action((name: string, operation: string, args: string[], options: Options<RunOptions>) =>
    runInFrame(options, async ({ home, output }) => {
      const agent = findAgent(home, name);
      const identity = readServerIdentity(home);
      const wanted = readWantedManifest(home);
      const interruption = {
        failure: operationNotStarted(),
        ending: "Interrupted: asking the agent to end the operation if it runs; once more leaves at once.",
        leaving: "Left at once: the operation can still be running on the agent.",
        say: output.say,
      };
      await interruptible(interruption, async (signal) => {
        const report = reportInPlainLines(`Syncing ${name}`);
        const requiresIsolation = options.requireIsolation === true;
        const task = { home, identity, wanted, requiresIsolation, signal, report, warn: output.warn };
        const order = { name: operation, arguments: args, timeoutMs: options.timeout ?? 0 };
        const result = await runOperation(agent, task, order, createSink(output));
        const { operationId = null, exitCode = null } = result;
        output.event({ event: "ended", ...result, operationId, exitCode });
        if (signal.aborted) throw operationInterrupted(result.operationId, endOf(result));
        terminal().setExitCode(toExitCode(result, output));
      });
    }),
  );
}

/** With `--json` the output stays what it is, bytes, in base64: a run can end in the middle of a character. */
function createSink(output: Output): OutputSink {
  if (!output.isJson) return output.pass;
  return async (stream, bytes) =>
    output.event({ event: "output", stream, base64: Buffer.from(bytes).toString("base64") });
}

/** Only an exit code of zero is success, and every other state is failure (OP-062, LEG-047). */
function toExitCode(
  { state, exitCode, reason, outputTruncated, operationId }: OperationResult,
  output: Output,
): number {
  if (outputTruncated) output.warn("The agent kept only the first part of the output.");
  if (exitCode === undefined) {
    const [which, clause] =
      operationId === undefined ? ["The operation", "LEG-047"] : [`The operation ${operationId}`, "OP-062"];
    output.say(`error: ${which} ended as ${state}: ${reason || "the agent gave no reason"} (${clause})`);
    return ExitCode.operationWithoutExitCode;
  }
  if (exitCode >= 0 && exitCode <= 255) return exitCode;
  output.warn(`The operation's exit code was ${exitCode}; a shell knows only 0 to 255.`);
  return 255;
}

function endOf({ state, exitCode }: OperationResult): string {
  return exitCode === undefined ? state : `${state} ${exitCode}`;
}

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

function parseDurationMs(text: string): number {
  const match = /^(\d{1,9})(ms|s|m|h)$/.exec(text);
  if (!match || Number(match[1]) === 0)
    throw new InvalidArgumentError("Write a number and ms, s, m or h, such as 10m.");
  return Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs];
}
