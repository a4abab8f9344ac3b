import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { Offer, SyncRequest, SyncResponse } from "@berth/proto/messages/sync/v49/sync";
import { distinctContents } from "@berth/proto/rules/manifest";
import type { AutomaticSession, Sessions } from "../handshake/session.ts";
import { CallerGone, type Incoming, type MessageStream } from "../transport/call.ts";
import { decodePayload } from "./data-payload.ts";
import { beginIncomingSync, type IncomingSync } from "./incoming-sync.ts";
import { needMessages } from "./need-messages.ts";
import { type AcceptedManifest, OfferedManifest } from "./offered-manifest.ts";
import { incomplete, syncIdle, unexpectedMessage } from "./sync-errors.ts";

type Stream = MessageStream<SyncRequest, SyncResponse>;
type Frame = NonNullable<SyncRequest["frame"]>;

/**
 * One sync, from its offer to its end (SYNC-030): Offer, ManifestParts, Need, Data, Commit, Committed. Throws CallerGone when its caller
 * goes before; what arrived is kept for the next offer (SYNC-060).
 */
export async function runSync(stream: Stream, sessions: Sessions<AutomaticSession>, limits: Limits): Promise<void> {
  const offer = await receiveOffer(stream, limits);
  const session = sessions.resolve(offer.sessionToken, stream);
  const accepted = await receiveManifest(stream, offer, limits);
  await using incoming = await beginIncomingSync(session.instance.generations, accepted);
  for (const need of needMessages(incoming.missing)) await stream.send(need);
  await receiveContent(stream, incoming, session, limits);
  await commit(stream, incoming, session, accepted);
}

async function receiveOffer(stream: Stream, limits: Limits): Promise<Offer> {
  const frame = await receive(stream, limits);
  if (frame.$case !== "offer") throw unexpectedMessage(`The stream begins with ${frame.$case}, not with an offer.`);
  return frame.value;
}

async function receiveManifest(stream: Stream, offer: Offer, limits: Limits): Promise<AcceptedManifest> {
  const offered = new OfferedManifest(offer, limits);
  while (!offered.complete) {
    const frame = await receive(stream, limits);
    if (frame.$case !== "manifestPart") {
      throw unexpectedMessage(`A ${frame.$case} stands where a part of the manifest is due.`);
    }
    offered.add(frame.value.manifest);
  }
  return offered.accept();
}

/** Takes Data until Commit comes. */
async function receiveContent(
  stream: Stream,
  { writer }: IncomingSync,
  session: AutomaticSession,
  limits: Limits,
): Promise<void> {
  for (;;) {
    const frame = await receive(stream, limits);
    switch (frame.$case) {
      case "data":
        await writer.take(frame.value.segments, await decodePayload(frame.value, session.features, limits));
        break;
      case "commit":
        if (writer.missingCount > 0) throw incomplete(writer.missingCount);
        return;
      default:
        throw unexpectedMessage(`A ${frame.$case} stands where Data or Commit is due.`);
    }
  }
}

async function commit(
  stream: Stream,
  incoming: IncomingSync,
  session: AutomaticSession,
  accepted: AcceptedManifest,
): Promise<void> {
  await incoming.prepare();
  // Whatever was sent right behind the Commit has arrived by now, and nothing is committed yet.
  if (stream.arrived().kind === "message") throw unexpectedMessage("A message follows the Commit.");
  const generation = await incoming.commit();
  session.confirm(generation);

  const totalBytes = distinctContents(accepted.manifest).reduce((sum, content) => sum + BigInt(content.sizeBytes), 0n);
  const { receivedBytes } = incoming.writer;
  await stream.send({
    frame: {
      $case: "committed",
      value: { manifestDigest: accepted.digest, receivedBytes, reusedBytes: totalBytes - receivedBytes },
    },
  });
}

async function receive(stream: Stream, { syncIdleMs }: Limits): Promise<Frame> {
  const incoming: Incoming<SyncRequest> = await stream.next(Number(syncIdleMs));
  switch (incoming.kind) {
    case "message":
      if (!incoming.message.frame) throw unexpectedMessage("A message has no frame set.");
      return incoming.message.frame;
    case "end":
      throw unexpectedMessage("The stream ended before Commit.");
    case "idle":
      throw syncIdle(syncIdleMs);
    case "gone":
      throw new CallerGone();
  }
}
