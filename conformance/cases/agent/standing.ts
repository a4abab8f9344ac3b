import type { NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { Release } from "../../src/material/release.ts";
import type { ServerPeer, ServerPeerOptions } from "../../src/peers/server-peer.ts";

/** An instance with a committed generation, from which a case does something to the agent. */
export interface StandingInstance {
  readonly peer: ServerPeer;
  readonly session: NegotiateResponse;
  readonly release: Release;
  /** Shows over a new connection that the agent serves, the generation is present and an operation runs from it (ERR-007, SYNC-051). */
  expectUnchanged(): Promise<void>;
}

/** Where and how the instance is made. */
export interface StandingOptions {
  readonly request?: Partial<NegotiateRequest>;
  readonly peer?: ServerPeerOptions;
}
