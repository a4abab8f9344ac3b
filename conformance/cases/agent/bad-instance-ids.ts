/** InstanceIds outside INST-011. */
export const INVALID_IDS = ["x".repeat(65), "a\0", "a\tb", "a\nb", "café", "\ufeffid"];

/** Products with a version below their minimum for an InstanceId, and that minimum. */
export const BELOW_MINIMUM = [
  ["BuildMaster", "6.1.19", "6.1.20"],
  ["buildMASTER", "6.1.9", "6.1.20"],
  ["Otter", "2.2.9", "2.2.10"],
] as const;
