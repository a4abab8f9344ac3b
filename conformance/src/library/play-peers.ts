import { type AgentPeer, type AgentPeerOptions, startAgentPeer } from "../peers/agent-peer.ts";
import { connectServerPeer, type ServerPeer, type ServerPeerOptions } from "../peers/server-peer.ts";
import { startTranscript } from "../report/transcript.ts";

/** The product that a played server says it is. */
const PRODUCT = "Mallory";

/**
 * Plays a server towards an agent, or towards a forwarder before one; it connects with its first call. It does what it is told, good or bad,
 * and holds every answer against the clauses. The caller closes it.
 */
export function playServer(
  target: { readonly address: string },
  options: Pick<ServerPeerOptions, "from" | "speaksOfTheFuture"> = {},
): Promise<ServerPeer> {
  const surroundings = {
    agent: target,
    product: PRODUCT,
    transcript: startTranscript(),
    random: Math.random,
    scaledMs: (ms: number) => ms,
  };
  return connectServerPeer(surroundings, options);
}

/**
 * Plays an agent on a free port of loopback, as the options say: without them a conformant agent 49 with an empty store. It notes what a
 * server sends, and what is against a clause. The caller closes it.
 */
export function playAgent(options: AgentPeerOptions = {}): Promise<AgentPeer> {
  return startAgentPeer({ transcript: startTranscript() }, options);
}
