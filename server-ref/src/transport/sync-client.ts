import { SyncRequest, SyncServiceClient, SyncServiceService } from "@berth/proto/messages/sync/v49/sync";
import { type ClientDuplexStream, makeGenericClientConstructor } from "@grpc/grpc-js";
import { serializeWithoutCopy } from "./serialize-without-copy.ts";

const service = {
  sync: { ...SyncServiceService.sync, requestSerialize: serializeWithoutCopy(SyncRequest) },
};

/** The client of SyncService, without a copy of every message that is sent. */
export const SyncClient = makeGenericClientConstructor(
  service,
  SyncServiceClient.serviceName,
) as unknown as typeof SyncServiceClient;

export type SyncClient = SyncServiceClient;

/** Both directions of one sync. */
export type SyncCall =
  ReturnType<SyncServiceClient["sync"]> extends ClientDuplexStream<infer Sent, infer Received>
    ? ClientDuplexStream<Sent, Received>
    : never;
