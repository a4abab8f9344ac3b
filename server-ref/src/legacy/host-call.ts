import {
  HostEnd,
  HostStream,
  hostEndToJSON,
  type OperationEnd,
  type RunOperationRequest,
} from "@berth/proto/messages/sync/v44/host";
import { agentMisbehaved, legacyContactLost } from "../errors/agent-failures.ts";
import { AgentRefusal } from "../errors/agent-refusal.ts";
import { ConnectionBroken } from "../errors/call-error.ts";
import { reasonOf } from "../errors/home-failures.ts";
import { printable } from "../errors/printable.ts";
import type { OutputSink } from "../operations/operation-result.ts";
import type { AgentConnection } from "../transport/agent-connection.ts";
import { readAnswers } from "../transport/read-answers.ts";

/** How a call of RunOperation ended. */
export interface HostCallEnd {
  /** The name of the way, such as "EXITED"; "CANCELLED" where this server gave the call up, upon which the agent ends the host (LEG-043). */
  readonly state: string;
  /** Only where the host exited by itself. */
  readonly exitCode: number | undefined;
  readonly reason: string;
  readonly outputBytes: number;
}

/** The agent refused the operation before it began: the only failure after which the same may be asked again (LEG-048). */
export class OperationNotBegun extends Error {
  readonly refusal: AgentRefusal;

  constructor(refusal: AgentRefusal) {
    super(refusal.message, { cause: refusal });
    this.name = "OperationNotBegun";
    this.refusal = refusal;
  }
}

/**
 * Runs one operation in one call, and passes its output on as it comes. Aborting the signal cancels the call. Rejects with `OperationNotBegun`, and with a `Failure` for a call that
 * ends without saying how the operation ended (LEG-047).
 */
export async function callHost(
  { hosts }: AgentConnection,
  request: RunOperationRequest,
  sink: OutputSink,
  signal: AbortSignal,
): Promise<HostCallEnd> {
  let outputBytes = 0;
  let end: OperationEnd | undefined;
  try {
    // No limit of silence: an operation can be quiet for hours, and a dead connection is found by keepalive.
    for await (const { event } of readAnswers(hosts.runOperation(request), signal)) {
      if (event && end) throw agentMisbehaved("it goes on after the end of an operation", "LEG-042");
      if (event?.$case === "end") end = event.value;
      if (event?.$case !== "output") continue;
      const { stream, data } = event.value;
      outputBytes += data.length;
      await sink(stream === HostStream.HOST_STREAM_STDERR ? "stderr" : "stdout", data);
    }
  } catch (error) {
    if (signal.aborted && error === signal.reason)
      return { state: "CANCELLED", exitCode: undefined, reason: "the call was given up", outputBytes };
    if (error instanceof AgentRefusal && error.hasNotStarted && outputBytes === 0) throw new OperationNotBegun(error);
    throw error instanceof ConnectionBroken ? legacyContactLost(reasonOf(error), error) : error;
  }
  if (!end) throw legacyContactLost("its call ended without saying how the operation ended");
  return describe(end, outputBytes);
}

/** A way of ending that this server does not know is an end without an exit code (HS-005). */
function describe({ how, exitCode, reason }: OperationEnd, outputBytes: number): HostCallEnd {
  if (how === HostEnd.HOST_END_UNSPECIFIED) throw agentMisbehaved("it does not say how the operation ended", "LEG-042");
  return {
    state: hostEndToJSON(how).replace("HOST_END_", ""),
    exitCode: how === HostEnd.HOST_END_EXITED ? exitCode : undefined,
    reason: printable(reason),
    outputBytes,
  };
}
