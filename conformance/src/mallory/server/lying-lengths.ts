import { type Content, type FaultyData, wholeData } from "./content.ts";

/** SYNC-041: messages whose payload, raw_size and segments do not agree, or with no segment or an empty one. */
export function lyingLengths(content: Content): FaultyData {
  const { bytes } = content;
  const good = wholeData(content);
  const [segment] = good.segments;
  const empty = { ...segment!, length: 0 };
  return {
    "a payload one byte short": { ...good, payload: bytes.subarray(1) },
    "a payload one byte long": { ...good, payload: Buffer.concat([bytes, Buffer.from("x")]) },
    "a raw_size one too small": { ...good, rawSize: bytes.length - 1 },
    "a raw_size one too large": { ...good, rawSize: bytes.length + 1 },
    "a raw_size of 0": { ...good, rawSize: 0 },
    "a segment one shorter": { ...good, segments: [{ ...segment!, length: bytes.length - 1 }] },
    "no segment": { ...good, segments: [] },
    "no segment and no bytes": { ...good, segments: [], rawSize: 0, payload: Buffer.alloc(0) },
    "an empty segment alone": { ...good, segments: [empty], rawSize: 0, payload: Buffer.alloc(0) },
    "an empty segment before a good one": { ...good, segments: [empty, segment!] },
  };
}
