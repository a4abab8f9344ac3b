import { promisify } from "node:util";
import {
  Error as ErrorMessage,
  HandshakeServiceClient,
  NegotiateRequest,
  type NegotiateResponse,
} from "@berth/proto/messages/handshake/v1/handshake";
import { type SyncRequest, type SyncResponse, SyncServiceClient } from "@berth/proto/messages/sync/v49/sync";
import { type ClientDuplexStream, credentials, type ServiceError } from "@grpc/grpc-js";

/** What a server sends, without any of a server's care. */
export interface RawClient {
  /** Negotiates as an ordinary server of dialect 49, but for what is said otherwise. */
  negotiate(request?: Partial<NegotiateRequest>): Promise<NegotiateResponse>;
  /** Opens a sync stream. */
  openSync(): RawSync;
  close(): void;
}

/** One sync stream. */
export interface RawSync {
  send(frame: SyncRequest["frame"]): void;
  /** The next answer. Throws the ServiceError that ended the call; undefined when it ended well. */
  next(): Promise<SyncResponse["frame"] | undefined>;
  end(): void;
  /** Gives the call up; answers when it is over. */
  cancel(): Promise<void>;
}

export function connectRawClient(address: string): RawClient {
  const handshake = new HandshakeServiceClient(address, credentials.createInsecure());
  const sync = new SyncServiceClient(address, credentials.createInsecure());
  const negotiate = promisify<NegotiateRequest, NegotiateResponse>((request, done) =>
    handshake.negotiate(request, (error, response) => done(error, response)),
  );
  return {
    negotiate: (request) => negotiate({ ...ordinaryGreeting(), ...request }),
    openSync: () => rawSync(sync.sync()),
    close() {
      handshake.close();
      sync.close();
    },
  };
}

function ordinaryGreeting(): NegotiateRequest {
  return {
    ...NegotiateRequest.fromPartial({}),
    product: "BuildMaster",
    productVersion: "6.2.0",
    dialects: { lowest: 1, highest: 49 },
    features: ["server-identity@1", "zstd@1"],
  };
}

function rawSync(call: ClientDuplexStream<SyncRequest, SyncResponse>): RawSync {
  const answers = call[Symbol.asyncIterator]();
  return {
    send: (frame) => void call.write({ frame }),
    async next() {
      const { done, value } = (await answers.next()) as IteratorResult<SyncResponse, undefined>;
      return done ? undefined : value.frame;
    },
    end: () => void call.end(),
    async cancel() {
      call.cancel();
      await answers.next().catch(() => {});
    },
  };
}

/** The Berth error that a refusal carries. */
export function refusalOf(error: unknown): ErrorMessage {
  const [bytes] = (error as ServiceError).metadata.get("berth-error-bin");
  return ErrorMessage.decode(bytes as Buffer);
}
