import type { FileServiceServer } from "@berth/proto/messages/sync/v44/file";
import type { Logger } from "pino";
import { requestStreaming } from "../transport/request-stream.ts";
import { responseStreaming } from "../transport/response-stream.ts";
import type { LegacyCalls } from "./legacy-calls.ts";
import { listFiles } from "./list-files.ts";
import { updateFile } from "./update-file.ts";

/** The service of the dialects 1 and 44 that keeps the files of a tree. */
export function createFileService(calls: LegacyCalls, logger: Logger): FileServiceServer {
  return {
    listFiles: responseStreaming((request, stream) => listFiles(request, stream, calls), logger),
    updateFile: requestStreaming((stream) => updateFile(stream, calls), logger),
  };
}
