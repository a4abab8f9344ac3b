import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { Committed, Need } from "@berth/proto/messages/sync/v49/sync";
import { expectAnswered } from "../../expect/answered.ts";
import { failed } from "../../expect/failed.ts";
import type { Release } from "../../material/release.ts";
import type { CallResult } from "./call-result.ts";
import { type Lacking, lackingFrom } from "./check-need.ts";
import type { SyncStream } from "./sync-stream.ts";

/** The most manifest bytes in one message, well below every message limit an agent can announce (HS-032). */
const manifestPartBytes = 1 << 20;

/** A sync whose offer was answered. */
export interface OpenSync {
  readonly stream: SyncStream;
  readonly lacking: Lacking;
  /** Sends Commit, ends the server's side, and gives what the agent answers to it. */
  commit(): Promise<CallResult<Committed>>;
}

/** Offers a release on a new stream, in as many parts as it takes, and reads what is lacking. */
export async function openSync(
  stream: SyncStream,
  session: NegotiateResponse,
  release: Release,
): Promise<CallResult<OpenSync>> {
  const { manifest } = release;
  await stream.send({
    $case: "offer",
    value: {
      sessionToken: session.sessionToken,
      manifestDigest: release.digest,
      manifestSize: BigInt(manifest.length),
      manifest: manifest.subarray(0, manifestPartBytes),
    },
  });
  for (let offset = manifestPartBytes; offset < manifest.length; offset += manifestPartBytes) {
    const part = manifest.subarray(offset, offset + manifestPartBytes);
    await stream.send({ $case: "manifestPart", value: { manifest: part } });
  }
  const needs = await readNeeds(stream);
  if (needs.kind === "refused") return needs;
  const lacking = lackingFrom(release, needs.value);
  return { kind: "answered", value: { stream, lacking, commit: () => commit(stream, release) } };
}

/** Reads Needs up to the complete one. */
export async function readNeeds(stream: SyncStream): Promise<CallResult<readonly Need[]>> {
  const needs: Need[] = [];
  for (;;) {
    const event = await stream.next();
    if (event.kind === "refused") return event;
    if (event.kind === "ended" || event.frame.$case !== "need") throw outOfTurn("Need", event);
    needs.push(event.frame.value);
    if (event.frame.value.complete) return { kind: "answered", value: needs };
  }
}

async function commit(stream: SyncStream, release: Release): Promise<CallResult<Committed>> {
  await stream.send({ $case: "commit", value: {} });
  stream.end();
  const event = await stream.next();
  if (event.kind === "refused") return event;
  if (event.kind === "ended" || event.frame.$case !== "committed") throw outOfTurn("Committed", event);
  const committed = event.frame.value;
  if (Buffer.compare(committed.manifestDigest, release.digest) !== 0) {
    throw failed({
      code: "committed-wrong",
      clause: "SYNC-050",
      expected: "Committed with the digest of the offer",
      actual: `the digest ${Buffer.from(committed.manifestDigest).toString("hex")}`,
    });
  }
  const end = await stream.next();
  if (end.kind === "frame") throw outOfTurn("the end of the stream", end);
  if (end.kind === "refused") expectAnswered(end, "the end of a sync after Committed");
  return { kind: "answered", value: committed };
}

function outOfTurn(expected: string, event: { kind: "ended" } | { kind: "frame"; frame: { $case: string } }) {
  return failed({
    code: "answer-out-of-turn",
    clause: "SYNC-038",
    expected,
    actual: event.kind === "ended" ? "the end of the stream" : event.frame.$case,
  });
}
