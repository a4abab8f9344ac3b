import { HostEnd, HostStream, type RunOperationResponse } from "@berth/proto/messages/sync/v44/host";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { OperationScript, ScriptedOutput } from "./options.ts";

/** How an end of dialect 49 is called in the dialects 1 and 44; another has none there. */
const HOST_ENDS: ReadonlyMap<OperationState, HostEnd> = new Map<OperationState, HostEnd>([
  [OperationState.OPERATION_STATE_EXITED, HostEnd.HOST_END_EXITED],
  [OperationState.OPERATION_STATE_HOST_NOT_STARTED, HostEnd.HOST_END_HOST_NOT_STARTED],
  [OperationState.OPERATION_STATE_HOST_DIED, HostEnd.HOST_END_HOST_DIED],
  [OperationState.OPERATION_STATE_TIMED_OUT, HostEnd.HOST_END_TIMED_OUT],
]);

/** The output of a script, in order (LEG-042). */
export function outputOf({ stages = [] }: OperationScript): RunOperationResponse[] {
  return stages.flat().map((output) => ({ event: { $case: "output", value: hostOutput(output) } }));
}

/** How a script ends; undefined where its call ends without saying so. */
export function endOf(script: OperationScript): RunOperationResponse | undefined {
  const { state = OperationState.OPERATION_STATE_EXITED, exitCode = 0 } = script;
  const how = HOST_ENDS.get(state);
  if (how === undefined || script.withoutEnd) return undefined;
  const exited = how === HostEnd.HOST_END_EXITED;
  const reason = exited ? "" : (script.reason ?? "The script of the suite says so.");
  return { event: { $case: "end", value: { how, exitCode: exited ? exitCode : 0, reason } } };
}

function hostOutput({ stream, data }: ScriptedOutput) {
  const marked = stream === "stdout" ? HostStream.HOST_STREAM_STDOUT : HostStream.HOST_STREAM_STDERR;
  return { stream: marked, data: Buffer.from(data) };
}
