import { isolationName } from "../handshake/isolation.ts";
import type { StoredAgent } from "../home/agents.ts";
import { recordingHistory } from "../home/history.ts";
import { bringToManifest, type SyncTask } from "./bring-to-manifest.ts";

/** How a sync went, for people and programs. */
export interface SyncReport {
  readonly agent: string;
  readonly agentVersion: number;
  readonly dialect: number;
  readonly instance: string;
  readonly isolation: string;
  readonly manifestDigest: string;
  /** Files of the manifest. */
  readonly files: number;
  /** Content bytes the agent received, and the same as they were coded on the wire. */
  readonly sentBytes: number;
  readonly payloadBytes: number;
  /** Content bytes that were there already. */
  readonly reusedBytes: number;
  readonly seconds: number;
}

/** Brings one agent to the loaded packages and records it. */
export function syncAgent(agent: StoredAgent, task: Omit<SyncTask, "route">): Promise<SyncReport> {
  const { wanted, home } = task;
  return recordingHistory(home, { action: "sync", agent: agent.name, manifestDigest: wanted.digest }, async () => {
    const startedAtMs = performance.now();
    const { connection, session, sent } = await bringToManifest({ ...task, route: agent });
    connection.close();
    const result: SyncReport = {
      agent: agent.name,
      agentVersion: session.agentVersion,
      dialect: session.dialect,
      instance: session.instanceName,
      isolation: isolationName(session.isolation),
      manifestDigest: wanted.digestText,
      files: wanted.fileCount,
      sentBytes: sent.sentBytes,
      payloadBytes: sent.payloadBytes,
      reusedBytes: sent.reusedBytes,
      seconds: Math.round(performance.now() - startedAtMs) / 1000,
    };
    return { result, sentBytes: result.sentBytes, outcome: sent.outcome };
  });
}
