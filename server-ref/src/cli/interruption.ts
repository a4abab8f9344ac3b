import { ExitCode } from "../errors/exit-code.ts";
import type { Failure } from "../errors/failure.ts";
import { terminal } from "./terminal.ts";

/** What is said, and to whom. */
interface Interruption {
  /** Why the work was given up: what its signal is aborted with. */
  readonly failure: Failure;
  /** A sentence for the operator at the first Ctrl-C, where the end can take a while. */
  readonly ending?: string;
  /** A sentence for the operator at the second, where something is left behind. */
  readonly leaving?: string;
  readonly say: (sentence: string) => void;
}

/**
 * Gives the work a signal that Ctrl-C aborts. The first asks for an orderly end, the second ends the program at once.
 */
export async function interruptible<Result>(
  { failure, ending, leaving, say }: Interruption,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const { onInterrupt, abandon } = terminal();
  const onInterruption = () => {
    const isSecond = controller.signal.aborted;
    const sentence = isSecond ? leaving : ending;
    if (sentence) say(sentence);
    if (isSecond) abandon(ExitCode.interrupted);
    controller.abort(failure);
  };
  const ignoreInterrupts = onInterrupt(onInterruption);
  try {
    return await work(controller.signal);
  } finally {
    ignoreInterrupts();
  }
}
