import { DriverResponse, StepStream } from "@berth/proto/messages/driver/v1/driver";
import type { Terminal } from "../cli/terminal.ts";
import { frameMessage } from "./framing.ts";

/** The terminal of one step: what it prints becomes messages, and an Interrupt is its Ctrl-C. */
export interface StepTerminal extends Terminal {
  interrupt(): void;
  /** Says that the step has ended. */
  end(): Promise<void>;
}

/** A terminal for the step `stepId` of the installation in `home`. `send` resolves when there is room for more. */
export function createStepTerminal(stepId: bigint, home: string, send: (bytes: Buffer) => Promise<void>): StepTerminal {
  const listeners = new Set<() => void>();
  let exitCode = 0;
  let isOver = false;

  const answer = (response: NonNullable<DriverResponse["response"]>) =>
    isOver ? Promise.resolve() : send(frameMessage(DriverResponse.encode({ stepId, response }).finish()));

  function end(): Promise<void> {
    const sent = answer({ $case: "end", value: { exitCode } });
    isOver = true;
    return sent;
  }

  return {
    isInteractive: false,
    home,
    async print(stream, bytes) {
      const data = Buffer.from(bytes as string);
      if (data.length === 0) return;
      const printed = stream === "stdout" ? StepStream.STEP_STREAM_STDOUT : StepStream.STEP_STREAM_STDERR;
      await answer({ $case: "output", value: { stream: printed, data } });
    },
    setExitCode(code) {
      exitCode = code;
    },
    onInterrupt(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    // Other steps go on, so the work that is left cannot be ended with the process; it ends by itself, unseen.
    abandon(code) {
      exitCode = code;
      void end();
    },
    interrupt() {
      for (const listener of [...listeners]) listener();
    },
    end,
  };
}
