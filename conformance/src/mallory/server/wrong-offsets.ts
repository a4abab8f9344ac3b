import { dataOf } from "../../peers/server-peer/data-frames.ts";
import { type Content, type FaultyData, wholeData } from "./content.ts";

/** SYNC-042: segments that do not begin where the last ended, or that reach beyond their content. */
export function wrongOffsets(content: Content): FaultyData {
  const { digest, bytes } = content;
  const good = wholeData(content);
  return {
    "a beginning at 1": dataOf([{ digest, offset: 1, bytes: bytes.subarray(1) }]),
    "a beginning at the end": dataOf([{ digest, offset: bytes.length, bytes: Buffer.from("x") }]),
    "an offset beyond 53 bits": { ...good, segments: [{ ...good.segments[0]!, offset: 2n ** 63n }] },
    "one byte beyond the size": dataOf([{ digest, offset: 0, bytes: Buffer.concat([bytes, Buffer.from("x")]) }]),
    "a gap within one Data": dataOf([
      { digest, offset: 0, bytes: bytes.subarray(0, 10) },
      { digest, offset: 11, bytes: bytes.subarray(11) },
    ]),
    "an overlap within one Data": dataOf([
      { digest, offset: 0, bytes: bytes.subarray(0, 10) },
      { digest, offset: 9, bytes: bytes.subarray(9) },
    ]),
  };
}
