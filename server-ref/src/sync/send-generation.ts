import type { Committed } from "@berth/proto/messages/sync/v49/sync";
import { agentMisbehaved, limitTooSmall } from "../errors/agent-failures.ts";
import type { AgentSession } from "../handshake/negotiate.ts";
import type { ServerHome } from "../home/server-home.ts";
import type { ReportProgress } from "../progress.ts";
import type { AgentConnection } from "../transport/agent-connection.ts";
import { createDataMessages } from "./data-messages.ts";
import { createMissingContents, type MissingContents, sumMissingBytes } from "./missing-contents.ts";
import type { SentContent } from "./sent-content.ts";
import { openSyncStream, type SyncStream } from "./sync-stream.ts";
import type { WantedManifest } from "./wanted-manifest.ts";

/** The most manifest bytes in one message; with the fields around them they fit what every agent accepts. */
const manifestPartBytes = 1024 * 1024;

/** Offers the manifest, sends what the agent lacks, and commits (SYNC-030). Resolves only when the agent has committed exactly this manifest. */
export async function sendGeneration(
  home: ServerHome,
  connection: AgentConnection,
  session: AgentSession,
  wanted: WantedManifest,
  signal: AbortSignal,
  report: ReportProgress,
): Promise<SentContent> {
  requireWithinLimits(session, wanted);
  const stream = openSyncStream(connection.sync, signal);
  try {
    await offer(stream, session, wanted);
    const missing = await receiveNeeds(stream, wanted);
    const payloadBytes = await sendContents(missing);
    await stream.send({ $case: "commit", value: {} });
    stream.end();
    const committed = await receiveCommitted(stream, wanted);
    return {
      sentBytes: Number(committed.receivedBytes),
      payloadBytes,
      reusedBytes: Number(committed.reusedBytes),
      outcome: "committed",
    };
  } finally {
    stream.close();
  }

  async function sendContents(missing: MissingContents): Promise<number> {
    const totalBytes = sumMissingBytes(missing);
    const terms = { limits: session.limits, allowsZstd: session.features.has("zstd@1") };
    let doneBytes = 0;
    let payloadBytes = 0;
    for await (const data of createDataMessages(home, wanted.packages, missing, terms)) {
      await stream.send({ $case: "data", value: data });
      doneBytes += data.rawSize;
      payloadBytes += data.payload.length;
      report({ doneBytes, totalBytes });
    }
    return payloadBytes;
  }
}

function requireWithinLimits({ limits }: AgentSession, { bytes, fileCount, fileBytes }: WantedManifest): void {
  if (bytes.length > limits.maxManifestBytes)
    throw limitTooSmall("bytes of manifest", bytes.length, limits.maxManifestBytes);
  if (fileCount > limits.maxFiles) throw limitTooSmall("files in one manifest", fileCount, limits.maxFiles);
  if (fileBytes > limits.instanceQuotaBytes)
    throw limitTooSmall("bytes of files in one instance", fileBytes, limits.instanceQuotaBytes);
}

async function offer(stream: SyncStream, session: AgentSession, { bytes, digest }: WantedManifest): Promise<void> {
  await stream.send({
    $case: "offer",
    value: {
      sessionToken: session.token,
      manifestDigest: digest,
      manifestSize: BigInt(bytes.length),
      manifest: bytes.subarray(0, manifestPartBytes),
    },
  });
  for (let start = manifestPartBytes; start < bytes.length; start += manifestPartBytes) {
    await stream.send({ $case: "manifestPart", value: { manifest: bytes.subarray(start, start + manifestPartBytes) } });
  }
}

async function receiveNeeds(stream: SyncStream, wanted: WantedManifest): Promise<MissingContents> {
  const contents = createMissingContents(wanted.sizes);
  for (;;) {
    const frame = await stream.receive();
    if (frame.$case !== "need") throw agentMisbehaved("it answers the offer with Committed", "SYNC-050");
    contents.add(frame.value);
    if (frame.value.complete) return contents.missing;
  }
}

async function receiveCommitted(stream: SyncStream, { digest }: WantedManifest): Promise<Committed> {
  const frame = await stream.receive();
  if (frame.$case !== "committed") throw agentMisbehaved("it asks for content after the last Need", "SYNC-036");
  if (!Buffer.from(frame.value.manifestDigest).equals(digest))
    throw agentMisbehaved("it committed another manifest than the offered one", "SYNC-050");
  return frame.value;
}
