import { FileServiceClient, FileServiceService, UpdateFileRequest } from "@berth/proto/messages/sync/v44/file";
import { makeGenericClientConstructor } from "@grpc/grpc-js";
import { serializeWithoutCopy } from "./serialize-without-copy.ts";

const service = {
  ...FileServiceService,
  updateFile: { ...FileServiceService.updateFile, requestSerialize: serializeWithoutCopy(UpdateFileRequest) },
};

/** The client of FileService, without a copy of every message that is sent. */
export const FileClient = makeGenericClientConstructor(
  service,
  FileServiceClient.serviceName,
) as unknown as typeof FileServiceClient;

export type FileClient = FileServiceClient;
