import { randomBytes } from "node:crypto";
import { ConformanceFailure, TargetUnreachable } from "../runner/failure.ts";
import { keepTail } from "./output-tail.ts";
import type { Command, ProcessEnd } from "./process-group.ts";
import { type StartTarget, startAsProcess } from "./start-target.ts";
import type { RunningStep, ServerInstallation, ServerTarget, StepResult } from "./target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directory.ts";
import { within } from "./within.ts";

/** What every step of a server is run with. The contract is in SERVER.md. */
export interface ServerCommandSettings {
  readonly command: Command;
  /** How the command is started; as a process when absent. */
  readonly startTarget?: StartTarget;
  /** The longest a step takes before it is killed. */
  readonly stepMs: number;
}

/** A server under test and the end of all its installations. */
export interface AttachedServer extends ServerTarget {
  /** Removes every home. */
  stop(): Promise<void>;
}

const KEPT_BYTES = 1024 * 1024;
const UNKNOWN_STEP_EXIT_CODE = 2;

/** A server that is driven by a command line per step. */
export function serverByCommand(settings: ServerCommandSettings): AttachedServer {
  const homes: string[] = [];
  return {
    async install() {
      const home = makeTemporaryDirectory("berth-server-");
      homes.push(home);
      return installation(settings, home);
    },
    async stop() {
      for (const home of homes.splice(0)) await removeTemporaryDirectory(home);
    },
  };
}

/**
 * Makes sure that a step nobody knows is answered as unknown, so that "it exited with 0" means something.
 *
 * @throws {TargetUnreachable} when the command cannot be started, or answers otherwise.
 */
export async function probeUnknownStep(server: ServerTarget): Promise<void> {
  const word = `no-such-step-${randomBytes(4).toString("hex")}`;
  const result = await (await server.install()).step(word);
  if (result.exitCode === UNKNOWN_STEP_EXIT_CODE) return;
  const ended = result.signal === null ? `exit code ${result.exitCode}` : `signal ${result.signal}`;
  throw new TargetUnreachable(
    `the server answered the unknown step \`${word}\` with ${ended}, where the contract asks for exit code 2\n${result.stderr}`,
  );
}

function installation(settings: ServerCommandSettings, home: string): ServerInstallation {
  function begin(...words: string[]): RunningStep {
    const { command, startTarget = startAsProcess } = settings;
    const group = startTarget([...command, ...words], { BERTH_HOME: home });
    const stdout = keepTail(group.child.stdout, KEPT_BYTES);
    const stderr = keepTail(group.child.stderr, KEPT_BYTES);
    return {
      kill: (signal = "SIGKILL") => group.signal(signal),
      ended: endOf(group.ended, words).then(({ exitCode, signal }) => ({
        exitCode,
        signal,
        stdout: stdout.text(),
        stderr: stderr.text(),
      })),
    };

    async function endOf(ended: Promise<ProcessEnd>, step: readonly string[]): Promise<ProcessEnd> {
      const end = await within(ended, settings.stepMs);
      if (end?.spawnError !== undefined) {
        throw new TargetUnreachable(
          `the server \`${settings.command.join(" ")}\` cannot be started: ${end.spawnError.message}`,
        );
      }
      if (end !== undefined) return end;
      group.signal("SIGKILL");
      await ended;
      throw new ConformanceFailure({
        code: "step-timed-out",
        expected: `the step \`${step.join(" ")}\` to end within ${Math.round(settings.stepMs)} ms`,
        actual: `it was still running; its stderr ends: ${stderr.text().slice(-1000)}`,
      });
    }
  }

  return {
    home,
    begin,
    step: (...words): Promise<StepResult> => begin(...words).ended,
  };
}
