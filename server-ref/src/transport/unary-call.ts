import { type CallOptions, type ClientUnaryCall, Metadata, type ServiceError } from "@grpc/grpc-js";
import { readCallError } from "../errors/call-error.ts";

type UnaryMethod<Request, Response> = (
  request: Request,
  metadata: Metadata,
  options: Partial<CallOptions>,
  callback: (error: ServiceError | null, response: Response) => void,
) => ClientUnaryCall;

/** Bounds of one call. */
export interface CallBounds {
  /** The call fails with `ConnectionBroken` after this many milliseconds without an answer. */
  readonly timeoutMs: number;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}

/** Makes one call. Rejects with what `readCallError` makes of its error, or with the signal's reason. */
export function callUnary<Request, Response>(
  method: UnaryMethod<Request, Response>,
  request: Request,
  bounds: CallBounds,
): Promise<Response> {
  const { timeoutMs, signal } = bounds;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const giveUp = () => call.cancel();
    const call = method(request, new Metadata(), { deadline: Date.now() + timeoutMs }, (error, response) => {
      signal?.removeEventListener("abort", giveUp);
      if (!error) resolve(response);
      else reject(signal?.aborted ? signal.reason : readCallError(error));
    });
    signal?.addEventListener("abort", giveUp, { once: true });
  });
}
