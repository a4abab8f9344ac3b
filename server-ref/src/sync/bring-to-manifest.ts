import { DIALECT } from "@berth/proto/rules/agent-version";
import { syncBrokeOff } from "../errors/agent-failures.ts";
import { AgentRefusal, isSessionUnknown } from "../errors/agent-refusal.ts";
import { ConnectionBroken } from "../errors/call-error.ts";
import { Failure } from "../errors/failure.ts";
import { reasonOf } from "../errors/home-failures.ts";
import { canBeRepeated } from "../errors/repeatable.ts";
import { judgeIsolation } from "../handshake/judge-isolation.ts";
import { type AgentSession, negotiate } from "../handshake/negotiate.ts";
import type { ServerIdentity } from "../handshake/server-identity.ts";
import type { ServerHome } from "../home/server-home.ts";
import { sendFiles } from "../legacy/send-files.ts";
import type { ReportProgress } from "../progress.ts";
import { type AgentConnection, type AgentRoute, connectAgent } from "../transport/agent-connection.ts";
import { backOff } from "../transport/backoff.ts";
import { explainUnreachable } from "../transport/explain-unreachable.ts";
import { sendGeneration } from "./send-generation.ts";
import { nothingSent, type SentContent } from "./sent-content.ts";
import type { WantedManifest } from "./wanted-manifest.ts";

/** How often a sync is begun before it is given up: the waits between are about 7 s together, long enough for an agent to restart. */
const maxAttempts = 8;

/** What it takes to bring an agent to a manifest. */
export interface SyncTask {
  readonly home: ServerHome;
  readonly route: AgentRoute;
  readonly identity: ServerIdentity;
  readonly wanted: WantedManifest;
  /** Whether an agent that gives less isolation than this server asks for is refused (INST-043). */
  readonly requiresIsolation: boolean;
  /** Gives up; the work rejects with the signal's reason. */
  readonly signal: AbortSignal;
  readonly report: ReportProgress;
  /** Takes a sentence for the operator. */
  readonly warn: (sentence: string) => void;
  /** Throws a `Failure` where the session is of no use; called before content is sent in it. */
  readonly checkSession?: (session: AgentSession) => void;
}

/**
 * An agent that has the wanted manifest: in the dialect 49 its session has confirmed the generation, in an older one every file was in its place when it was listed or
 * updated. The caller closes the connection.
 */
export interface ReadyAgent {
  readonly connection: AgentConnection;
  readonly session: AgentSession;
  readonly sent: SentContent;
}

/**
 * Connects, negotiates, and sends what the agent lacks, if anything (HS-027). A connection that breaks once the agent was reached is begun again a bounded number of times,
 * and the sync resumes (SYNC-062), in the older dialects by listing again; a refusal is repeated only where it is retryable (ERR-009). Rejects with a `Failure`.
 */
export async function bringToManifest(task: SyncTask): Promise<ReadyAgent> {
  let failures = 0;
  let wasReached = false;
  let isTokenFresh = false;
  for (;;) {
    try {
      return await attempt(task, (session) => {
        const warning = judgeIsolation(task.identity, session, task.requiresIsolation);
        if (warning && !wasReached) task.warn(warning);
        wasReached = true;
        task.checkSession?.(session);
      });
    } catch (error) {
      task.signal.throwIfAborted();
      if (isSessionUnknown(error) && !isTokenFresh) {
        isTokenFresh = true; // negotiated again once (HS-026)
        continue;
      }
      if (!canBeRepeated(error)) throw error;
      if (!wasReached && error instanceof ConnectionBroken)
        throw await explainUnreachable(task.route, error, task.signal);
      if (!wasReached && error instanceof Failure && !(error instanceof AgentRefusal)) throw error;
      failures++;
      if (failures === maxAttempts)
        throw error instanceof AgentRefusal ? error : syncBrokeOff(failures, reasonOf(error), error);
      await backOff(failures, task.signal);
    }
  }
}

async function attempt(task: SyncTask, onReached: (session: AgentSession) => void): Promise<ReadyAgent> {
  const connection = await connectAgent(task.route, task.signal);
  try {
    const session = await negotiate(connection, task.identity, task.wanted.digest, task.signal);
    onReached(session);
    return { connection, session, sent: await send(task, connection, session) };
  } catch (error) {
    connection.close();
    const { failure } = connection;
    throw failure && error instanceof ConnectionBroken ? new ConnectionBroken(reasonOf(failure), error) : error;
  }
}

function send(task: SyncTask, connection: AgentConnection, session: AgentSession): Promise<SentContent> | SentContent {
  const { home, identity, wanted, signal, report } = task;
  if (session.dialect !== DIALECT.automatic)
    return sendFiles(home, connection, { session, identity }, wanted, signal, report);
  if (session.generationPresent) return nothingSent(wanted);
  return sendGeneration(home, connection, session, wanted, signal, report);
}
