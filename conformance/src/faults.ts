// The public entry point of the faults: FAULTS.md says what there is. Nothing here judges; whoever throws a fault says what has to come of it.

export { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
// The process and its disk.
export { contentsBelow } from "./attach/plain-files.ts";
// Both ends, played by the suite, and what they are given.
export { playAgent, playServer } from "./library/play-peers.ts";
export { type AgentOptions, type StartedAgent, startAgent } from "./library/start-agent.ts";
// A bad agent.
export {
  agentThatCutsAfterCommit,
  agentThatCutsAmidContent,
  agentThatCutsBeforeAnswering,
} from "./mallory/agent/cuts.ts";
export { agentThatPausesAmidNeed, agentThatPausesBeforeUpdated } from "./mallory/agent/pauses.ts";
export { agentThatForgetsSessions, agentThatRefuses } from "./mallory/agent/refusals.ts";
export { agentOfTheFuture, agentThatAnnounces } from "./mallory/agent/versions.ts";
export { addFileBeside, CONTENT_DAMAGES, cutShort, removeFromDisk } from "./mallory/disk/damage.ts";
export { setWrongTimes } from "./mallory/disk/wrong-times.ts";
// A bad server.
export { codecsNotNegotiated } from "./mallory/server/codecs-not-negotiated.ts";
export { type Content, type FaultyData, wholeData } from "./mallory/server/content.ts";
export {
  dataWithDigestsOfOtherLength,
  offersWithDigestsOfOtherLength,
} from "./mallory/server/digests-of-other-length.ts";
export { beforeEarlyCommits } from "./mallory/server/early-commits.ts";
export { faultyZstd } from "./mallory/server/faulty-zstd.ts";
export {
  HOSTILE_INSTANCE_IDS,
  INVALID_INSTANCE_IDS,
  INVALID_PRODUCT_VERSIONS,
  INVALID_PRODUCTS,
  invalidOperationIds,
  invalidServerIds,
} from "./mallory/server/hostile-ids.ts";
export { COLLIDING_PATHS, HOSTILE_PATHS, HOSTILE_UPDATE_PATHS, pathsOutTo } from "./mallory/server/hostile-paths.ts";
export { interleavedContents } from "./mallory/server/interleaved-contents.ts";
export { withWrongByte } from "./mallory/server/lying-content.ts";
export { lyingLengths } from "./mallory/server/lying-lengths.ts";
export { lyingOffers } from "./mallory/server/lying-offers.ts";
export {
  MANIFESTS_WITH_MALFORMED_FILES,
  MANIFESTS_WITH_MALFORMED_LINES,
  MANIFESTS_WITH_MALFORMED_PACKAGES,
  type MalformedManifests,
} from "./mallory/server/malformed-manifests.ts";
export { messageOfSize } from "./mallory/server/message-of-size.ts";
export { neverRead } from "./mallory/server/reader-that-never-reads.ts";
export { openRubbishConnections } from "./mallory/server/rubbish-connections.ts";
export { floodWithSessions } from "./mallory/server/session-flood.ts";
export { openSilentConnections } from "./mallory/server/silent-connections.ts";
export { stallSync } from "./mallory/server/stalled-sync.ts";
export { wrongOffsets } from "./mallory/server/wrong-offsets.ts";
export { zstdBomb } from "./mallory/server/zstd-bomb.ts";
export { type MaterialPackage, manifestOf, type Release, releaseOf } from "./material/release.ts";
export { extensionOf, shellHost } from "./material/shell-host.ts";
// The network.
export { type Forwarder, type ForwarderOptions, startForwarder } from "./network/forwarder.ts";
export type { RawConnections } from "./network/raw-connections.ts";
export type { AgentPeer, AgentPeerOptions } from "./peers/agent-peer.ts";
export { dataFrames, dataOf } from "./peers/server-peer/data-frames.ts";
export type { ServerPeer } from "./peers/server-peer.ts";
