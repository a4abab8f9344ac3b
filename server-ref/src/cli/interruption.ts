import { interrupted } from "../errors/agent-failures.ts";
import { ExitCode } from "../errors/exit-code.ts";

/**
 * Gives the work a signal that Ctrl-C aborts. The first asks for an orderly end, the second ends the program at once.
 */
export async function interruptible<Result>(
  what: string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(ExitCode.interrupted);
    controller.abort(interrupted(what));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  }
}
