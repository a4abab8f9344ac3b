import { agentReplaced, contactLost } from "../errors/agent-failures.ts";
import { AgentRefusal, isSessionUnknown } from "../errors/agent-refusal.ts";
import { reasonOf } from "../errors/home-failures.ts";
import { canBeRepeated } from "../errors/repeatable.ts";
import type { AgentSession } from "../handshake/negotiate.ts";
import { bringToManifest, type ReadyAgent, type SyncTask } from "../sync/bring-to-manifest.ts";
import type { AgentConnection } from "../transport/agent-connection.ts";
import { backOff } from "../transport/backoff.ts";

/** How often one call is made before the agent counts as lost: about 20 s of waits, long enough for an agent to restart. */
const maxAttempts = 14;

/** One call to the agent under a session. */
type AgentCall<Result> = (connection: AgentConnection, session: AgentSession) => Promise<Result>;

/** A way to an agent that outlives its connections and sessions. Every session has confirmed the wanted generation (OP-063). */
export interface AgentLink {
  /** The session calls are made under at this moment. */
  readonly session: AgentSession;
  /**
   * Makes a call that may be repeated. A broken connection is made again, an unknown session negotiated again (HS-026), and a retryable refusal repeated, each a bounded number of
   * times. Rejects with the refusal or with `contactLost`.
   */
  call<Result>(work: AgentCall<Result>): Promise<Result>;
  close(): void;
}

/** Opens the link over an agent of the dialect 49 that `bringToManifest` made ready. `operationId` is for people who have to look for it. */
export function openAgentLink(first: ReadyAgent, task: SyncTask, operationId: string): AgentLink {
  let ready = first;
  // An interrupted operation is cancelled over this link, so the signal ended the first sync and ends nothing after it.
  const lasting: SyncTask = { ...task, signal: new AbortController().signal };
  let isConnected = true;

  async function reconnect(): Promise<ReadyAgent> {
    if (isConnected) return ready;
    ready = await bringToManifest(lasting);
    isConnected = true;
    const [before, now] = [first.session.dialect, ready.session.dialect];
    if (now !== before) throw agentReplaced(before, now);
    return ready;
  }

  function disconnect(): void {
    if (isConnected) ready.connection.close();
    isConnected = false;
  }

  return {
    get session() {
      return ready.session;
    },
    close: disconnect,
    async call(work) {
      let isTokenFresh = false;
      for (let failures = 1; ; failures++) {
        try {
          const { connection, session } = await reconnect();
          return await work(connection, session);
        } catch (error) {
          const isFirstUnknown: boolean = isSessionUnknown(error) && !isTokenFresh;
          if (!isFirstUnknown && !canBeRepeated(error)) throw error;
          if (failures === maxAttempts)
            throw error instanceof AgentRefusal ? error : contactLost(operationId, reasonOf(error), error);
          isTokenFresh ||= isFirstUnknown;
          // A refusal came over a connection that works; only its session may be gone.
          if (isFirstUnknown || !(error instanceof AgentRefusal)) disconnect();
          if (!isFirstUnknown) await backOff(failures);
        }
      }
    },
  };
}
