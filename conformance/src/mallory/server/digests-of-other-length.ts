import type { Data } from "@berth/proto/messages/sync/v49/sync";
import type { Release } from "../../material/release.ts";
import { dataOf } from "../../peers/server-peer/data-frames.ts";

/** SYNC-045: Data messages whose segment has a digest of another length than 32 bytes, by that length. */
export function dataWithDigestsOfOtherLength(): ReadonlyMap<number, Data> {
  const bytes = Buffer.from("x");
  return new Map([0, 1, 31, 33].map((length) => [length, dataOf([{ digest: "00".repeat(length), offset: 0, bytes }])]));
}

/** SYNC-039: offers of a release with a digest of another length than 32 bytes, by that length. */
export function offersWithDigestsOfOtherLength(release: Release): ReadonlyMap<number, Release> {
  return new Map([0, 31, 33, 64].map((length) => [length, { ...release, digest: Buffer.alloc(length, 1) }]));
}
