/** What the command's exit code says. */
export const EXIT = {
  conformant: 0,
  notConformant: 1,
  usage: 2,
  tooLittleRan: 3,
  suiteAtFault: 4,
  targetUnreachable: 5,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of several runs the one that says most: what is proven wrong comes first, what could not be shown afterwards. */
const GRAVEST_FIRST: readonly ExitCode[] = [
  EXIT.usage,
  EXIT.targetUnreachable,
  EXIT.notConformant,
  EXIT.suiteAtFault,
  EXIT.tooLittleRan,
];

/** One exit code for several runs. */
export function gravest(codes: readonly ExitCode[]): ExitCode {
  return GRAVEST_FIRST.find((code) => codes.includes(code)) ?? EXIT.conformant;
}
