import { randomUUID } from "node:crypto";
import { ErrorCode, type NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { type Dialect, isLegacy } from "../../dialect.ts";
import { Refused } from "./refusal.ts";

/** One negotiated connection. */
export interface PeerSession {
  readonly token: string;
  readonly request: NegotiateRequest;
  readonly features: ReadonlySet<string>;
  readonly dialect: Dialect;
  /** The generation operations run from, in hexadecimal. */
  confirmed?: string;
}

/** The sessions of one agent of the suite's, by token. */
export class PeerSessions {
  readonly #byToken = new Map<string, PeerSession>();

  begin(request: NegotiateRequest, features: ReadonlySet<string>, dialect: Dialect): PeerSession {
    const session: PeerSession = { token: randomUUID(), request, features, dialect };
    this.#byToken.set(session.token, session);
    return session;
  }

  end(token: string): void {
    this.#byToken.delete(token);
  }

  /** A session of the dialect 49, or of one before it. @throws {Refused} SESSION_UNKNOWN. */
  require(token: string, era: "legacy" | "automatic" = "automatic"): PeerSession {
    const session = this.#byToken.get(token);
    if (session === undefined || isLegacy(session.dialect) !== (era === "legacy"))
      throw new Refused({
        code: ErrorCode.ERROR_CODE_SESSION_UNKNOWN,
        message: "The session has ended.",
        remedy: "Negotiate again.",
        clause: "HS-021",
      });
    return session;
  }
}
