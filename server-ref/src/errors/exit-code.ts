/** What `berth-server` tells the shell. Each value has one meaning, for ever; `run` passes on the operation's own code instead when there is one. */
export const ExitCode = {
  ok: 0,
  /** A command line, setting or package that cannot be right; also a Node older than 24. */
  invalidInput: 2,
  notFound: 3,
  alreadyExists: 4,
  agentUnreachable: 5,
  refusedByAgent: 6,
  transportRefused: 7,
  homeDamaged: 8,
  syncBrokeOff: 9,
  operationWithoutExitCode: 10,
  isolationTooLow: 11,
  internal: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
