/** What a failed expectation says: the same facts in the console, in JSON and in JUnit. */
export interface FailureFacts {
  /** Stable and short, lower-case letters, digits and hyphens, such as `code-wrong`. Known failures are matched by it. */
  readonly code: string;
  /** What the clause asks for, in words. */
  readonly expected: string;
  /** What the target did, in words. */
  readonly actual: string;
  /** One sentence for people; made of the two above when absent. */
  readonly message?: string;
  /** The clause that was broken, where it is not the case's first. */
  readonly clause?: string;
  /** The likely cause, where the suite knows one. */
  readonly hint?: string;
}

/** The target broke a clause. The only error that makes a case fail. */
export class ConformanceFailure extends Error implements FailureFacts {
  override readonly name = "ConformanceFailure";
  readonly code: string;
  readonly expected: string;
  readonly actual: string;
  readonly clause?: string;
  readonly hint?: string;

  constructor(facts: FailureFacts) {
    super(facts.message ?? `expected ${facts.expected}, got ${facts.actual}`);
    this.code = facts.code;
    this.expected = facts.expected;
    this.actual = facts.actual;
    this.clause = facts.clause;
    this.hint = facts.hint;
  }
}

/** The case does not apply to this target; the message is the reason. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** The suite itself is at fault, or could not do what the case needs. Nothing is said about the target. */
export class HarnessError extends Error {
  override readonly name = "HarnessError";
}

/** The target could not be started, reached or driven at all. */
export class TargetUnreachable extends Error {
  override readonly name = "TargetUnreachable";
}
