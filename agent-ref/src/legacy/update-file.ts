import type { UpdateFileHeader, UpdateFileRequest, UpdateFileResponse } from "@berth/proto/messages/sync/v44/file";
import { exceeds } from "../limits.ts";
import { CallerGone, type RequestStream } from "../transport/call.ts";
import type { FileUpdate } from "./file-update.ts";
import type { LegacyCalls } from "./legacy-calls.ts";
import { contentTooLong, unexpectedPart, updateIdle } from "./legacy-errors.ts";
import { readPlace } from "./update-header.ts";

type Stream = RequestStream<UpdateFileRequest>;
type Part = NonNullable<UpdateFileRequest["part"]>;

/** Takes one file from its header to its end, and puts it in its place when all of it has come (LEG-021, LEG-022, LEG-025). */
export async function updateFile(stream: Stream, calls: LegacyCalls): Promise<UpdateFileResponse> {
  const header = await receiveHeader(stream, calls);
  const session = calls.sessions.resolve(header.sessionToken, stream);
  const { instance } = await calls.instances.open(session, "files", header.instanceId, stream);
  await using update = await instance.tree.beginUpdate(readPlace(header), header);
  await receiveContent(stream, update, header, calls);
  await update.place();
  return {};
}

async function receiveHeader(stream: Stream, calls: LegacyCalls): Promise<UpdateFileHeader> {
  const part = await receive(stream, calls);
  if (part?.$case !== "header") throw unexpectedPart("The update does not begin with a header.");
  return part.value;
}

/** Takes content until the caller's end, which must come exactly behind the announced size. */
async function receiveContent(
  stream: Stream,
  update: FileUpdate,
  { sizeBytes }: UpdateFileHeader,
  calls: LegacyCalls,
): Promise<void> {
  let receivedBytes = 0n;
  for (let part = await receive(stream, calls); part !== undefined; part = await receive(stream, calls)) {
    if (part.$case !== "content") throw unexpectedPart("The update has a second header.");
    const { length } = part.value;
    if (length === 0) throw unexpectedPart("A message has content of no bytes.");
    receivedBytes += BigInt(length);
    if (receivedBytes > sizeBytes) throw unexpectedPart(`The content is longer than the announced ${sizeBytes} bytes.`);
    const { maxDataBytes } = calls.limits;
    if (exceeds(length, maxDataBytes)) throw contentTooLong(maxDataBytes);
    await update.write(part.value);
  }
  if (receivedBytes < sizeBytes) {
    throw unexpectedPart(`The content ended after ${receivedBytes} of the announced ${sizeBytes} bytes.`);
  }
}

/** The next part; undefined at the caller's end. */
async function receive(stream: Stream, { limits }: LegacyCalls): Promise<Part | undefined> {
  const incoming = await stream.next(Number(limits.syncIdleMs));
  switch (incoming.kind) {
    case "message":
      if (incoming.message.part === undefined) throw unexpectedPart("A message holds neither header nor content.");
      return incoming.message.part;
    case "end":
      return undefined;
    case "idle":
      throw updateIdle(limits.syncIdleMs);
    case "gone":
      throw new CallerGone();
  }
}
