import { createHash } from "node:crypto";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import type { Data, Need, Offer, SyncRequest, SyncResponse } from "@berth/proto/messages/sync/v49/sync";
import { ManifestFault, readCanonicalManifest, type SentFile } from "./canonical-manifest.ts";
import { ContentIntake } from "./content-intake.ts";
import type { PeerState } from "./peer-state.ts";
import type { Received } from "./received.ts";
import { Refused } from "./refusal.ts";
import type { SeenSync, Written } from "./seen.ts";
import type { PeerSession } from "./sessions.ts";

const METHOD = "/berth.sync.v49.SyncService/Sync";

type Stage = "offer" | "manifest" | "need" | "data" | "committed";

/** The agent's side of one Sync stream: takes message by message, in the order of SYNC-030, and blames the server for what is against a clause. */
export class SyncStream {
  readonly #state: PeerState;
  readonly #send: (response: SyncResponse) => void;
  readonly #seen: Written<SeenSync> = { missing: [], data: [], committed: false, over: false };
  readonly #manifestParts: Uint8Array[] = [];

  #stage: Stage = "offer";
  #session: PeerSession | undefined;
  #offer: Offer | undefined;
  #files: readonly SentFile[] = [];
  #intake: ContentIntake | undefined;
  #wasCut = false;

  constructor(state: PeerState, send: (response: SyncResponse) => void) {
    this.#state = state;
    this.#send = send;
    state.syncs.push(this.#seen);
  }

  /** @throws {Refused} when the agent refuses. */
  take(received: Received<SyncRequest>): void {
    this.#state.take(METHOD, received);
    const { frame } = received.message;

    if (frame?.$case === "offer" && this.#stage === "offer") this.#takeOffer(frame.value);
    else if (frame?.$case === "manifestPart" && this.#stage === "manifest" && frame.value.manifest.length > 0)
      this.#takeManifestBytes(frame.value.manifest);
    else if (frame?.$case === "data" && this.#stage === "data") this.#takeData(frame.value, received.bytes);
    else if (frame?.$case === "commit" && this.#stage === "data") this.#commit();
    else this.#refuseOutOfTurn(frame?.$case);
    this.#state.conditions.changed();
  }

  /** The server has ended its side. */
  end(): void {
    this.#close();
    if (this.#wasCut) this.breakOff();
    else if (this.#stage !== "committed")
      this.#state.blame("SYNC-030", `the server ended its side without Commit, at the stage ${this.#stage}`);
  }

  /** The stream broke off; what arrived is kept (SYNC-060). */
  breakOff(): void {
    this.#close();
    this.#intake?.keep();
  }

  #close(): void {
    this.#seen.over = true;
    this.#state.conditions.changed();
  }

  get committed(): boolean {
    return this.#stage === "committed";
  }

  #takeOffer(offer: Offer): void {
    this.#seen.offer = offer;
    this.#state.refusals.deal("offer", () => this.#state.sessions.end(offer.sessionToken));
    this.#session = this.#state.sessions.require(offer.sessionToken);
    this.#offer = offer;
    this.#stage = "manifest";

    if (offer.manifestDigest.length !== 32) {
      this.#state.blame("SYNC-003", `the offered digest has ${offer.manifestDigest.length} bytes`);
      throw new Refused({ code: ErrorCode.ERROR_CODE_INVALID_DIGEST, clause: "SYNC-039" });
    }
    const { maxManifestBytes } = this.#state.limits;
    if (maxManifestBytes > 0n && offer.manifestSize > maxManifestBytes) {
      this.#state.blame("HS-033", `a manifest of ${offer.manifestSize} bytes was offered, over max_manifest_bytes`);
      throw new Refused({ code: ErrorCode.ERROR_CODE_LIMIT_EXCEEDED, clause: "HS-030" });
    }
    this.#takeManifestBytes(offer.manifest);
  }

  #takeManifestBytes(bytes: Uint8Array): void {
    this.#manifestParts.push(bytes);
    const held = this.#manifestParts.reduce((sum, part) => sum + part.length, 0);
    const size = Number(this.#offer!.manifestSize);
    if (held > size) {
      this.#state.blame("SYNC-030", `the manifest is longer than the ${size} bytes of manifest_size`);
      throw new Refused({ code: ErrorCode.ERROR_CODE_UNEXPECTED_MESSAGE, clause: "SYNC-032" });
    }
    if (held === size) this.#takeManifest(Buffer.concat(this.#manifestParts));
  }

  #takeManifest(bytes: Buffer): void {
    if (!createHash("sha256").update(bytes).digest().equals(Buffer.from(this.#offer!.manifestDigest))) {
      this.#state.blame("SYNC-003", "the manifest's bytes do not have the SHA-256 that was offered");
      throw new Refused({ code: ErrorCode.ERROR_CODE_MANIFEST_DIGEST_MISMATCH, clause: "SYNC-002" });
    }
    const manifest = this.#readManifest(bytes);
    this.#seen.manifest = manifest;
    this.#files = manifest.packages.flatMap((item) => item.files);
    this.#requireWithinLimits();
    this.#answerNeed();
  }

  #readManifest(bytes: Buffer): ReturnType<typeof readCanonicalManifest> {
    try {
      return readCanonicalManifest(bytes);
    } catch (error) {
      if (!(error instanceof ManifestFault)) throw error;
      const isPath = error.clause !== "SYNC-001";
      this.#state.blame(isPath ? "SYNC-019" : "SYNC-003", `the manifest is against ${error.clause}: ${error.message}`);
      throw new Refused({
        code: isPath ? ErrorCode.ERROR_CODE_PATH_REFUSED : ErrorCode.ERROR_CODE_INVALID_MANIFEST,
        message: error.message,
        clause: error.clause,
        details: { line: String(error.line) },
      });
    }
  }

  #requireWithinLimits(): void {
    const { maxFiles, instanceQuotaBytes } = this.#state.limits;
    if (maxFiles > 0 && this.#files.length > maxFiles) {
      this.#state.blame("HS-033", `the manifest has ${this.#files.length} files, over the ${maxFiles} of max_files`);
      throw new Refused({ code: ErrorCode.ERROR_CODE_LIMIT_EXCEEDED, clause: "SYNC-033" });
    }
    const totalBytes = this.#files.reduce((sum, file) => sum + file.sizeBytes, 0);
    if (instanceQuotaBytes > 0n && BigInt(totalBytes) > instanceQuotaBytes)
      throw new Refused({ code: ErrorCode.ERROR_CODE_QUOTA_EXCEEDED, clause: "SYNC-033" });
  }

  #answerNeed(): void {
    const { store, options } = this.#state;
    const sizes = new Map(this.#files.map((file) => [file.digest, file.sizeBytes]));
    const present = options.generationPresent === true || store.generations.has(this.#offeredDigest);
    const missing = present ? [] : [...sizes].filter(([digest, size]) => size > 0 && !store.whole.has(digest));

    this.#seen.missing = missing.map(([digest]) => digest);
    this.#intake = new ContentIntake(this.#state, this.#session!, new Map(missing), this.#seen.data);
    this.#stage = "need";
    const need = this.#needOf(this.#seen.missing);
    if (options.needPauseMs === undefined) {
      this.#completeNeed(need);
      return;
    }
    this.#send({
      frame: { $case: "need", value: { missing: need.missing.slice(0, 1), partials: [], complete: false } },
    });
    setTimeout(() => this.#completeNeed({ ...need, missing: need.missing.slice(1) }), options.needPauseMs);
  }

  #completeNeed(need: Need): void {
    if (this.#stage !== "need") return;
    this.#stage = "data";
    this.#send({ frame: { $case: "need", value: need } });
  }

  #needOf(missing: readonly string[]): Need {
    return {
      missing: missing.map((digest) => Buffer.from(digest, "hex")),
      partials: missing.flatMap((digest) => {
        const held = this.#state.store.partial.get(digest)?.heldBytes ?? 0;
        return held === 0 ? [] : [{ digest: Buffer.from(digest, "hex"), heldBytes: BigInt(held) }];
      }),
      complete: true,
    };
  }

  #takeData(data: Data, messageBytes: number): void {
    this.#intake!.take(data, messageBytes);
    this.#state.refusals.deal("data");
    this.#wasCut = this.#state.cut("data", this.#intake!.receivedBytes);
  }

  #commit(): void {
    this.#state.refusals.deal("commit");
    const lacking = this.#intake!.lacking;
    if (lacking > 0) {
      this.#state.blame("SYNC-040", `Commit came while ${lacking} missing contents had not been sent whole`);
      throw new Refused({ code: ErrorCode.ERROR_CODE_INCOMPLETE, clause: "SYNC-052" });
    }
    this.#stage = "committed";
    this.#state.store.generations.add(this.#offeredDigest);
    if (this.#state.cut("commit")) return;

    this.#session!.confirmed = this.#offeredDigest;
    this.#seen.committed = true;
    const contentBytes = [...new Map(this.#files.map((file) => [file.digest, file.sizeBytes])).values()];
    const receivedBytes = BigInt(this.#intake!.receivedBytes);
    this.#send({
      frame: {
        $case: "committed",
        value: {
          manifestDigest: this.#offer!.manifestDigest,
          receivedBytes,
          reusedBytes: BigInt(contentBytes.reduce((sum, size) => sum + size, 0)) - receivedBytes,
        },
      },
    });
  }

  #refuseOutOfTurn(frame: string | undefined): never {
    const early = this.#stage === "need" && (frame === "data" || frame === "commit");
    this.#state.blame(
      early ? "SYNC-037" : "SYNC-030",
      `${frame ?? "a message without a frame"} came at the stage ${this.#stage}`,
    );
    throw new Refused({ code: ErrorCode.ERROR_CODE_UNEXPECTED_MESSAGE, clause: "SYNC-031" });
  }

  get #offeredDigest(): string {
    return Buffer.from(this.#offer!.manifestDigest).toString("hex");
  }
}
