/** What the program's exit codes mean; its help shows the same table. */
export const ExitCode = {
  ok: 0,
  /** A fault of the agent itself. */
  fault: 1,
  /** A command line, a variable or a settings file that cannot be read, or that would be unsafe. */
  usage: 2,
  /** Another agent uses the root. */
  rootInUse: 3,
  /** The address cannot be listened on. */
  cannotListen: 4,
  /** The root or the certificate cannot be read or written. */
  storage: 5,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODE_HELP = `
Exit codes:
  0  ended well
  1  a fault of the agent itself
  2  a command line, variable or settings file that cannot be read, or that would be unsafe
  3  another agent uses the root
  4  the address cannot be listened on
  5  the root or the certificate cannot be read or written`;
