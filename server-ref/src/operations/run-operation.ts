import { randomUUID } from "node:crypto";
import { OperationState, OutputStream, operationStateToJSON } from "@berth/proto/messages/sync/v49/operation";
import { DIALECT } from "@berth/proto/rules/agent-version";
import { printable } from "../errors/printable.ts";
import type { AgentSession } from "../handshake/negotiate.ts";
import type { StoredAgent } from "../home/agents.ts";
import { recordingHistory } from "../home/history.ts";
import { requireLoadedHost } from "../legacy/loaded-host.ts";
import { runLegacyOperation } from "../legacy/run-legacy-operation.ts";
import { bringToManifest, type ReadyAgent, type SyncTask } from "../sync/bring-to-manifest.ts";
import type { WantedManifest } from "../sync/wanted-manifest.ts";
import { backOff } from "../transport/backoff.ts";
import { type AgentLink, openAgentLink } from "./agent-link.ts";
import { requireWithinArgumentLimit } from "./argument-limit.ts";
import {
  cancelOperation,
  isFinal,
  type OperationOrder,
  type OperationView,
  readOperation,
  startOperation,
} from "./operation-calls.ts";
import type { OperationResult, OutputSink } from "./operation-result.ts";

/**
 * Syncs where needed, runs one operation to its end in the dialect of the agent, and records it. All output has gone to the sink when it resolves (OP-061). Aborting the task's
 * signal cancels the operation on the agent; in the dialect 49 its end is awaited all the same.
 */
export function runOperation(
  agent: StoredAgent,
  task: Omit<SyncTask, "route" | "checkSession">,
  order: Omit<OperationOrder, "id">,
  sink: OutputSink,
): Promise<OperationResult> {
  const { home, wanted } = task;
  return recordingHistory(home, { action: "run", agent: agent.name, manifestDigest: wanted.digest }, async () => {
    const routed: SyncTask = { ...task, route: agent, checkSession: (session) => requireRunnable(session, wanted) };
    const ready = await bringToManifest(routed);
    const isLegacy = ready.session.dialect !== DIALECT.automatic;
    const ended = isLegacy ? await runOnHost(ready, routed, order, sink) : await runById(ready, routed, order, sink);
    const result = { agent: agent.name, dialect: ready.session.dialect, ...ended };
    const outcome = `${order.name}: ${result.state} ${result.exitCode ?? result.reason}`;
    return { result, sentBytes: ready.sent.sentBytes, outcome };
  });
}

type EndedOperation = Omit<OperationResult, "agent" | "dialect">;

function requireRunnable(session: AgentSession, wanted: WantedManifest): void {
  if (session.dialect !== DIALECT.automatic) requireLoadedHost(wanted, session);
}

async function runOnHost(
  ready: ReadyAgent,
  task: SyncTask,
  order: Omit<OperationOrder, "id">,
  sink: OutputSink,
): Promise<EndedOperation> {
  const end = await runLegacyOperation(ready, task, order, sink);
  return { ...end, operationId: undefined, outputTruncated: false };
}

async function runById(
  ready: ReadyAgent,
  task: SyncTask,
  order: Omit<OperationOrder, "id">,
  sink: OutputSink,
): Promise<EndedOperation> {
  const withId: OperationOrder = { ...order, id: randomUUID() };
  const link = openAgentLink(ready, task, withId.id);
  try {
    requireWithinArgumentLimit(link.session.limits, [order.name, ...order.arguments]);
    return describe(await follow(link, withId, task.signal, sink));
  } finally {
    link.close();
  }
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

function describe({ status }: OperationView): EndedOperation {
  const hasExited = status.state === OperationState.OPERATION_STATE_EXITED;
  return {
    operationId: status.operationId,
    state: operationStateToJSON(status.state).replace("OPERATION_STATE_", ""),
    exitCode: hasExited ? status.exitCode : undefined,
    reason: printable(status.reason),
    outputBytes: Number(status.outputBytes),
    outputTruncated: status.outputTruncated,
  };
}
