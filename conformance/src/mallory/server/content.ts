import type { Data } from "@berth/proto/messages/sync/v49/sync";
import { dataOf } from "../../peers/server-peer/data-frames.ts";

/** A content that an agent lacks. */
export interface Content {
  /** Its SHA-256, 64 hexadecimal digits. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** Data messages with one fault each, by what is said of the fault. Each is to be the first Data of a sync that lacks the content. */
export type FaultyData = Readonly<Record<string, Data>>;

/** The whole content in one Data in which everything is true: what faults are put into. */
export function wholeData({ digest, bytes }: Content): Data {
  return dataOf([{ digest, offset: 0, bytes }]);
}
