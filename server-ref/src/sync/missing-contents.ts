import type { Need } from "@berth/proto/messages/sync/v49/sync";
import { formatDigest, isDigest } from "@berth/proto/rules/digest";
import { agentMisbehaved } from "../errors/agent-failures.ts";

/** What an agent asked for: by digest in hexadecimal, where in the content to begin. An entry goes once its content was sent to the end. */
export type MissingContents = Map<string, { readonly heldBytes: number; readonly sizeBytes: number }>;

/** Collects the Needs of one stream. Throws a `Failure` for what an agent cannot need: what was not offered, or twice, or held beyond its size (SYNC-036). */
export function createMissingContents(sizes: ReadonlyMap<string, number>) {
  const missing: MissingContents = new Map();
  return {
    missing,
    add({ missing: digests, partials }: Need): void {
      for (const digest of digests) {
        const key = keyOf(digest);
        const sizeBytes = sizes.get(key);
        if (sizeBytes === undefined)
          throw agentMisbehaved(`it asks for the content ${key}, which the manifest does not name`, "SYNC-036");
        if (missing.has(key)) throw agentMisbehaved(`it asks for the content ${key} twice`, "SYNC-036");
        missing.set(key, { heldBytes: 0, sizeBytes });
      }
      for (const { digest, heldBytes } of partials) {
        const key = keyOf(digest);
        const content = missing.get(key);
        if (!content || heldBytes < 1n || heldBytes >= BigInt(content.sizeBytes)) {
          throw agentMisbehaved(
            `it holds ${heldBytes} bytes of the content ${key}, which is not missing or not larger`,
            "SYNC-060",
          );
        }
        missing.set(key, { ...content, heldBytes: Number(heldBytes) });
      }
    },
  };
}

/** The bytes that still have to be sent. */
export function sumMissingBytes(missing: MissingContents): number {
  let sum = 0;
  for (const { heldBytes, sizeBytes } of missing.values()) sum += sizeBytes - heldBytes;
  return sum;
}

function keyOf(digest: Uint8Array): string {
  if (!isDigest(digest)) throw agentMisbehaved("it asks for a digest that is not 32 bytes", "SYNC-036");
  return formatDigest(digest);
}
