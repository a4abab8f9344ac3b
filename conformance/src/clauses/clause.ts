/** The five key words of RFC 2119 that the specification uses. */
export type ClauseLevel = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY";

/** Whom a clause binds. */
export type ClauseSubject = "agent" | "server" | "host";

/** One numbered sentence of the specification. */
export interface Clause {
  /** Permanent, such as `SYNC-011`. */
  readonly id: string;
  /** The page it stands on, such as `sync.md`. */
  readonly file: string;
  /** The heading it stands under, such as `Paths`. */
  readonly topic: string;
  readonly sentence: string;
  /** The first key word of the sentence; undefined when there is none, which the lint refuses. */
  readonly level: ClauseLevel | undefined;
  /** Undefined when the sentence does not begin with it, which the lint refuses. */
  readonly subject: ClauseSubject | undefined;
}

/** True for what a conformant implementation cannot leave out. */
export function isRequired(clause: Clause): boolean {
  return clause.level === "MUST" || clause.level === "MUST NOT";
}
