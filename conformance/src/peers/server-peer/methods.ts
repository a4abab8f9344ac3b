import { HandshakeServiceService } from "@berth/proto/messages/handshake/v1/handshake";
import { FileServiceService } from "@berth/proto/messages/sync/v44/file";
import { HostServiceService } from "@berth/proto/messages/sync/v44/host";
import { OperationServiceService } from "@berth/proto/messages/sync/v49/operation";
import { SyncServiceService } from "@berth/proto/messages/sync/v49/sync";

/** Every method of the protocol by a short name. */
export const methods = {
  negotiate: HandshakeServiceService.negotiate,
  sync: SyncServiceService.sync,
  start: OperationServiceService.startOperation,
  read: OperationServiceService.readOperation,
  cancel: OperationServiceService.cancelOperation,
  abandon: OperationServiceService.abandonOperation,
  list: FileServiceService.listFiles,
  update: FileServiceService.updateFile,
  run: HostServiceService.runOperation,
} as const;

/** How one unary method is called. */
export interface UnaryMethod<Request, Response> {
  readonly path: string;
  requestSerialize(request: Request): Buffer;
  responseDeserialize(bytes: Buffer): Response;
}
