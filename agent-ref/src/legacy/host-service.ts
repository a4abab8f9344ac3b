import type { HostServiceServer } from "@berth/proto/messages/sync/v44/host";
import type { Logger } from "pino";
import { responseStreaming } from "../transport/response-stream.ts";
import type { LegacyCalls } from "./legacy-calls.ts";
import { runOperation } from "./run-operation.ts";

/** The service of the dialects 1 and 44 that runs work. */
export function createHostService(calls: LegacyCalls, logger: Logger): HostServiceServer {
  return { runOperation: responseStreaming((request, stream) => runOperation(request, stream, calls), logger) };
}
