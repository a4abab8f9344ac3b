import { failed } from "../expect/failed.ts";
import type { Transcript } from "../report/transcript.ts";
import { HarnessError } from "../runner/failure.ts";
import type { SentManifest } from "./agent-peer/canonical-manifest.ts";
import { LegacyPeer } from "./agent-peer/legacy-peer.ts";
import type { PlacedFile } from "./agent-peer/legacy-tree.ts";
import { listen } from "./agent-peer/listener.ts";
import type { AgentPeerOptions } from "./agent-peer/options.ts";
import { peerLog } from "./agent-peer/peer-log.ts";
import { PeerState } from "./agent-peer/peer-state.ts";
import type { Seen } from "./agent-peer/seen.ts";
import { makeServices } from "./agent-peer/services.ts";

export type { AgentPeerOptions } from "./agent-peer/options.ts";

/**
 * An agent played by the suite: it speaks dialect 49, or the dialects a case names, in memory, on a free port of loopback.
 *
 * Everything a server sends is held against the clauses that bind servers. What is against one is refused where an agent
 * would refuse it, noted in `seen.violations`, and made a failure by `requireFaithful`.
 */
export interface AgentPeer {
  /** `host:port` where it listens. */
  readonly address: string;
  readonly port: number;
  /** What it was sent so far. */
  readonly seen: Seen;
  /** The manifests that were committed, oldest first. */
  readonly committed: readonly SentManifest[];
  /** What the tree of an instance holds in the dialects 1 and 44, by the instance's name; nothing when it was never asked for. */
  tree(instanceName: string): readonly PlacedFile[];
  /** Resolves to true once `holds`, which is asked after everything that arrives, or to false after `withinMs`. */
  until(holds: (seen: Seen) => boolean, withinMs: number): Promise<boolean>;
  /** @throws {ConformanceFailure} naming the first clause the server broke towards this agent, if any. */
  requireFaithful(): void;
  /** @throws {HarnessError} when this agent itself slipped, so that what the server did then is no finding. */
  requireSound(): void;
  close(): Promise<void>;
}

/** What an agent of the suite's is surrounded by. */
export interface AgentPeerSurroundings {
  readonly transcript: Transcript;
}

/** Starts an agent of the suite's. The caller closes it. */
export async function startAgentPeer(
  surroundings: AgentPeerSurroundings,
  options: AgentPeerOptions = {},
): Promise<AgentPeer> {
  const log = peerLog(surroundings.transcript, options.name ?? "agent");
  const state = new PeerState(options, log);
  const legacy = new LegacyPeer(state);
  const services = makeServices(state, legacy);
  const listener = await listen(services, options.certificate, () => state.conditions.changed());
  state.onCut(() => listener.cut());

  const seen: Seen = {
    get connections() {
      return listener.connections;
    },
    negotiations: state.negotiations,
    syncs: state.syncs,
    operations: state.operations,
    legacy,
    get refusedStarts() {
      return state.refusals.dealt("start");
    },
    violations: state.violations,
  };

  function requireSound(): void {
    const [fault] = state.faults;
    if (fault !== undefined)
      throw new HarnessError(`the agent of the suite failed: ${String(fault)}`, { cause: fault });
  }

  return {
    address: `127.0.0.1:${listener.port}`,
    port: listener.port,
    seen,
    get committed() {
      return state.syncs.flatMap(({ committed, manifest }) => (committed && manifest ? [manifest] : []));
    },
    tree: (instanceName) => legacy.trees.get(instanceName)?.files ?? [],
    until(holds, withinMs) {
      return state.conditions.until(() => holds(seen), withinMs);
    },
    requireSound,
    requireFaithful() {
      requireSound();
      const [violation] = state.violations;
      if (violation === undefined) return;
      throw failed({
        code: "server-broke-clause",
        clause: violation.clause,
        expected: `a server that keeps ${violation.clause}`,
        actual: violation.message,
      });
    },
    close: () => listener.close(),
  };
}
