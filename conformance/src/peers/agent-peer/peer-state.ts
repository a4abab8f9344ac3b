import type { Limits, NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { status } from "@grpc/grpc-js";
import { Conditions } from "./conditions.ts";
import { type ContentStore, makeContentStore } from "./content-store.ts";
import type { AgentPeerOptions, Cut } from "./options.ts";
import type { PeerLog } from "./peer-log.ts";
import { Refusals, RefusedByLibrary } from "./refusal.ts";
import type { SeenOperation, SeenSync, Violation, Written } from "./seen.ts";
import { PeerSessions } from "./sessions.ts";

/** The limits of an agent that bounds nothing a test would come near to. */
const WIDE_LIMITS: Limits = {
  maxMessageBytes: 4_194_304,
  maxDataBytes: 1_048_576,
  maxManifestBytes: 67_108_864n,
  maxFiles: 100_000,
  instanceQuotaBytes: 4_294_967_296n,
  sessionIdleMs: 600_000n,
  syncIdleMs: 60_000n,
  // Short, because a scripted host has nothing to wait for.
  maxWaitMs: 200n,
  maxOperations: 16,
  maxOutputBytes: 16_777_216n,
  maxOperationMs: 3_600_000n,
  maxArgumentBytes: 65_536,
  ownershipWindowMs: 86_400_000n,
  maxSessions: 0,
  instanceIdleMs: 0n,
};

/** What the three services of one agent of the suite's share. */
export class PeerState {
  readonly options: AgentPeerOptions;
  readonly log: PeerLog;
  readonly limits: Limits;
  readonly store: ContentStore;
  readonly sessions = new PeerSessions();
  readonly refusals: Refusals;
  readonly conditions = new Conditions();

  readonly negotiations: NegotiateRequest[] = [];
  readonly syncs: Written<SeenSync>[] = [];
  readonly operations: SeenOperation[] = [];
  readonly violations: Violation[] = [];
  /** What went wrong in the suite's own code. */
  readonly faults: unknown[] = [];

  readonly #cuts: { cut: Cut; times: number }[];
  #cutConnections = (): void => {};

  constructor(options: AgentPeerOptions, log: PeerLog) {
    this.options = options;
    this.log = log;
    this.limits = { ...WIDE_LIMITS, ...options.limits };
    this.store = makeContentStore(options);
    this.refusals = new Refusals(options.refusals ?? []);
    this.#cuts = (options.cuts ?? []).map((cut) => ({ cut, times: cut.times ?? 1 }));
  }

  /** Sets what cutting the connection is, which the listener knows. */
  onCut(cutConnections: () => void): void {
    this.#cutConnections = cutConnections;
  }

  /** Notes what the server did against a clause. */
  blame(clause: string, message: string): void {
    this.violations.push({ clause, message });
    this.log.event(`against ${clause}: ${message}`);
    this.conditions.changed();
  }

  /** Notes a fault of the suite itself. */
  fault(error: unknown): void {
    this.faults.push(error);
    this.conditions.changed();
  }

  /** Writes a message into the transcript, and holds its length against `max_message_bytes` (HS-033). */
  take(method: string, { message, bytes }: { message: unknown; bytes: number }): void {
    this.log.message("received", method, message);
    const { maxMessageBytes } = this.limits;
    if (maxMessageBytes === 0 || bytes <= maxMessageBytes) return;
    this.blame("HS-033", `a message of ${bytes} bytes went over the ${maxMessageBytes} of max_message_bytes`);
    throw new RefusedByLibrary(status.RESOURCE_EXHAUSTED, "Received message larger than max");
  }

  /** Cuts the connection when a case asked for it here; true when it did. */
  cut(at: Cut["at"], contentBytes = 0): boolean {
    const next = this.#cuts.find(
      ({ cut, times }) => cut.at === at && times > 0 && (at !== "data" || contentBytes >= (cut.afterBytes ?? 1)),
    );
    if (next === undefined) return false;
    next.times -= 1;
    this.log.event(`the agent cuts the connection at ${at}`);
    this.#cutConnections();
    this.conditions.changed();
    return true;
  }
}
