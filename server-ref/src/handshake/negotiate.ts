import type { Isolation, NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { agentMisbehaved, dialectUnsupported } from "../errors/agent-failures.ts";
import { printable } from "../errors/printable.ts";
import type { AgentConnection } from "../transport/agent-connection.ts";
import { callUnary } from "../transport/unary-call.ts";
import { type AgentLimits, readAgentLimits } from "./agent-limits.ts";
import type { ServerIdentity } from "./server-identity.ts";

/** The dialects this server speaks. */
const spokenDialects = { lowest: 49, highest: 49 } as const;

const patienceMs = 30_000;

/** What both ends agreed on. */
export interface AgentSession {
  readonly token: string;
  /** As announced, but 46 for the unpublished 47 and 48 (HS-007). */
  readonly agentVersion: number;
  readonly dialect: number;
  /** The features of this session; none that this server did not offer (HS-018). */
  readonly features: ReadonlySet<string>;
  /** Can be a value this server does not know (HS-005). */
  readonly isolation: Isolation;
  readonly instanceName: string;
  readonly limits: AgentLimits;
  /** The session has confirmed the wanted generation: nothing has to be sent (HS-027). */
  readonly generationPresent: boolean;
}

/**
 * Greets the agent and agrees on a session. `wantedDigest` is the SHA-256 of the manifest this server runs from. Rejects with `AgentRefusal`, `ConnectionBroken`, or
 * a `Failure` where the answer cannot be worked with.
 */
export async function negotiate(
  connection: AgentConnection,
  identity: ServerIdentity,
  wantedDigest: Uint8Array,
  signal: AbortSignal,
): Promise<AgentSession> {
  const request: NegotiateRequest = {
    product: identity.product,
    productVersion: identity.productVersion,
    serverId: identity.serverId,
    instanceId: identity.instanceId,
    dialects: { ...spokenDialects },
    features: offeredFeatures(identity),
    wantedManifestDigest: wantedDigest,
  };
  const client = connection.handshake;
  const response = await callUnary<NegotiateRequest, NegotiateResponse>(client.negotiate.bind(client), request, {
    timeoutMs: patienceMs,
    signal,
  });
  return readSession(response, request.features);
}

function offeredFeatures({ offersIdentity }: ServerIdentity): string[] {
  return offersIdentity ? ["server-identity@1", "zstd@1"] : ["zstd@1"];
}

function readSession(response: NegotiateResponse, offered: readonly string[]): AgentSession {
  const agentVersion = effectiveVersion(response.agentVersion);
  const { lowest, highest } = spokenDialects;
  if (agentVersion < lowest) throw dialectUnsupported(response.agentVersion, dialectOf(agentVersion), lowest);
  if (response.dialect < lowest || response.dialect > highest) {
    throw agentMisbehaved(`it chose the dialect ${response.dialect}, which this server did not offer`, "HS-011");
  }
  if (!/^[\x20-\x7e]{16,128}$/.test(response.sessionToken))
    throw agentMisbehaved("its session token is not 16 to 128 printable characters", "HS-020");
  return {
    token: response.sessionToken,
    agentVersion,
    dialect: response.dialect,
    features: new Set(response.features.filter((feature) => offered.includes(feature))),
    isolation: response.isolation,
    instanceName: printable(response.instanceName),
    limits: readAgentLimits(response.limits),
    generationPresent: response.generationPresent,
  };
}

function effectiveVersion(announced: number): number {
  return announced === 47 || announced === 48 ? 46 : announced;
}

/** The highest dialect an agent of this version speaks (HS-009). */
function dialectOf(agentVersion: number): number {
  if (agentVersion >= 49) return 49;
  return agentVersion >= 44 ? 44 : 1;
}
