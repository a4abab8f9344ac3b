import { hash } from "node:crypto";
import { Codec, type Committed, type SyncRequest } from "@berth/proto/messages/sync/v49/sync";
import type { RawClient, RawSync } from "./raw-client.ts";
import type { Sample } from "./sample.ts";

type Frame = NonNullable<SyncRequest["frame"]>;

/** What the agent asked for: how much it holds of each missing content, by digest in hexadecimal digits. */
export type Needed = ReadonlyMap<string, number>;

/** Opens a stream, offers the sample and waits for the whole Need. */
export async function offerSample(
  client: RawClient,
  token: string,
  sample: Sample,
): Promise<{ stream: RawSync; needed: Needed }> {
  const stream = client.openSync();
  stream.send(offerFrame(token, sample));
  return { stream, needed: await receiveNeed(stream) };
}

/** The offer of a sample, its manifest with it. */
export function offerFrame(token: string, { digest, bytes }: Pick<Sample, "digest" | "bytes">): Frame {
  const value = { sessionToken: token, manifestDigest: digest, manifestSize: BigInt(bytes.length), manifest: bytes };
  return { $case: "offer", value };
}

export const commitFrame: Frame = { $case: "commit", value: {} };

/** Waits for the Need marked complete. */
export async function receiveNeed(stream: RawSync): Promise<Needed> {
  const needed = new Map<string, number>();
  for (;;) {
    const frame = await stream.next();
    if (frame?.$case !== "need") throw new Error(`the agent answers ${frame?.$case} in place of a need`);
    for (const digest of frame.value.missing) needed.set(Buffer.from(digest).toString("hex"), 0);
    for (const { digest, heldBytes } of frame.value.partials)
      needed.set(Buffer.from(digest).toString("hex"), Number(heldBytes));
    if (frame.value.complete) return needed;
  }
}

/** The Data messages that carry what is needed, one run of one content in each. */
export function* dataFrames({ contents }: Sample, needed: Needed, runBytes = 256 * 1024): Generator<Frame> {
  for (const [digest, heldBytes] of needed) {
    const content = contents.get(digest)!;
    for (let offset = heldBytes; offset < content.length; offset += runBytes) {
      yield dataFrame(content.subarray(offset, offset + runBytes), { digest: Buffer.from(digest, "hex"), offset });
    }
  }
}

/** One Data of one segment; by default that of a whole content. */
export function dataFrame(payload: Buffer, segment: { digest?: Buffer; offset?: number } = {}): Frame {
  const { digest = hash("sha256", payload, "buffer"), offset = 0 } = segment;
  const segments = [{ digest, offset: BigInt(offset), length: payload.length }];
  return { $case: "data", value: { codec: Codec.CODEC_IDENTITY, rawSize: payload.length, segments, payload } };
}

/** Brings a sample in from beginning to end. */
export async function syncSample(client: RawClient, token: string, sample: Sample): Promise<Committed> {
  const { stream, needed } = await offerSample(client, token, sample);
  for (const frame of dataFrames(sample, needed)) stream.send(frame);
  return commitSync(stream);
}

/** Commits and waits for the answer. */
export async function commitSync(stream: RawSync): Promise<Committed> {
  stream.send(commitFrame);
  stream.end();
  const frame = await stream.next();
  if (frame?.$case !== "committed") throw new Error(`the agent answers ${frame?.$case} in place of committed`);
  if ((await stream.next()) !== undefined) throw new Error("the agent goes on after committed");
  return frame.value;
}
