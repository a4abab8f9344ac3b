import { randomBytes } from "node:crypto";
import type { Instance } from "../instancing/instance.ts";
import { exceeds } from "../limits.ts";
import type { Generation } from "../sync/generation.ts";
import type { Call } from "../transport/call.ts";
import { sessionUnknown } from "./handshake-errors.ts";
import type { Session, Sessions } from "./session.ts";

const TOKEN_BYTES = 32;
const LONGEST_SWEEP_INTERVAL_MS = 30_000;

/** What a new session is given. */
interface NewSession {
  readonly instance: Instance;
  readonly features: readonly string[];
  readonly peerAddress: string;
  /** Told of every call on the session; what it answers with is called when the call has ended. */
  readonly callBegins: () => () => void;
}

/** The sessions of an agent, with what the handshake does to them. */
export interface SessionStore extends Sessions {
  /** Begins a session, and answers with its token: 256 random bits, never used before (HS-020). */
  begin(session: NewSession): { readonly token: string; readonly session: Session };
  /** Ends every session. */
  close(): void;
}

/** A store without sessions. `idleMs` zero means that a session never ends by itself. */
export function createSessionStore(idleMs: bigint): SessionStore {
  return new TimedSessions(idleMs);
}

class TimedSessions implements SessionStore {
  readonly #idleMs: bigint;
  readonly #sessions = new Map<string, LiveSession>();
  readonly #sweep: NodeJS.Timeout | undefined;

  constructor(idleMs: bigint) {
    this.#idleMs = idleMs;
    // The exact time is looked at when a token is used; the sweep only lets go of what nobody asks for any more.
    const intervalMs = Math.min(Number(idleMs), LONGEST_SWEEP_INTERVAL_MS);
    if (idleMs > 0n) this.#sweep = setInterval(() => this.#endIdle(), intervalMs).unref();
  }

  begin(init: NewSession) {
    const token = randomBytes(TOKEN_BYTES).toString("base64url");
    const session = new LiveSession(init);
    this.#sessions.set(token, session);
    return { token, session };
  }

  resolve(token: string, call: Call): Session {
    const session = this.#sessions.get(token);
    if (!session || session.peerAddress !== call.peerAddress) throw sessionUnknown();
    if (this.#isIdle(session)) {
      this.#end(token, session);
      throw sessionUnknown();
    }
    call.onEnd(session.callBegins());
    return session;
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const [token, session] of this.#sessions) this.#end(token, session);
  }

  #endIdle(): void {
    for (const [token, session] of this.#sessions) if (this.#isIdle(session)) this.#end(token, session);
  }

  #isIdle(session: LiveSession): boolean {
    return exceeds(Math.floor(session.idleMs()), this.#idleMs);
  }

  #end(token: string, session: LiveSession): void {
    this.#sessions.delete(token);
    session.end();
  }
}

class LiveSession implements Session {
  readonly instance: Instance;
  readonly features: ReadonlySet<string>;
  readonly peerAddress: string;
  readonly #tellCallBegins: () => () => void;
  #confirmed: Generation | undefined;
  #release = () => {};
  #ended = false;
  #callsUnderWay = 0;
  #lastCallMs = performance.now();

  constructor(init: NewSession) {
    this.instance = init.instance;
    this.features = new Set(init.features);
    this.peerAddress = init.peerAddress;
    this.#tellCallBegins = init.callBegins;
  }

  get confirmed(): Generation | undefined {
    return this.#confirmed;
  }

  confirm(generation: Generation): void {
    if (this.#ended) return;
    const release = generation.hold();
    this.#release();
    this.#release = release;
    this.#confirmed = generation;
  }

  callBegins(): () => void {
    this.#callsUnderWay++;
    const callEnds = this.#tellCallBegins();
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
    this.#ended = true;
    this.#release();
  }
}
