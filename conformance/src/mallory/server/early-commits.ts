import type { Data } from "@berth/proto/messages/sync/v49/sync";
import { dataOf } from "../../peers/server-peer/data-frames.ts";
import type { Content } from "./content.ts";

/** SYNC-052: what is sent before a commit that comes too early, where both contents are missing; nothing in the first place. */
export function beforeEarlyCommits(one: Content, other: Content): Readonly<Record<string, Data | undefined>> {
  const piece = ({ digest, bytes }: Content, end?: number) => ({ digest, offset: 0, bytes: bytes.subarray(0, end) });
  return {
    "before any content": undefined,
    "within a content": dataOf([piece(one, one.bytes.length / 2)]),
    "one content short": dataOf([piece(one)]),
    "within the last content": dataOf([piece(one), piece(other, -1)]),
  };
}
