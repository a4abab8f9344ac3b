import {
  ErrorCode,
  Isolation,
  type Limits,
  type NegotiateRequest,
  type NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import { type Dialect, isLegacy } from "../../dialect.ts";
import { isBelowMinimum } from "../../minimum-version.ts";
import { instanceName } from "./instance-name.ts";
import type { PeerState } from "./peer-state.ts";
import { Refused } from "./refusal.ts";
import type { PeerSession } from "./sessions.ts";

const USUAL_DIALECTS: readonly Dialect[] = [49];
/** What the dialects 1 and 44 do not have (LEG-005). */
const LIMITS_OF_49 = {
  maxManifestBytes: 0n,
  maxFiles: 0,
  instanceQuotaBytes: 0n,
  maxWaitMs: 0n,
  maxOutputBytes: 0n,
  ownershipWindowMs: 0n,
} as const satisfies Partial<Limits>;
const FEATURE = /^[a-z][a-z0-9-]*@[1-9][0-9]*$/;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NIL_UUID = "00000000-0000-0000-0000-000000000000";
/** An enum value no version has. */
const UNKNOWN_ISOLATION = 77 as Isolation;

/** @throws {Refused} when the agent refuses. */
export function negotiate(state: PeerState, request: NegotiateRequest, peerAddress: string): NegotiateResponse {
  state.negotiations.push(request);
  state.conditions.changed();
  state.refusals.deal("negotiate");
  judgeRequest(state, request);
  const { options } = state;
  const spoken = options.dialects ?? USUAL_DIALECTS;
  const dialect = requireDialect(request, spoken);
  const served = isLegacy(dialect) ? [] : (options.features ?? ["server-identity@1", "zstd@1"]);
  const features = served.filter((feature) => request.features.includes(feature));
  const session = state.sessions.begin(request, new Set(features), dialect);
  const present = !isLegacy(dialect) && wantedIsPresent(state, session);
  const isolation = options.isolation ?? isolationOf(session);

  return {
    agentVersion: options.version ?? spoken.at(-1) ?? dialect,
    dialect,
    features: options.speaksOfTheFuture ? [...features, "teleport@7", "Not A Feature"] : features,
    isolation: options.speaksOfTheFuture ? UNKNOWN_ISOLATION : isolation,
    instanceName: instanceName(request, isolation, peerAddress),
    sessionToken: session.token,
    limits: isLegacy(dialect) ? { ...state.limits, ...LIMITS_OF_49 } : state.limits,
    generationPresent: present,
  };
}

function judgeRequest(state: PeerState, request: NegotiateRequest): void {
  const odd = request.features.find((feature) => !FEATURE.test(feature));
  if (odd !== undefined) state.blame("HS-015", `the feature ${JSON.stringify(odd)} is not written as name@version`);

  const { product, productVersion, instanceId } = request;
  if (instanceId !== "" && isBelowMinimum(request)) {
    state.blame("INST-042", `${product} ${productVersion} sends the InstanceId ${JSON.stringify(instanceId)}`);
  }

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

function requireDialect({ dialects }: NegotiateRequest, spoken: readonly Dialect[]): Dialect {
  if (dialects === undefined || dialects.lowest < 1 || dialects.highest < dialects.lowest)
    throw new Refused({
      code: ErrorCode.ERROR_CODE_MALFORMED_REQUEST,
      clause: "HS-010",
      details: { field: "dialects" },
    });
  const details = {
    agent_lowest: String(spoken[0]),
    agent_highest: String(spoken.at(-1)),
    server_lowest: String(dialects.lowest),
    server_highest: String(dialects.highest),
  };
  const chosen = spoken.findLast((each) => each >= dialects.lowest && each <= dialects.highest);
  if (chosen !== undefined) return chosen;
  if (dialects.highest < (spoken.at(-1) ?? 0))
    throw new Refused({
      code: ErrorCode.ERROR_CODE_SERVER_TOO_OLD,
      remedy: "Upgrade the server.",
      clause: "HS-012",
      details,
    });
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

function isolationOf({ request, features, dialect }: PeerSession): Isolation {
  if (dialect === 1) return Isolation.ISOLATION_PRODUCT;
  if (request.instanceId.trim() !== "") return Isolation.ISOLATION_INSTANCE_ID;
  if (isBelowMinimum(request)) return Isolation.ISOLATION_PRODUCT;
  if (request.serverId !== "" && features.has("server-identity@1")) return Isolation.ISOLATION_SERVER;
  return dialect === 44 ? Isolation.ISOLATION_PRODUCT : Isolation.ISOLATION_ADDRESS;
}
