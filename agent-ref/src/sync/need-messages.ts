import type { SyncResponse } from "@berth/proto/messages/sync/v49/sync";
import type { MissingContent } from "./staging.ts";

/** So many digests keep a message far below the 4 MiB that gRPC libraries take by default. */
const MAX_DIGESTS_PER_NEED = 8192;

/** What is missing, in as many messages as it takes; the last one is marked (SYNC-036, SYNC-060). */
export function needMessages(missing: readonly MissingContent[]): SyncResponse[] {
  const messages: SyncResponse[] = [];
  for (let start = 0; start === 0 || start < missing.length; start += MAX_DIGESTS_PER_NEED) {
    const some = missing.slice(start, start + MAX_DIGESTS_PER_NEED);
    messages.push({
      frame: {
        $case: "need",
        value: {
          missing: some.map(({ digest }) => Buffer.from(digest, "hex")),
          partials: some
            .filter(({ heldBytes }) => heldBytes > 0)
            .map(({ digest, heldBytes }) => ({ digest: Buffer.from(digest, "hex"), heldBytes: BigInt(heldBytes) })),
          complete: start + MAX_DIGESTS_PER_NEED >= missing.length,
        },
      },
    });
  }
  return messages;
}
