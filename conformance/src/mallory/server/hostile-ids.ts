/** INST-001: names that are no product. */
export const INVALID_PRODUCTS: readonly string[] = [
  "",
  " ",
  " a",
  "a ",
  "x".repeat(65),
  "a\nb",
  "a\0",
  "a\x7f",
  "caf\u00e9",
  "\u0430gent",
  "a\tb",
  "x".repeat(100_000),
];

/** INST-002: what is no product version. */
export const INVALID_PRODUCT_VERSIONS: readonly string[] = [
  "",
  ".",
  "1.",
  ".1",
  "1..2",
  "1.2.3.4.5.6.7.8.9",
  "1234567890",
  "1.a",
  "-1",
  "1.2-beta",
  " 1",
  "1 ",
  "\u0661",
  "1\n",
  "1.".repeat(50_000),
];

/** INST-011, INST-050: InstanceIds that are valid and would be dangerous as paths, with the name that each is encoded to. */
export const HOSTILE_INSTANCE_IDS: readonly (readonly [instanceId: string, encoded: string])[] = [
  ["../..", "_2e_2e_2f_2e_2e"],
  ["/", "_2f"],
  ["..", "_2e_2e"],
  [".", "_2e"],
  ["CON", "con"],
  ["nul.txt", "nul_2etxt"],
  ["a/../b", "a_2f_2e_2e_2fb"],
  ["C:\\windows", "c_3a_5cwindows"],
  ["a b", "a_20b"],
  ["a_20b", "a_5f20b"],
  ["a_b", "a_5fb"],
  ["a-b", "a-b"],
  ["shared", "shared"],
  ["%2e%2e", "_252e_252e"],
  ["$(id)`id`;|&", "_24_28id_29_60id_60_3b_7c_26"],
  ["~", "_7e"],
  ["!", "_21"],
  ["trailing.", "trailing_2e"],
  ["x".repeat(64), "x".repeat(64)],
  [` ${"Y".repeat(64)} `, "y".repeat(64)],
  ["~".repeat(64), "_7e".repeat(64)],
];

/** INST-011: InstanceIds that are too long or not printable ASCII once trimmed. */
export const INVALID_INSTANCE_IDS: readonly string[] = [
  "x".repeat(65),
  "a\0",
  "\0",
  "a\x7fb",
  "a\tb",
  "a\nb",
  "\n",
  "caf\u00e9",
  "\u00a0",
  "a\u0301",
  "\u200b",
  "\ufeffid",
  "x".repeat(100_000),
];

/** INST-011: a few of them, for what is done with each. */
export const SOME_INVALID_INSTANCE_IDS: readonly string[] = ["x".repeat(65), "a\0", "a\tb", "a\nb", "café", "\ufeffid"];

/** INST-007, LEG-012, LEG-013: products with a version below their minimum for an InstanceId, and that minimum. */
export const BELOW_MINIMUM = [
  ["BuildMaster", "6.1.19", "6.1.20"],
  ["buildMASTER", "6.1.9", "6.1.20"],
  ["Otter", "2.2.9", "2.2.10"],
] as const;

/** OP-014: what is no operation id, made from one that is. */
export function invalidOperationIds(valid: string): readonly string[] {
  return [
    "",
    "x",
    "../../etc/passwd",
    valid.replaceAll("-", ""),
    `{${valid}}`,
    `${valid} `,
    valid.slice(1),
    valid.replace(/^./, "g"),
    "00000000-0000-0000-0000-000000000000",
    "9".repeat(100_000),
  ];
}

/** INST-021: what is no server_id, made from one that is. */
export function invalidServerIds(valid: string): readonly string[] {
  return [
    "00000000-0000-0000-0000-000000000000",
    "x",
    valid.replaceAll("-", ""),
    `{${valid}}`,
    `urn:uuid:${valid}`,
    ` ${valid}`,
    `${valid}\n`,
    `${valid}0`,
    valid.slice(1),
    valid.replace(/^./, "g"),
    valid.replaceAll("-", "_"),
    "../../../../../../../../etc/passwd000",
  ];
}
