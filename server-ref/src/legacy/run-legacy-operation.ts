import { RunOperationRequest } from "@berth/proto/messages/sync/v44/host";
import { agentReplaced, limitTooSmall } from "../errors/agent-failures.ts";
import { isSessionUnknown } from "../errors/agent-refusal.ts";
import { requireWithinArgumentLimit } from "../operations/argument-limit.ts";
import type { OutputSink } from "../operations/operation-result.ts";
import { bringToManifest, type ReadyAgent, type SyncTask } from "../sync/bring-to-manifest.ts";
import { backOff } from "../transport/backoff.ts";
import { callHost, type HostCallEnd, OperationNotBegun } from "./host-call.ts";
import { callerFields } from "./legacy-caller.ts";
import { requireLoadedHost } from "./loaded-host.ts";

/** How often an operation is asked for that the agent refuses for now: about 20 s of waits. */
const maxAttempts = 14;

/** What is to be run. */
export interface LegacyOrder {
  readonly name: string;
  readonly arguments: readonly string[];
  /** How long it may run, in milliseconds; zero leaves it to the agent. */
  readonly timeoutMs: number;
}

/**
 * Runs an operation on an agent of the dialect 1 or 44 that `bringToManifest` made ready. What was refused before it began is asked again where that can help: under a new session
 * once (HS-026), and a bounded number of times where the agent says so; anything else never is (LEG-048). Closes the agent's connection.
 */
export async function runLegacyOperation(
  first: ReadyAgent,
  task: SyncTask,
  order: LegacyOrder,
  sink: OutputSink,
): Promise<HostCallEnd> {
  let ready = first;
  let isSessionFresh = false;
  try {
    for (let failures = 1; ; failures++) {
      try {
        return await callHost(ready.connection, makeRequest(ready, task, order), sink, task.signal);
      } catch (error) {
        if (!(error instanceof OperationNotBegun)) throw error;
        const { refusal } = error;
        if (isSessionUnknown(refusal) && !isSessionFresh) {
          isSessionFresh = true;
          ready.connection.close();
          ready = await bringToManifest(task);
          if (ready.session.dialect !== first.session.dialect)
            throw agentReplaced(first.session.dialect, ready.session.dialect);
          continue;
        }
        if (!refusal.retryable || failures >= maxAttempts) throw refusal;
        await backOff(failures, task.signal);
      }
    }
  } finally {
    ready.connection.close();
  }
}

function makeRequest({ session }: ReadyAgent, { identity, wanted }: SyncTask, order: LegacyOrder): RunOperationRequest {
  const host = requireLoadedHost(wanted, session);
  requireWithinArgumentLimit(session.limits, [order.name, ...order.arguments]);
  const request: RunOperationRequest = {
    ...callerFields({ session, identity }),
    host: host.name,
    entry: host.entry,
    name: order.name,
    arguments: [...order.arguments],
    timeoutMs: BigInt(order.timeoutMs),
  };
  const { length } = RunOperationRequest.encode(request).finish();
  const { maxMessageBytes } = session.limits;
  if (length > maxMessageBytes) throw limitTooSmall("bytes in one message", length, maxMessageBytes);
  return request;
}
