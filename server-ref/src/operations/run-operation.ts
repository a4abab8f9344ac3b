import { randomUUID } from "node:crypto";
import { OperationState, OutputStream, operationStateToJSON } from "@berth/proto/messages/sync/v49/operation";
import { limitTooSmall } from "../errors/agent-failures.ts";
import { printable } from "../errors/printable.ts";
import type { StoredAgent } from "../home/agents.ts";
import { recordingHistory } from "../home/history.ts";
import type { SyncTask } from "../sync/bring-to-manifest.ts";
import { backOff } from "../transport/backoff.ts";
import { type AgentLink, openAgentLink } from "./agent-link.ts";
import {
  cancelOperation,
  isFinal,
  type OperationOrder,
  type OperationView,
  readOperation,
  startOperation,
} from "./operation-calls.ts";

/** How an operation ended. */
export interface OperationResult {
  readonly agent: string;
  readonly operationId: string;
  /** The state's name, such as "EXITED". */
  readonly state: string;
  /** Only where the state is EXITED. */
  readonly exitCode: number | undefined;
  readonly reason: string;
  readonly outputBytes: number;
  readonly outputTruncated: boolean;
}

/** Takes an operation's output, byte for byte, in the order the agent received it. Resolves when there is room for more. */
export type OutputSink = (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>;

/**
 * Syncs where needed, runs one operation to its end, and records it. All output has gone to the sink when it resolves (OP-061). Aborting the task's signal cancels the operation on the
 * agent; its end is awaited all the same.
 */
export function runOperation(
  agent: StoredAgent,
  task: Omit<SyncTask, "route">,
  order: Omit<OperationOrder, "id">,
  sink: OutputSink,
): Promise<OperationResult> {
  const withId: OperationOrder = { ...order, id: randomUUID() };
  return recordingHistory(
    task.home,
    { action: "run", agent: agent.name, manifestDigest: task.wanted.digest },
    async () => {
      const link = await openAgentLink({ ...task, route: agent }, withId.id);
      try {
        requireWithinLimit(link, withId);
        const last = await follow(link, withId, task.signal, sink);
        const result = describe(agent, last);
        return {
          result,
          sentBytes: link.sentBytes,
          outcome: `${order.name}: ${result.state} ${result.exitCode ?? result.reason}`,
        };
      } finally {
        link.close();
      }
    },
  );
}

async function follow(
  link: AgentLink,
  order: OperationOrder,
  signal: AbortSignal,
  sink: OutputSink,
): Promise<OperationView> {
  let isCancelled = false;
  let view = await startOperation(link, order);
  await pass(view, sink);
  while (!isFinal(view.status) || view.nextCursor < view.status.outputBytes) {
    try {
      if (signal.aborted && !isCancelled && !isFinal(view.status)) {
        isCancelled = true;
        await cancelOperation(link, order);
      }
      const askedAtMs = performance.now();
      view = await readOperation(link, order, view.nextCursor, isCancelled ? undefined : signal);
      await pass(view, sink);
      if (isEmpty(view) && performance.now() - askedAtMs < 50) await backOff(1); // an agent that does not wait is not asked without a pause
    } catch (error) {
      const isInterruption = signal.aborted && error === signal.reason && !isCancelled;
      if (!isInterruption) throw error;
    }
  }
  return view;
}

function isEmpty({ status, output }: OperationView): boolean {
  return output.length === 0 && !isFinal(status);
}

async function pass({ output }: OperationView, sink: OutputSink): Promise<void> {
  for (const { stream, data } of output)
    await sink(stream === OutputStream.OUTPUT_STREAM_STDERR ? "stderr" : "stdout", data);
}

function requireWithinLimit({ session }: AgentLink, order: OperationOrder): void {
  const bytes = [order.name, ...order.arguments].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const { maxArgumentBytes } = session.limits;
  if (bytes > maxArgumentBytes) throw limitTooSmall("bytes of name and arguments", bytes, maxArgumentBytes);
}

function describe(agent: StoredAgent, { status }: OperationView): OperationResult {
  const hasExited = status.state === OperationState.OPERATION_STATE_EXITED;
  return {
    agent: agent.name,
    operationId: status.operationId,
    state: operationStateToJSON(status.state).replace("OPERATION_STATE_", ""),
    exitCode: hasExited ? status.exitCode : undefined,
    reason: printable(status.reason),
    outputBytes: Number(status.outputBytes),
    outputTruncated: status.outputTruncated,
  };
}
