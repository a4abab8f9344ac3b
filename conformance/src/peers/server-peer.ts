import type { NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentTarget } from "../attach/target.ts";
import { expectAnswered } from "../expect/answered.ts";
import type { Release } from "../material/release.ts";
import { uuidFrom } from "../material/uuid.ts";
import { type Forwarder, startForwarder } from "../network/forwarder.ts";
import type { Transcript } from "../report/transcript.ts";
import type { CallResult } from "./server-peer/call-result.ts";
import { checkNegotiate } from "./server-peer/check-negotiate.ts";
import type { DataOptions } from "./server-peer/data-frames.ts";
import { futureChannel } from "./server-peer/future-channel.ts";
import { type LegacyCalls, legacyCalls } from "./server-peer/legacy-calls.ts";
import { messageLog } from "./server-peer/message-log.ts";
import { methods } from "./server-peer/methods.ts";
import { type OpenSync, openSync } from "./server-peer/open-sync.ts";
import { type OperationCalls, operationCalls } from "./server-peer/operations.ts";
import { openRawChannel } from "./server-peer/raw-channel.ts";
import { type SyncReport, syncRelease } from "./server-peer/sync-release.ts";
import { type SyncStream, syncStream } from "./server-peer/sync-stream.ts";
import { unaryCaller } from "./server-peer/unary-call.ts";

/** How a server of the suite's connects. */
export interface ServerPeerOptions {
  /** The address on 127.0.0.0/8 that the agent sees; the system's choice when absent. */
  readonly from?: string;
  /** The agent to connect to; the agent under test when absent. */
  readonly target?: Pick<AgentTarget, "address">;
  /** A forwarder of the case's own to connect through; then `from` and `target` are the forwarder's matter. */
  readonly through?: Forwarder;
  /** Every message it sends has, in it and in every message inside it, fields that no reader of today knows (HS-004). */
  readonly speaksOfTheFuture?: boolean;
}

/** What a server of the suite's is surrounded by. */
export interface ServerPeerSurroundings {
  readonly agent: Pick<AgentTarget, "address">;
  /** The product it says it is, unless a request says another. */
  readonly product: string;
  readonly transcript: Transcript;
  random(): number;
  scaledMs(ms: number): number;
}

/** A server played by the suite: one connection to one agent. Every answer is held against the clauses as it comes. */
export interface ServerPeer extends OperationCalls {
  /** Negotiates. Fields left out: the case's product in version 1.0, no server_id, no InstanceId, dialects 1 to 49, no features, no digest. */
  negotiate(
    request?: Partial<NegotiateRequest>,
    metadata?: Readonly<Record<string, string>>,
  ): Promise<CallResult<NegotiateResponse>>;
  /** Negotiates a session; a refusal is the agent's failure. */
  session(request?: Partial<NegotiateRequest>): Promise<NegotiateResponse>;
  /** Opens a sync stream on which nothing was sent yet. */
  stream(): SyncStream;
  /** Offers a release and reads what is lacking. */
  offer(session: NegotiateResponse, release: Release): Promise<CallResult<OpenSync>>;
  /** Offers a release; a refusal is the agent's failure. */
  offerAccepted(session: NegotiateResponse, release: Release): Promise<OpenSync>;
  /** Brings the session's instance to a release; anything but Committed is the agent's failure. */
  sync(session: NegotiateResponse, release: Release, options?: Partial<DataOptions>): Promise<SyncReport>;
  /** The calls of the dialects 1 and 44. */
  readonly legacy: LegacyCalls;
  /** Sends any bytes to any unary method. */
  callRaw(path: string, bytes: Uint8Array): Promise<CallResult<Buffer>>;
  /** Ends the connection. */
  close(): Promise<void>;
}

/** How long an agent has for one answer, before machine and time scale are allowed for. */
const answerMs = 15_000;

/** Makes a server of the suite's; it connects with its first call. */
export async function connectServerPeer(
  surroundings: ServerPeerSurroundings,
  options: ServerPeerOptions = {},
): Promise<ServerPeer> {
  const target = options.target ?? surroundings.agent;
  const own =
    options.from === undefined || options.through
      ? undefined
      : await startForwarder({ target: target.address, sourceAddress: options.from });
  const raw = openRawChannel(options.through?.address ?? own?.address ?? target.address);
  const channel = options.speaksOfTheFuture ? futureChannel(raw) : raw;
  const log = messageLog(surroundings.transcript, `server ${options.from ?? "127.0.0.1"}`);
  const caller = unaryCaller(channel, log);
  const patienceMs = surroundings.scaledMs(answerMs);

  const peer: ServerPeer = {
    ...operationCalls(caller, patienceMs, () => uuidFrom(surroundings.random)),
    async negotiate(request = {}, metadata = {}) {
      const full = { ...usualRequest(surroundings.product), ...request };
      const result = await caller.call(methods.negotiate, full, { patienceMs, metadata });
      if (result.kind === "answered") checkNegotiate(full, result.value);
      return result;
    },
    session: async (request) => expectAnswered(await peer.negotiate(request), "Negotiate"),
    stream: () => syncStream(channel.bidi(methods.sync.path), log, patienceMs),
    offer: (session, release) => openSync(peer.stream(), session, release),
    offerAccepted: async (session, release) => expectAnswered(await peer.offer(session, release), "an offer"),
    sync: (session, release, data) => syncRelease(peer.stream(), session, release, data),
    legacy: legacyCalls(channel, log, patienceMs),
    callRaw: (path, bytes) => caller.callRaw(path, bytes, { patienceMs }),
    async close() {
      channel.close();
      await own?.close();
    },
  };
  return peer;
}

function usualRequest(product: string): NegotiateRequest {
  return {
    product,
    productVersion: "1.0",
    serverId: "",
    instanceId: "",
    dialects: { lowest: 1, highest: 49 },
    features: [],
    wantedManifestDigest: new Uint8Array(),
  };
}
