import { hash } from "node:crypto";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import type { Offer } from "@berth/proto/messages/sync/v49/sync";
import { isDigest } from "@berth/proto/rules/digest";
import { countFiles, type Manifest, parseManifest, sumFileBytes } from "@berth/proto/rules/manifest";
import { exceeds } from "../limits.ts";
import {
  invalidOfferDigest,
  limitExceeded,
  manifestDigestMismatch,
  manifestRefused,
  quotaExceeded,
  tooMuchManifest,
  unexpectedMessage,
} from "./sync-errors.ts";

/** A manifest that passed every check. */
export interface AcceptedManifest {
  readonly digest: Uint8Array;
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
}

/** Puts a manifest together from an offer and its parts (SYNC-032). */
export class OfferedManifest {
  readonly #digest: Uint8Array;
  readonly #sizeBytes: bigint;
  readonly #parts: Uint8Array[] = [];
  readonly #limits: Limits;
  #heldBytes = 0;

  /** Refuses an offer that is over the limit or whose first part is too long, before anything more is read. */
  constructor(offer: Offer, limits: Limits) {
    if (!isDigest(offer.manifestDigest)) throw invalidOfferDigest();
    if (exceeds(offer.manifestSize, limits.maxManifestBytes)) {
      throw limitExceeded("max_manifest_bytes", limits.maxManifestBytes, "SYNC-032");
    }
    this.#digest = offer.manifestDigest;
    this.#sizeBytes = offer.manifestSize;
    this.#limits = limits;
    this.#take(offer.manifest);
  }

  /** Whether all of the manifest's bytes are there. */
  get complete(): boolean {
    return BigInt(this.#heldBytes) === this.#sizeBytes;
  }

  /** Takes the next part. */
  add(part: Uint8Array): void {
    if (part.length === 0) throw unexpectedMessage("A part of the manifest is empty.");
    this.#take(part);
  }

  /** Checks the whole: its digest, its form, its paths and its limits (SYNC-001, SYNC-002, SYNC-010 to SYNC-017, SYNC-033). */
  accept(): AcceptedManifest {
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    if (!hash("sha256", bytes, "buffer").equals(this.#digest)) throw manifestDigestMismatch();
    const parsed = parseManifest(bytes);
    if (!parsed.ok) throw manifestRefused(parsed);

    const { manifest } = parsed;
    const { maxFiles, instanceQuotaBytes } = this.#limits;
    if (exceeds(countFiles(manifest), maxFiles)) throw limitExceeded("max_files", maxFiles, "SYNC-033");
    if (exceeds(sumFileBytes(manifest), instanceQuotaBytes)) throw quotaExceeded(instanceQuotaBytes);
    return { digest: this.#digest, bytes, manifest };
  }

  #take(part: Uint8Array): void {
    if (BigInt(this.#heldBytes + part.length) > this.#sizeBytes) throw tooMuchManifest();
    this.#heldBytes += part.length;
    this.#parts.push(part);
  }
}
