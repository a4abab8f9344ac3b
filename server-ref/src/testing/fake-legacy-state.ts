import type { NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { ListFilesRequest, UpdateFileHeader } from "@berth/proto/messages/sync/v44/file";
import type { RunOperationRequest, RunOperationResponse } from "@berth/proto/messages/sync/v44/host";
import type { ServerErrorResponse, ServerWritableStream } from "@grpc/grpc-js";

/** What a fake legacy agent does otherwise than a good one, or in addition. */
export interface FakeLegacyBehaviour {
  /** Changes the answer to a greeting, or throws a refusal. `count` counts greetings from 1. */
  negotiate?(count: number): Partial<NegotiateResponse>;
  maxDataBytes?: number;
  /** The refusal of an update; `count` counts updates from 1. */
  refuseUpdate?(count: number): ServerErrorResponse | undefined;
  /** Called after each update took its place, before it is answered; `count` counts them from 1. */
  afterUpdate?(count: number): Promise<void> | void;
  /** Whether an update is answered as soon as its header has come. */
  answersEarly?: boolean;
  runOperation?(call: ServerWritableStream<RunOperationRequest, RunOperationResponse>): void;
}

/** A file of a fake tree. */
export interface FakeTreeFile {
  readonly modifiedMs: bigint;
  readonly content: Buffer;
  readonly executable: boolean;
}

/** An agent of a version below 49 for tests: trees in memory, real gRPC on loopback, and a record of what a server sent. */
export interface FakeLegacyAgent extends AsyncDisposable {
  readonly port: number;
  readonly dialect: 1 | 44;
  readonly behaviour: FakeLegacyBehaviour;
  readonly tokens: Set<string>;
  readonly greetings: NegotiateRequest[];
  readonly lists: ListFilesRequest[];
  readonly updates: UpdateFileHeader[];
  /** The length of every piece of content, in the order of arrival. */
  readonly pieces: number[];
  /** The most updates that were under way at the same time. */
  mostAtOnce: number;
  /** By InstanceId, "" for the shared instance: files by kind, package and path, such as "1 One a.txt". */
  readonly trees: Map<string, Map<string, FakeTreeFile>>;
}
