import {
  ErrorCode,
  Isolation,
  type NegotiateRequest,
  NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import { instanceName } from "./instance-name.ts";
import type { PeerState } from "./peer-state.ts";
import { Refused } from "./refusal.ts";
import type { PeerSession } from "./sessions.ts";

const DIALECT = 49;
const FEATURE = /^[a-z][a-z0-9-]*@[1-9][0-9]*$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NIL_UUID = "00000000-0000-0000-0000-000000000000";
/** Field 1000, length-delimited, with the bytes `new`: no reader of today knows it. */
const UNKNOWN_FIELD = Buffer.from([0xc2, 0x3e, 3, ...Buffer.from("new")]);
/** An enum value no version has. */
const UNKNOWN_ISOLATION = 77 as Isolation;

/** @throws {Refused} when the agent refuses. */
export function negotiate(state: PeerState, request: NegotiateRequest, peerAddress: string): NegotiateResponse {
  state.negotiations.push(request);
  state.conditions.changed();
  state.refusals.deal("negotiate");
  judgeRequest(state, request);
  requireDialect(request);

  const { options, limits } = state;
  const served = options.features ?? ["server-identity@1", "zstd@1"];
  const features = served.filter((feature) => request.features.includes(feature));
  const session = state.sessions.begin(request, new Set(features));
  const present = wantedIsPresent(state, session);
  const isolation = options.isolation ?? isolationOf(session);

  return {
    agentVersion: options.version ?? DIALECT,
    dialect: DIALECT,
    features: options.speaksOfTheFuture ? [...features, "teleport@7", "Not A Feature"] : features,
    isolation: options.speaksOfTheFuture ? UNKNOWN_ISOLATION : isolation,
    instanceName: instanceName(request, isolation, peerAddress),
    sessionToken: session.token,
    limits,
    generationPresent: present,
  };
}

/** Serializes an answer, with a field of the future behind it where a case asks for that. */
export function serializeAnswer(state: PeerState, response: NegotiateResponse): Buffer {
  const bytes = Buffer.from(NegotiateResponse.encode(response).finish());
  return state.options.speaksOfTheFuture ? Buffer.concat([bytes, UNKNOWN_FIELD]) : bytes;
}

function judgeRequest(state: PeerState, request: NegotiateRequest): void {
  const odd = request.features.find((feature) => !FEATURE.test(feature));
  if (odd !== undefined) state.blame("HS-015", `the feature ${JSON.stringify(odd)} is not written as name@version`);

  const { serverId } = request;
  if (serverId !== "" && (!UUID.test(serverId) || serverId === NIL_UUID)) {
    state.blame("INST-020", `the server_id ${JSON.stringify(serverId)} is no UUID`);
    throw new Refused({ code: ErrorCode.ERROR_CODE_INVALID_SERVER_ID, clause: "INST-021" });
  }
  const digestBytes = request.wantedManifestDigest.length;
  if (digestBytes !== 0 && digestBytes !== 32) {
    state.blame("SYNC-003", `the wanted digest has ${digestBytes} bytes`);
    throw new Refused({ code: ErrorCode.ERROR_CODE_INVALID_DIGEST, clause: "HS-023" });
  }
}

function requireDialect({ dialects }: NegotiateRequest): void {
  if (dialects === undefined || dialects.lowest < 1 || dialects.highest < dialects.lowest)
    throw new Refused({
      code: ErrorCode.ERROR_CODE_MALFORMED_REQUEST,
      clause: "HS-010",
      details: { field: "dialects" },
    });
  const details = {
    agent_lowest: String(DIALECT),
    agent_highest: String(DIALECT),
    server_lowest: String(dialects.lowest),
    server_highest: String(dialects.highest),
  };
  if (dialects.highest < DIALECT)
    throw new Refused({
      code: ErrorCode.ERROR_CODE_SERVER_TOO_OLD,
      remedy: "Upgrade the server.",
      clause: "HS-012",
      details,
    });
  if (dialects.lowest > DIALECT)
    throw new Refused({
      code: ErrorCode.ERROR_CODE_AGENT_TOO_OLD,
      remedy: "Upgrade the agent.",
      clause: "HS-013",
      details,
    });
}

function wantedIsPresent(state: PeerState, session: PeerSession): boolean {
  const wanted = Buffer.from(session.request.wantedManifestDigest).toString("hex");
  if (wanted === "") return false;
  const present = state.options.generationPresent === true || state.store.generations.has(wanted);
  if (present) session.confirmed = wanted;
  return present;
}

function isolationOf({ request, features }: PeerSession): Isolation {
  if (request.instanceId.trim() !== "") return Isolation.ISOLATION_INSTANCE_ID;
  if (request.serverId !== "" && features.has("server-identity@1")) return Isolation.ISOLATION_SERVER;
  return Isolation.ISOLATION_ADDRESS;
}
