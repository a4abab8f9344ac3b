import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { expectAnswered } from "../../expect/answered.ts";
import { failed } from "../../expect/failed.ts";
import type { Release } from "../../material/release.ts";
import type { Lacking } from "./check-need.ts";
import { type DataOptions, dataFrames } from "./data-frames.ts";
import { openSync } from "./open-sync.ts";
import type { SyncStream } from "./sync-stream.ts";

/** What a whole sync took. */
export interface SyncReport {
  readonly lacking: Lacking;
  /** Decoded content bytes that were sent. */
  readonly sentBytes: number;
}

/** Brings the session's instance to a release as a good server does; anything but Committed is the agent's failure. */
export async function syncRelease(
  stream: SyncStream,
  session: NegotiateResponse,
  release: Release,
  options: Partial<DataOptions> = {},
): Promise<SyncReport> {
  const open = expectAnswered(await openSync(stream, session, release), "the offer of a release");
  const announced = session.limits?.maxDataBytes || 1 << 20;
  const { dataBytes = Math.min(announced, 1 << 20), codec = Codec.CODEC_IDENTITY } = options;
  let sentBytes = 0;
  for (const data of dataFrames(release, open.lacking, { dataBytes, codec })) {
    sentBytes += data.rawSize;
    await stream.send({ $case: "data", value: data });
  }
  const committed = expectAnswered(await open.commit(), "the commit of a release");
  if (committed.receivedBytes !== BigInt(sentBytes)) {
    throw failed({
      code: "committed-wrong",
      clause: "SYNC-050",
      expected: `received_bytes ${sentBytes}`,
      actual: String(committed.receivedBytes),
    });
  }
  return { lacking: open.lacking, sentBytes };
}
