import { once } from "node:events";
import type { Writable } from "node:stream";

/** Sends one message of a grpc-js call that answers with many, and waits while the caller reads too slowly and has not gone. */
export async function sendMessage(grpcCall: Writable, message: unknown, gone: AbortSignal): Promise<void> {
  if (gone.aborted || grpcCall.write(message)) return;
  await once(grpcCall, "drain", { signal: gone }).catch(() => {});
}
