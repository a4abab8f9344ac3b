import type { Data } from "@berth/proto/messages/sync/v49/sync";
import { dataOf } from "../../peers/server-peer/data-frames.ts";
import { type Content, type FaultyData, wholeData } from "./content.ts";

/** SYNC-042: the first half of one content, which is good, and what is not to follow it. Half of it has to be more than one byte. */
export function interleavedContents(
  one: Content,
  other: Content,
): { readonly half: Data; readonly faults: FaultyData } {
  const { digest, bytes } = one;
  const middle = Math.floor(bytes.length / 2);
  const from = (offset: number): Data => dataOf([{ digest, offset, bytes: bytes.subarray(offset) }]);
  return {
    half: dataOf([{ digest, offset: 0, bytes: bytes.subarray(0, middle) }]),
    faults: { "another content": wholeData(other), "an overlap": from(middle - 1), "a gap": from(middle + 1) },
  };
}
