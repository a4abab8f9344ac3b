import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import type { ReadOperationRequest, StartOperationRequest } from "@berth/proto/messages/sync/v49/operation";
import type { Codec, Offer } from "@berth/proto/messages/sync/v49/sync";
import type { SentManifest } from "./canonical-manifest.ts";
import type { SeenLegacy } from "./legacy-seen.ts";

/** Everything an agent of the suite's was sent, in order, for a case to judge. */
export interface Seen {
  /** Accepted connections of TCP, whether or not anything came over them. */
  readonly connections: number;
  readonly negotiations: readonly NegotiateRequest[];
  readonly syncs: readonly SeenSync[];
  readonly operations: readonly SeenOperation[];
  /** What came in the dialects 1 and 44. */
  readonly legacy: SeenLegacy;
  /** How often a start was answered with a refusal that the case asked for. */
  readonly refusedStarts: number;
  /** What the server did against a clause that binds it. */
  readonly violations: readonly Violation[];
}

/** A clause the server broke, and how. */
export interface Violation {
  readonly clause: string;
  readonly message: string;
}

/** One call of Sync. */
export interface SeenSync {
  readonly offer?: Offer;
  /** The manifest, once it was whole and canonical. */
  readonly manifest?: SentManifest;
  /** The digests the agent asked for, in hexadecimal. */
  readonly missing: readonly string[];
  readonly data: readonly SeenData[];
  readonly committed: boolean;
  /** Whether the server has ended its side, or the stream has broken off. */
  readonly over: boolean;
}

/** One Data message. */
export interface SeenData {
  readonly codec: Codec;
  readonly rawSizeBytes: number;
  /** The serialized length of the message that carried it. */
  readonly messageBytes: number;
  readonly segments: readonly SeenSegment[];
}

/** One segment of it. */
interface SeenSegment {
  /** In hexadecimal. */
  readonly digest: string;
  readonly offset: number;
  readonly lengthBytes: number;
}

/** One operation id and all that was asked of it. */
export interface SeenOperation {
  readonly id: string;
  /** The generation it was started in: the digest of its manifest. */
  readonly manifestDigest: Uint8Array;
  readonly starts: readonly StartOperationRequest[];
  readonly reads: readonly ReadOperationRequest[];
  /** How far answers that were not cut off went. */
  readonly deliveredBytes: number;
  /** All the output its script has. */
  readonly outputBytes: number;
}

/** The same, as the agent writes it. */
export type Written<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };
