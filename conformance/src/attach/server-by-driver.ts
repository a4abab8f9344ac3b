import { DriverRequest, DriverResponse, StepStream } from "@berth/proto/messages/driver/v1/driver";
import { ConformanceFailure, TargetUnreachable } from "../runner/failure.ts";
import { createUnframer, framed } from "./framing.ts";
import { keepTail } from "./output-tail.ts";
import type { AttachedServer, ServerCommandSettings } from "./server-by-command.ts";
import { startAsProcess } from "./start-target.ts";
import type { RunningStep, ServerInstallation, StepResult } from "./target.ts";
import { makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directory.ts";
import { within } from "./within.ts";

const KEPT_BYTES = 64 * 1024;

interface PendingStep {
  readonly stdout: Buffer[];
  readonly stderr: Buffer[];
  readonly ended: PromiseWithResolvers<StepResult>;
}

/**
 * A server that one program drives over its standard input and output (berth/driver/v1/driver.proto). Every step fails with
 * `TargetUnreachable` once the program has ended or has written what is no message.
 */
export function serverByDriver({
  command,
  startTarget = startAsProcess,
  stepMs,
}: ServerCommandSettings): AttachedServer {
  const homes: string[] = [];
  const pending = new Map<bigint, PendingStep>();
  const group = startTarget(command, {}, "pipe");
  const stderr = keepTail(group.child.stderr, KEPT_BYTES);
  const unframer = createUnframer();
  let lastId = 0n;
  let gone: TargetUnreachable | undefined;

  function giveUp(reason: string): void {
    gone ??= new TargetUnreachable(`the driver \`${command.join(" ")}\` ${reason}\n${stderr.text()}`.trimEnd());
    group.signal("SIGKILL");
    for (const step of pending.values()) step.ended.reject(gone);
    pending.clear();
  }

  group.child.stdout?.on("data", (bytes: Buffer) => {
    if (gone !== undefined) return;
    try {
      for (const message of unframer.take(bytes)) answer(DriverResponse.decode(message));
    } catch (error) {
      giveUp(`wrote what is no DriverResponse: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
  group.child.stdin?.on("error", () => undefined); // its end says more
  void group.ended.then(({ exitCode, signal, spawnError }) =>
    giveUp(spawnError ? `cannot be started: ${spawnError.message}` : `has ended (${signal ?? exitCode})`),
  );

  function answer({ stepId, response }: DriverResponse): void {
    const step = pending.get(stepId);
    if (step === undefined) throw new Error(`step ${stepId} is not under way`);
    switch (response?.$case) {
      case "output": {
        const { stream, data } = response.value;
        if (stream === StepStream.STEP_STREAM_STDOUT) step.stdout.push(Buffer.from(data));
        else step.stderr.push(Buffer.from(data));
        break;
      }
      case "end":
        pending.delete(stepId);
        step.ended.resolve({
          exitCode: response.value.exitCode,
          signal: null,
          stdout: Buffer.concat(step.stdout).toString(),
          stderr: Buffer.concat(step.stderr).toString(),
        });
        break;
      default:
        throw new Error("neither output nor end is set");
    }
  }

  function send(request: DriverRequest): void {
    group.child.stdin?.write(framed(DriverRequest.encode(request).finish()));
  }

  function begin(home: string, words: readonly string[]): RunningStep {
    if (gone !== undefined) throw gone;
    lastId += 1n;
    const stepId = lastId;
    const ended = Promise.withResolvers<StepResult>();
    pending.set(stepId, { stdout: [], stderr: [], ended });
    send({ stepId, request: { $case: "step", value: { home, words: [...words] } } });
    return {
      kill: () => send({ stepId, request: { $case: "interrupt", value: {} } }),
      ended: inTime(ended.promise, words),
    };
  }

  async function inTime(ended: Promise<StepResult>, words: readonly string[]): Promise<StepResult> {
    const result = await within(ended, stepMs);
    if (result !== undefined) return result;
    throw new ConformanceFailure({
      code: "step-timed-out",
      expected: `the step \`${words.join(" ")}\` to end within ${Math.round(stepMs)} ms`,
      actual: "it was still running",
    });
  }

  return {
    async install(): Promise<ServerInstallation> {
      const home = makeTemporaryDirectory("berth-server-");
      homes.push(home);
      return {
        home,
        begin: (...words) => begin(home, words),
        step: (...words) => begin(home, words).ended,
      };
    },
    async stop() {
      group.child.stdin?.end();
      if ((await within(group.ended, stepMs)) === undefined) group.signal("SIGKILL");
      await group.ended;
      for (const home of homes.splice(0)) await removeTemporaryDirectory(home);
    },
  };
}
