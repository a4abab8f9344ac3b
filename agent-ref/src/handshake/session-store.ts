import { randomBytes } from "node:crypto";
import type { Limits } from "@berth/proto/messages/handshake/v1/handshake";
import { exceeds } from "../limits.ts";
import type { Call } from "../transport/call.ts";
import { sessionUnknown, tooManySessions } from "./handshake-errors.ts";
import type { Sessions } from "./session.ts";

const TOKEN_BYTES = 32;
const LONGEST_SWEEP_INTERVAL_MS = 30_000;

/** What a new session is given. */
interface NewSession<Session> {
  readonly session: Session;
  /** The canonical address the session was negotiated from (HS-021). */
  readonly peerAddress: string;
  /** Told of every call on the session; what it answers with is called when the call has ended. */
  readonly callBegins: () => () => void;
  /** Told when the session has ended. */
  readonly onEnd: () => void;
}

/** The sessions of an agent, with what the handshake does to them. */
export interface SessionStore<Session> extends Sessions<Session> {
  /** Throws TOO_MANY_SESSIONS where an address has as many sessions as it can (HS-035). */
  requireRoom(peerAddress: string): void;
  /**
   * Begins a session, and answers with its token: 256 random bits, never used before (HS-020). Throws TOO_MANY_SESSIONS when others
   * of the address began since there was room.
   */
  begin(session: NewSession<Session>): string;
  /** Ends every session. */
  close(): void;
}

/** A store without sessions. Where `sessionIdleMs` is zero a session never ends by itself; where `maxSessions` is, there is always room. */
export function createSessionStore<Session>(
  limits: Pick<Limits, "sessionIdleMs" | "maxSessions">,
): SessionStore<Session> {
  return new TimedSessions(limits.sessionIdleMs, limits.maxSessions);
}

class TimedSessions<Session> implements SessionStore<Session> {
  readonly #idleMs: bigint;
  readonly #maximum: number;
  readonly #countByAddress = new Map<string, number>();
  readonly #sessions = new Map<string, LiveSession<Session>>();
  readonly #sweep: NodeJS.Timeout | undefined;

  constructor(idleMs: bigint, maximum: number) {
    this.#idleMs = idleMs;
    this.#maximum = maximum;
    // The exact time is looked at when a token is used; the sweep only lets go of what nobody asks for any more.
    const intervalMs = Math.min(Number(idleMs), LONGEST_SWEEP_INTERVAL_MS);
    if (idleMs > 0n) this.#sweep = setInterval(() => this.#endIdle(), intervalMs).unref();
  }

  requireRoom(peerAddress: string): void {
    const hasRoom = () => !exceeds(this.#countOf(peerAddress) + 1, this.#maximum);
    if (hasRoom()) return;
    this.#endIdle(); // what the next sweep would end has ended already
    if (!hasRoom()) throw tooManySessions(this.#maximum);
  }

  begin(init: NewSession<Session>): string {
    this.requireRoom(init.peerAddress);
    this.#count(init.peerAddress, 1);
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    this.#sessions.set(token, new LiveSession(init));
    return token;
  }

  resolve(token: string, call: Call): Session {
    const live = this.#sessions.get(token);
    if (!live || live.peerAddress !== call.peerAddress) throw sessionUnknown();
    if (this.#isIdle(live)) {
      this.#end(token, live);
      throw sessionUnknown();
    }
    call.onEnd(live.callBegins());
    return live.session;
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const [token, live] of this.#sessions) this.#end(token, live);
  }

  #endIdle(): void {
    for (const [token, live] of this.#sessions) if (this.#isIdle(live)) this.#end(token, live);
  }

  #countOf(peerAddress: string): number {
    return this.#countByAddress.get(peerAddress) ?? 0;
  }

  #count(peerAddress: string, change: 1 | -1): void {
    const count = this.#countOf(peerAddress) + change;
    if (count === 0) this.#countByAddress.delete(peerAddress);
    else this.#countByAddress.set(peerAddress, count);
  }

  #isIdle(live: LiveSession<Session>): boolean {
    return exceeds(Math.floor(live.idleMs()), this.#idleMs);
  }

  #end(token: string, live: LiveSession<Session>): void {
    this.#sessions.delete(token);
    this.#count(live.peerAddress, -1);
    live.end();
  }
}

class LiveSession<Session> {
  readonly #init: NewSession<Session>;
  #callsUnderWay = 0;
  #lastCallMs = performance.now();

  constructor(init: NewSession<Session>) {
    this.#init = init;
  }

  get session(): Session {
    return this.#init.session;
  }

  get peerAddress(): string {
    return this.#init.peerAddress;
  }

  callBegins(): () => void {
    this.#callsUnderWay++;
    const callEnds = this.#init.callBegins();
    return () => {
      this.#callsUnderWay--;
      this.#lastCallMs = performance.now();
      callEnds();
    };
  }

  /** How long no call has been made. */
  idleMs(): number {
    return this.#callsUnderWay > 0 ? 0 : performance.now() - this.#lastCallMs;
  }

  end(): void {
    this.#init.onEnd();
  }
}
