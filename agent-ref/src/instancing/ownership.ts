import type { Logger } from "pino";
import { exceeds } from "../limits.ts";
import { instanceConflict } from "./instancing-errors.ts";

/** A server that owns an instance, and when it made a call last. */
export interface Owner {
  readonly serverId: string;
  readonly lastSeenMs: number;
}

/** Who owns one instance (INST-030 to INST-032). */
export interface Ownership {
  /**
   * Lets a server in and makes it the owner where the instance has none, or one that has been away longer than the window. Throws
   * INSTANCE_CONFLICT for every other server than the owner. Answers once a new owner is remembered on the disk.
   */
  claim(serverId: string | undefined): Promise<void>;
  /** Notes that a session of this server makes a call. The call is under way until the function it answers with is called. */
  callBegins(serverId: string | undefined): () => void;
  /** Answers once everything is remembered on the disk. */
  close(): Promise<void>;
}

/** What an ownership needs from its surroundings. */
export interface OwnershipOptions {
  readonly owner: Owner | undefined;
  /** How long an owner can be away; zero means for ever. */
  readonly windowMs: bigint;
  readonly save: (owner: Owner | undefined) => Promise<void>;
  readonly logger: Logger;
}

/** How old what the disk remembers can be while the owner makes calls: a killed agent forgets no more than this. */
const SAVE_INTERVAL_MS = 1000;

/** The ownership of an instance as it was last remembered. */
export function createOwnership(options: OwnershipOptions): Ownership {
  return new RememberedOwnership(options);
}

class RememberedOwnership implements Ownership {
  readonly #options: OwnershipOptions;
  #serverId: string | undefined;
  #lastSeenMs: number;
  #savedMs: number;
  #callsUnderWay = 0;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: OwnershipOptions) {
    this.#options = options;
    this.#serverId = options.owner?.serverId;
    // A time in the future is a clock that was set back: it must not make its owner present for ever.
    this.#lastSeenMs = Math.min(options.owner?.lastSeenMs ?? 0, Date.now());
    this.#savedMs = this.#lastSeenMs;
  }

  async claim(serverId: string | undefined): Promise<void> {
    if (this.#serverId === serverId) {
      this.#seen();
      return;
    }
    if (this.#serverId !== undefined && !this.#ownerIsAway()) throw instanceConflict();
    const before = this.#serverId;
    this.#serverId = serverId;
    this.#callsUnderWay = 0;
    this.#lastSeenMs = Date.now();
    try {
      await this.#save();
    } catch (error) {
      this.#serverId = before;
      throw error;
    }
  }

  callBegins(serverId: string | undefined): () => void {
    if (serverId === undefined || serverId !== this.#serverId) return () => {};
    this.#callsUnderWay++;
    this.#seen();
    return () => {
      if (serverId !== this.#serverId) return;
      this.#callsUnderWay--;
      this.#seen();
    };
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#lastSeenMs > this.#savedMs) this.#saveInBackground();
    await this.#writing;
  }

  #ownerIsAway(): boolean {
    return this.#callsUnderWay === 0 && exceeds(Date.now() - this.#lastSeenMs, this.#options.windowMs);
  }

  #seen(): void {
    if (this.#serverId === undefined) return;
    this.#lastSeenMs = Date.now();
    const sinceSavedMs = this.#lastSeenMs - this.#savedMs;
    if (sinceSavedMs >= SAVE_INTERVAL_MS) this.#saveInBackground();
    else this.#timer ??= setTimeout(() => this.#saveInBackground(), SAVE_INTERVAL_MS - sinceSavedMs).unref();
  }

  #saveInBackground(): void {
    this.#save().catch((error: unknown) =>
      this.#options.logger.warn({ err: error }, "when the owner was seen last could not be written"),
    );
  }

  /** One write after another, so that the last state is the one that stays. */
  #save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#savedMs = this.#lastSeenMs;
    const owner = this.#serverId === undefined ? undefined : { serverId: this.#serverId, lastSeenMs: this.#lastSeenMs };
    const written = this.#writing.then(() => this.#options.save(owner));
    this.#writing = written.catch(() => {});
    return written;
  }
}
