import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { DriverRequest } from "@berth/proto/messages/driver/v1/driver";
import { withTerminal } from "../cli/terminal.ts";
import { readMessages } from "./framing.ts";
import { createStepTerminal, type StepTerminal } from "./step-terminal.ts";

/** Runs one command line to its end, on the terminal it is connected to; never rejects. */
export type RunCommandLine = (words: readonly string[]) => Promise<void>;

/**
 * Runs steps as they are asked for on `input`, each a command line on a home of its own, and answers on `output`; steps go on at the same
 * time. Resolves when the input has ended and every step after it. Rejects when the input holds what is no request.
 */
export async function drive(input: Readable, output: Writable, runCommandLine: RunCommandLine): Promise<void> {
  const running = new Map<bigint, { readonly terminal: StepTerminal; readonly done: Promise<void> }>();
  const send = async (bytes: Buffer): Promise<void> => {
    if (!output.errored && !output.write(bytes)) await once(output, "drain").catch(() => {});
  };

  function begin(stepId: bigint, home: string, words: readonly string[]): void {
    if (running.has(stepId)) throw new RangeError(`the step ${stepId} is under way already`);
    const terminal = createStepTerminal(stepId, home, send);
    const done = withTerminal(terminal, () => runCommandLine(words))
      .then(() => terminal.end())
      .finally(() => running.delete(stepId));
    running.set(stepId, { terminal, done });
  }

  try {
    for await (const message of readMessages(input)) {
      const { stepId, request } = DriverRequest.decode(message);
      if (request?.$case === "step") begin(stepId, request.value.home, request.value.words);
      else if (request?.$case === "interrupt") running.get(stepId)?.terminal.interrupt();
      else throw new RangeError("a request is neither a step nor an interrupt");
    }
  } finally {
    // Nobody waits for what is still running.
    for (const { terminal } of running.values()) terminal.interrupt();
    await Promise.all([...running.values()].map(({ done }) => done));
  }
}
