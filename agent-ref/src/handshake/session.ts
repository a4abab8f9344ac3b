import type { Instance } from "../instancing/instance.ts";
import type { Generation } from "../sync/generation.ts";
import type { Call } from "../transport/call.ts";

/** A negotiated connection of dialect `automatic`: what every later call is allowed to touch. */
export interface AutomaticSession {
  readonly instance: Instance;
  /** The features of this session, each as `name@version` (HS-017). */
  readonly features: ReadonlySet<string>;
  /** The generation this session confirmed last; the session holds it until it confirms another or ends (OP-002, SYNC-056). */
  readonly confirmed: Generation | undefined;
  /** Makes `generation` the confirmed one, takes a hold on it and lets go of the last. */
  confirm(generation: Generation): void;
}

/** The sessions of one agent, all of one kind because no agent speaks both an older dialect and `automatic`. */
export interface Sessions<Session> {
  /**
   * The session of `token`. It stays alive until the call has ended, and for `session_idle_ms` after that (HS-022).
   * Throws SESSION_UNKNOWN when the token was not given out, has ended, or comes from another address (HS-021).
   */
  resolve(token: string, call: Call): Session;
}
