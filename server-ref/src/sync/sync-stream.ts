import { once } from "node:events";
import type { SyncRequest, SyncResponse } from "@berth/proto/messages/sync/v49/sync";
import { ConnectionBroken } from "../errors/call-error.ts";
import { transferStallMs, watchCall } from "../transport/call-watch.ts";
import type { SyncCall, SyncClient } from "../transport/sync-client.ts";

type RequestFrame = NonNullable<SyncRequest["frame"]>;
type ResponseFrame = NonNullable<SyncResponse["frame"]>;

/** One sync with an agent, as messages in order. Every method rejects with what `readCallError` makes of the failure that ended the stream. */
export interface SyncStream {
  /** Sends a message; resolves when the transport has room for the next, so that a slow agent slows the sender and fills no memory. */
  send(frame: RequestFrame): Promise<void>;
  /** The next message from the agent. */
  receive(): Promise<ResponseFrame>;
  /** Ends this side of the stream. */
  end(): void;
  /** Gives the stream up, if it is still open. */
  close(): void;
}

/** Opens a stream. Aborting `signal` ends it with the signal's reason. */
export function openSyncStream(client: SyncClient, signal: AbortSignal): SyncStream {
  const call = client.sync();
  const failure = watchForFailure(call);
  const responses = readResponses(call);
  const watch = watchCall(call, signal, transferStallMs);

  /** Waits for `work`, but no longer than the stream lives. */
  async function whileOpen<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await Promise.race([work, failure]);
    } catch (error) {
      throw watch.reasonFor(error);
    } finally {
      watch.refresh();
    }
  }

  return {
    async send(frame) {
      if (!call.write({ frame })) await whileOpen(once(call, "drain"));
    },
    async receive() {
      const { value } = await whileOpen(responses.next());
      if (!value) throw new ConnectionBroken("the agent ended the sync without Committed");
      // A frame this server does not know is ignored like a field it does not know (HS-005).
      return value.frame ?? this.receive();
    },
    end: () => call.end(),
    close: () => watch[Symbol.dispose](),
  };
}

/** Rejects when the call fails; a write that waits for room would never hear of it otherwise. */
function watchForFailure(call: SyncCall): Promise<never> {
  const failure = new Promise<never>((_, reject) => call.on("error", reject));
  failure.catch(() => {}); // nobody may be waiting at that moment
  return failure;
}

async function* readResponses(call: SyncCall): AsyncGenerator<SyncResponse, undefined> {
  for await (const response of call) yield response;
  return undefined;
}
