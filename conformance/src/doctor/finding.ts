/** What a check found. */
export interface Finding {
  /** What was looked at, in few words. */
  readonly check: string;
  /** `trouble` keeps a run from saying anything, or makes it say something wrong; a `note` is worth knowing. */
  readonly state: "good" | "note" | "trouble";
  /** What was found, in words. */
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** Nothing is wrong. */
export function good(check: string, found: string): Finding {
  return { check, state: "good", found };
}

/** Worth knowing, and no obstacle. */
export function note(check: string, found: string, remedy?: string): Finding {
  return { check, state: "note", found, ...(remedy === undefined ? {} : { remedy }) };
}

/** Something is wrong, and this helps. */
export function trouble(check: string, found: string, remedy: string): Finding {
  return { check, state: "trouble", found, remedy };
}

/** An error in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
