import { HandshakeServiceService } from "@berth/proto/messages/handshake/v1/handshake";
import { FileServiceService } from "@berth/proto/messages/sync/v44/file";
import { HostServiceService } from "@berth/proto/messages/sync/v44/host";
import { OperationServiceService } from "@berth/proto/messages/sync/v49/operation";
import { SyncServiceService } from "@berth/proto/messages/sync/v49/sync";

/** How the messages of one method are read. */
export interface TapMethod {
  /** Short, such as `Negotiate`. */
  readonly name: string;
  request(bytes: Buffer): unknown;
  response(bytes: Buffer): unknown;
}

interface Definition {
  readonly path: string;
  requestDeserialize(bytes: Buffer): unknown;
  responseDeserialize(bytes: Buffer): unknown;
}

const definitions: readonly Definition[] = [
  HandshakeServiceService,
  FileServiceService,
  HostServiceService,
  SyncServiceService,
  OperationServiceService,
].flatMap((service) => Object.values<Definition>(service));

/** Every method of the protocol by its path. */
export const tapMethods: ReadonlyMap<string, TapMethod> = new Map(
  definitions.map(({ path, requestDeserialize, responseDeserialize }) => [
    path,
    { name: path.slice(path.lastIndexOf("/") + 1), request: requestDeserialize, response: responseDeserialize },
  ]),
);
