import type { ErrorCode, Isolation, Limits, Phase } from "@berth/proto/messages/handshake/v1/handshake";
import type { OperationState } from "@berth/proto/messages/sync/v49/operation";

import type { Dialect } from "../../dialect.ts";
import type { PlacedFile } from "./legacy-tree.ts";

/** How an agent of the suite's behaves. Without options it is a conformant agent 49 with an empty store and wide limits. */
export interface AgentPeerOptions {
  /** What it is called in the transcript; `agent` unless set. */
  readonly name?: string;
  /** The dialects it speaks, lowest first; 49 alone unless set. */
  readonly dialects?: readonly Dialect[];
  /** The version it announces; the highest dialect's number unless set. 47, 48 and versions not yet made are possible. */
  readonly version?: number;
  /** The features it serves; `server-identity@1` and `zstd@1` unless set. */
  readonly features?: readonly string[];
  /** What later versions of the protocol could add to its answers: features, enum values, and in every message fields nobody knows yet (HS-005). */
  readonly speaksOfTheFuture?: boolean;
  /** The isolation it answers with, in place of the one the request leads to. */
  readonly isolation?: Isolation;
  /** Limits that differ from the wide ones it announces otherwise. */
  readonly limits?: Partial<Limits>;
  /** Contents its store holds from the beginning. */
  readonly holds?: readonly Uint8Array[];
  /** Contents its store holds the beginning of. */
  readonly holdsInPart?: readonly HeldBeginning[];
  /** It calls every wanted generation present, as an agent does that was synchronised before this case. */
  readonly generationPresent?: boolean;
  /** It answers an offer with two Needs and waits between them, for as long as this; SYNC-037 is judged meanwhile. */
  readonly needPauseMs?: number;
  /** What every tree of the dialects 1 and 44 holds from the beginning. */
  readonly tree?: readonly PlacedFile[];
  /** How long it takes to answer an UpdateFile that arrived whole; LEG-032 is judged meanwhile. */
  readonly updatePauseMs?: number;
  /** Calls it refuses. */
  readonly refusals?: readonly Refusal[];
  /** Where it cuts the connection without an answer. */
  readonly cuts?: readonly Cut[];
  /** What its host does, by operation name; any other operation prints nothing and exits with 0. */
  readonly operations?: Readonly<Record<string, OperationScript>>;
  /** The most output bytes in one answer; 0, which is no bound, unless set. */
  readonly outputBytesPerAnswer?: number;
  /** It listens with TLS and this certificate; in plaintext unless set. */
  readonly certificate?: PeerCertificate;
}

/** A content that arrived in part before this case. */
interface HeldBeginning {
  readonly content: Uint8Array;
  readonly heldBytes: number;
}

/** The places where an agent of the suite's can refuse. */
export type RefusedCall = "negotiate" | "offer" | "data" | "commit" | "start" | "read" | "list" | "update" | "run";

/** One refusal, which is given instead of the usual answer. */
export interface Refusal {
  readonly call: RefusedCall;
  readonly error: PeerError;
  /** How often it is given; always unless set. SESSION_UNKNOWN ends the session, so that one refusal has a lasting effect. */
  readonly times?: number;
}

/** An error of the agent; what is left out is taken from the table in `spec/errors.md`. */
export interface PeerError {
  readonly code: ErrorCode;
  readonly message?: string;
  readonly remedy?: string;
  readonly retryable?: boolean;
  readonly phase?: Phase;
  readonly clause?: string;
  readonly details?: Readonly<Record<string, string>>;
}

/** One place where the connection ends without an answer; what arrived until then is kept. */
export interface Cut {
  /**
   * `data`: once `afterBytes` of content have arrived; `run`: once all output is sent, before the end; the others: when the call or
   * message has been taken in, before its answer.
   */
  readonly at: "data" | "commit" | "start" | "read" | "update" | "run";
  /** For `data`: how many content bytes of the sync have arrived at least; 1 unless set. */
  readonly afterBytes?: number;
  /** How often; once unless set. */
  readonly times?: number;
}

/** What the host of an operation does. */
export interface OperationScript {
  /** Its output in stages: the first is there at the start, each further one when the next read arrives. */
  readonly stages?: readonly (readonly ScriptedOutput[])[];
  /** How it ends, once the last stage is there; EXITED with 0 unless set. `RUNNING` never ends. */
  readonly state?: OperationState;
  readonly exitCode?: number;
  /** In the dialects 1 and 44: the call ends well and does not say how the operation ended. */
  readonly withoutEnd?: boolean;
  readonly reason?: string;
}

/** A run of output of one stream. */
export interface ScriptedOutput {
  readonly stream: "stdout" | "stderr";
  readonly data: string | Uint8Array;
}

/** A certificate with its key, in PEM, and what a pin is compared with. */
export interface PeerCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** SHA-256 of the certificate in DER form, 64 lower-case hexadecimal digits (SEC-003). */
  readonly sha256: string;
}
