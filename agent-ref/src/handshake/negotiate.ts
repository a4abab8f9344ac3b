import {
  Isolation,
  type Limits,
  type NegotiateRequest,
  type NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import { dialectsOf } from "@berth/proto/rules/agent-version";
import { commonFeatures } from "@berth/proto/rules/feature";
import { chooseInstance } from "@berth/proto/rules/instance-name";
import type { Instances } from "../instancing/instances.ts";
import type { OpenInstance } from "../instancing/open-instance.ts";
import type { Call } from "../transport/call.ts";
import type { AgentVersion } from "./agent-version.ts";
import { createAutomaticSession } from "./automatic-session.ts";
import { type Greeting, readGreeting } from "./greeting.ts";
import { instancingUnsupported } from "./handshake-errors.ts";
import type { AutomaticSession } from "./session.ts";
import type { SessionStore } from "./session-store.ts";

/** What this agent serves in every session (HS-017). */
const SERVED_FEATURES = ["server-identity@1", "zstd@1"];

/** What a handshake of dialect `automatic` needs of its agent. */
export interface NegotiateOptions {
  readonly agentVersion: AgentVersion;
  readonly limits: Limits;
  readonly instances: Instances;
  readonly sessions: SessionStore<AutomaticSession>;
}

/** Answers one Negotiate: dialect, features, instance, ownership, generation, session, in this order. */
export async function negotiate(
  request: NegotiateRequest,
  call: Call,
  { agentVersion, limits, instances, sessions }: NegotiateOptions,
): Promise<NegotiateResponse> {
  sessions.requireRoom(call.peerAddress);
  const greeting = readGreeting(request, dialectsOf(agentVersion));
  const features = commonFeatures(greeting.features, SERVED_FEATURES);
  const serverIdentity = features.includes("server-identity@1");
  const choice = chooseInstance({ ...greeting, serverIdentity, peerAddress: call.peerAddress });
  if (choice.kind === "refused") throw instancingUnsupported(choice.minimumVersion);

  const { name, isolation } = choice;
  const instance = await instances.open(name, { product: greeting.product, isolation });
  using entered = new DisposableStack();
  entered.defer(instance.enter());
  const { ownership } = instance;
  const { serverId } = greeting; // all that the session keeps of the greeting, whose digest is a view of the whole message
  const owned = isolation === "INSTANCE_ID";
  if (owned) await ownership.claim(serverId);

  const generation = await wantedGeneration(instance, greeting);
  const session = entered.adopt(createAutomaticSession(instance, features), (begun) => begun.end());
  if (generation) session.confirm(generation);
  const token = sessions.begin({
    session,
    peerAddress: call.peerAddress,
    callBegins: () => (owned ? ownership.callBegins(serverId) : () => {}),
    onEnd: () => held.dispose(),
  });
  const held = entered.move();
  return {
    agentVersion,
    dialect: greeting.dialect,
    features,
    isolation: Isolation[`ISOLATION_${isolation}`],
    instanceName: name,
    sessionToken: token,
    limits,
    generationPresent: generation !== undefined,
  };
}

async function wantedGeneration(instance: OpenInstance, { wantedDigest }: Greeting) {
  return wantedDigest && instance.generations.confirm(wantedDigest);
}
