import type { ClientReadableStream } from "@grpc/grpc-js";
import { watchCall } from "./call-watch.ts";

/**
 * The answers of a call that has many, in order. Throws what `readCallError` makes of the call's error, or the signal's reason. The call is cancelled when the signal is
 * aborted, when no answer comes for `stallMs`, where given, and when the reader stops early.
 */
export async function* readAnswers<Answer>(
  call: ClientReadableStream<Answer>,
  signal: AbortSignal,
  stallMs?: number,
): AsyncGenerator<Answer, undefined> {
  call.on("error", () => {}); // thrown by the iteration; without a listener it would end the program in between
  using watch = watchCall(call, signal, stallMs);
  try {
    for await (const answer of call) {
      watch.refresh();
      yield answer;
    }
  } catch (error) {
    throw watch.reasonFor(error);
  }
  return undefined;
}
