import type { Need } from "@berth/proto/messages/sync/v49/sync";
import { failed } from "../../expect/failed.ts";
import type { Release } from "../../material/release.ts";

/** What an agent lacks, read from all its Needs. */
export interface Lacking {
  /** Digests in hexadecimal digits, in the order the agent named them. */
  readonly missing: readonly string[];
  /** How many bytes of a content are held, by its digest. */
  readonly held: ReadonlyMap<string, number>;
}

/** Reads the Needs of one stream, holding them against what any Need has to be (SYNC-036, SYNC-060). */
export function lackingFrom(release: Release, needs: readonly Need[]): Lacking {
  const missing = needs.flatMap((need) => need.missing.map((digest) => Buffer.from(digest).toString("hex")));
  const distinct = new Set(missing);
  for (const digest of missing) {
    check(release.contents.has(digest), "digests of contents that the manifest names", JSON.stringify(digest));
    check(release.contents.get(digest)?.length !== 0, "never the content of no bytes", "it is in the Need");
  }
  check(distinct.size === missing.length, "each digest once", "one of them twice");
  check(
    [...release.contents.keys()].filter((digest) => distinct.has(digest)).join() === missing.join(),
    "the order of first appearance in the manifest",
    "another order",
  );

  const held = new Map<string, number>();
  for (const partial of needs.flatMap((need) => need.partials)) {
    const digest = Buffer.from(partial.digest).toString("hex");
    const size = release.contents.get(digest)?.length ?? 0;
    const heldBytes = Number(partial.heldBytes);
    check(distinct.has(digest), "partials of missing contents only", `a partial of ${digest}`);
    check(!held.has(digest), "one partial for a content", `two of ${digest}`);
    check(heldBytes >= 1 && heldBytes < size, `held_bytes from 1 to ${size - 1}`, String(heldBytes));
    held.set(digest, heldBytes);
  }
  return { missing, held };
}

function check(holds: boolean, expected: string, actual: string): void {
  if (!holds) throw failed({ code: "need-wrong", clause: "SYNC-036", expected: `in Need: ${expected}`, actual });
}
