import {
  HostEnd,
  HostStream,
  type RunOperationRequest,
  type RunOperationResponse,
  type OperationEnd as WireEnd,
} from "@berth/proto/messages/sync/v44/host";
import type { OperationEnd } from "../operations/operation-end.ts";
import { CallerGone, type ResponseStream } from "../transport/call.ts";
import type { LegacyCalls } from "./legacy-calls.ts";

const STREAMS = { 1: HostStream.HOST_STREAM_STDOUT, 2: HostStream.HOST_STREAM_STDERR } as const;

/** Runs one operation for as long as its call: its output as it comes, then how it ended (LEG-042, LEG-043). */
export async function runOperation(
  request: RunOperationRequest,
  stream: ResponseStream<RunOperationResponse>,
  calls: LegacyCalls,
): Promise<void> {
  const session = calls.sessions.resolve(request.sessionToken, stream);
  const { instance } = await calls.instances.open(session, "operation", request.instanceId, stream);
  const end = await instance.treeOperations.run(instance.tree, {
    ...request,
    signal: stream.signal,
    onOutput: (number, data) => stream.send({ event: { $case: "output", value: { stream: STREAMS[number], data } } }),
  });
  await stream.send({ event: { $case: "end", value: wireEnd(end) } });
}

/** How it ended, as OP-032 and OP-034 to OP-036 tell it apart (LEG-045). Throws CallerGone for an end that the caller's going made. */
function wireEnd(end: OperationEnd): WireEnd {
  switch (end.state) {
    case "EXITED":
      return { how: HostEnd.HOST_END_EXITED, exitCode: end.exitCode, reason: "" };
    case "HOST_NOT_STARTED":
      return { how: HostEnd.HOST_END_HOST_NOT_STARTED, exitCode: 0, reason: end.reason };
    case "HOST_DIED":
      return { how: HostEnd.HOST_END_HOST_DIED, exitCode: 0, reason: end.reason };
    case "TIMED_OUT":
      return { how: HostEnd.HOST_END_TIMED_OUT, exitCode: 0, reason: end.reason };
    default:
      throw new CallerGone();
  }
}
