import { createHash } from "node:crypto";
import { zstdDecompressSync } from "node:zlib";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec, type Data, type Segment } from "@berth/proto/messages/sync/v49/sync";
import type { PartialContent } from "./content-store.ts";
import type { PeerState } from "./peer-state.ts";
import { Refused } from "./refusal.ts";
import type { SeenData } from "./seen.ts";
import type { PeerSession } from "./sessions.ts";

/** Takes the content of one sync in, and blames the server for content that is doubled, torn, out of order, too large or untrue. */
export class ContentIntake {
  readonly #state: PeerState;
  readonly #session: PeerSession;
  /** Digest to size, of what has not arrived whole. */
  readonly #missing: Map<string, number>;
  readonly #arrived = new Set<string>();
  readonly #seen: SeenData[];
  #current: { digest: string; content: PartialContent } | undefined;
  #receivedBytes = 0;

  constructor(state: PeerState, session: PeerSession, missing: Map<string, number>, seen: SeenData[]) {
    this.#state = state;
    this.#session = session;
    this.#missing = missing;
    this.#seen = seen;
  }

  /** How many missing contents have not arrived whole. */
  get lacking(): number {
    return this.#missing.size;
  }

  /** The decoded content bytes so far. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Keeps the content that has arrived in part. */
  keep(): void {
    if (this.#current !== undefined) this.#state.store.partial.set(this.#current.digest, this.#current.content);
  }

  /** @throws {Refused} when the agent refuses the message. */
  take(data: Data, messageBytes: number): void {
    this.#seen.push({
      codec: data.codec,
      rawSizeBytes: data.rawSize,
      messageBytes,
      segments: data.segments.map((segment) => ({
        digest: hex(segment),
        offset: Number(segment.offset),
        lengthBytes: segment.length,
      })),
    });
    this.#requireWithinLimit(data);
    const payload = this.#decode(data);
    let position = 0;
    for (const segment of data.segments) {
      this.#takeSegment(segment, payload.subarray(position, position + segment.length));
      position += segment.length;
    }
  }

  #requireWithinLimit({ rawSize }: Data): void {
    const { maxDataBytes } = this.#state.limits;
    if (maxDataBytes === 0 || rawSize <= maxDataBytes) return;
    this.#state.blame("HS-033", `a Data of ${rawSize} bytes went over the ${maxDataBytes} of max_data_bytes`);
    throw new Refused({ code: ErrorCode.ERROR_CODE_LIMIT_EXCEEDED, clause: "HS-030" });
  }

  #decode(data: Data): Uint8Array {
    const total = data.segments.reduce((sum, segment) => sum + segment.length, 0);
    if (data.segments.length === 0 || data.segments.some((segment) => segment.length === 0))
      this.#refusePayload("SYNC-041", "a Data holds no segment, or a segment without length");
    if (total !== data.rawSize)
      this.#refusePayload("SYNC-041", `the segments sum to ${total} bytes and raw_size says ${data.rawSize}`);

    const payload = this.#decompress(data);
    if (payload.length !== data.rawSize)
      this.#refusePayload("SYNC-041", `the payload is ${payload.length} bytes and raw_size says ${data.rawSize}`);
    return payload;
  }

  #decompress({ codec, payload, rawSize }: Data): Uint8Array {
    if (codec === Codec.CODEC_IDENTITY) return payload;
    if (codec !== Codec.CODEC_ZSTD)
      return this.#refusePayload("SYNC-043", `the codec ${codec} is none of this dialect`);
    if (!this.#session.features.has("zstd@1"))
      return this.#refusePayload("HS-018", "the codec zstd was used in a session without zstd@1");
    try {
      return zstdDecompressSync(payload, { maxOutputLength: Math.max(rawSize, 1) });
    } catch {
      return this.#refusePayload("SYNC-041", "the payload is no zstd frame of raw_size bytes");
    }
  }

  #takeSegment(segment: Segment, bytes: Uint8Array): void {
    const digest = hex(segment);
    const size = this.#missing.get(digest);
    if (size === undefined) {
      const why = this.#arrived.has(digest) ? "was sent a second time" : "was not asked for";
      this.#state.blame("SYNC-040", `the content ${digest} ${why}`);
      throw new Refused({ code: ErrorCode.ERROR_CODE_UNEXPECTED_CONTENT, clause: "SYNC-045" });
    }
    const content = this.#continue(digest, Number(segment.offset));
    content.hash.update(bytes);
    content.heldBytes += bytes.length;
    this.#receivedBytes += bytes.length;
    if (content.heldBytes > size) this.#refuseOrder("SYNC-040", `${digest} went beyond its ${size} bytes`, size);
    if (content.heldBytes === size) this.#finish(digest, content);
  }

  #continue(digest: string, offset: number): PartialContent {
    if (this.#current !== undefined && this.#current.digest !== digest)
      this.#refuseOrder("SYNC-040", `${digest} began before ${this.#current.digest} was whole`, 0);

    const held = this.#state.store.partial.get(digest);
    const expected = this.#current?.content.heldBytes ?? held?.heldBytes ?? 0;
    if (offset === expected)
      this.#current ??= { digest, content: held ?? { hash: createHash("sha256"), heldBytes: 0 } };
    else if (this.#current === undefined && offset === 0)
      this.#current = { digest, content: { hash: createHash("sha256"), heldBytes: 0 } };
    else this.#refuseOrder(held === undefined ? "SYNC-040" : "SYNC-061", `${digest} went on at ${offset}`, expected);
    return this.#current.content;
  }

  #finish(digest: string, content: PartialContent): void {
    this.#current = undefined;
    this.#state.store.partial.delete(digest);
    if (content.hash.digest("hex") !== digest) {
      this.#state.blame("SYNC-047", `the bytes sent as ${digest} have another SHA-256`);
      throw new Refused({
        code: ErrorCode.ERROR_CODE_CONTENT_DIGEST_MISMATCH,
        clause: "SYNC-046",
        details: { digest },
      });
    }
    this.#missing.delete(digest);
    this.#arrived.add(digest);
    this.#state.store.whole.add(digest);
  }

  #refuseOrder(clause: string, message: string, expected: number): never {
    this.#state.blame(clause, `${message}; ${expected} was expected`);
    throw new Refused({
      code: ErrorCode.ERROR_CODE_OUT_OF_ORDER,
      clause: "SYNC-042",
      details: { expected_offset: String(expected) },
    });
  }

  #refusePayload(clause: string, message: string): never {
    this.#state.blame(clause, message);
    throw new Refused({ code: ErrorCode.ERROR_CODE_INVALID_PAYLOAD, clause: "SYNC-041" });
  }
}

function hex(segment: Segment): string {
  return Buffer.from(segment.digest).toString("hex");
}
