import type { CallResult } from "./call-result.ts";
import { decodeAnswer } from "./decode-answer.ts";
import type { MessageLog } from "./message-log.ts";
import type { UnaryMethod } from "./methods.ts";
import type { RawChannel } from "./raw-channel.ts";
import { refusalFrom } from "./refusal.ts";

/** Makes unary calls on one channel and writes them down. */
export interface UnaryCaller {
  call<Request, Response>(
    method: UnaryMethod<Request, Response>,
    request: Request,
    options: CallOptions,
  ): Promise<CallResult<Response>>;
  /** Sends any bytes to any method, and gives the bytes of the answer. */
  callRaw(path: string, bytes: Uint8Array, options: CallOptions): Promise<CallResult<Buffer>>;
}

/** How a call is made. */
interface CallOptions {
  /** How long the agent has to answer. */
  readonly patienceMs: number;
  /** Further entries of the request's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Makes the caller of a channel. */
export function unaryCaller(channel: RawChannel, log: MessageLog): UnaryCaller {
  async function end(path: string, bytes: Buffer, options: CallOptions): Promise<CallResult<Buffer>> {
    const raw = await channel.unary(path, bytes, options.metadata ?? {}, options.patienceMs);
    if (raw.kind === "answered") return { kind: "answered", value: raw.bytes };
    const refusal = refusalFrom(raw.end);
    log.refusal(path, refusal);
    return { kind: "refused", refusal };
  }

  return {
    async call(method, request, options) {
      log.message("sent", method.path, request);
      const result = await end(method.path, method.requestSerialize(request), options);
      if (result.kind === "refused") return result;
      const value = decodeAnswer(method.path, method.responseDeserialize, result.value);
      log.message("received", method.path, value);
      return { kind: "answered", value };
    },
    async callRaw(path, bytes, options) {
      log.message("sent", path, bytes);
      const result = await end(path, Buffer.from(bytes), options);
      if (result.kind === "answered") log.message("received", path, result.value);
      return result;
    },
  };
}
