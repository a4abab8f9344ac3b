import type { NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { Data, Offer } from "@berth/proto/messages/sync/v49/sync";
import type { ServerErrorResponse, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { FakeStore } from "./fake-store.ts";

/** What a fake agent does otherwise than a good one. */
export interface FakeBehaviour {
  /** Changes the answer to a greeting, or throws a refusal. `count` counts greetings from 1. */
  negotiate?(request: NegotiateRequest, count: number): Partial<NegotiateResponse>;
  /** The refusal of an offer; `count` counts offers from 1. */
  refuseSync?(count: number): ServerErrorResponse | undefined;
  /** Called after each Data was taken, with their count over all streams. */
  afterData?(count: number): void;
  features?: readonly string[];
  maxDataBytes?: number;
  alsoAskFor?: readonly string[];
  committedDigest?: Uint8Array;
  /** Told the address and port of every greeting's sender. */
  peer?(address: string): void;
  operations?: UntypedServiceImplementation;
}

/** An agent for tests: one instance in memory, real gRPC on loopback, and a record of what a server sent. */
export interface FakeAgent extends AsyncDisposable {
  readonly port: number;
  readonly behaviour: FakeBehaviour;
  readonly store: FakeStore;
  readonly tokens: Set<string>;
  readonly greetings: NegotiateRequest[];
  readonly offers: Offer[];
  readonly data: Data[];
}
