import { LONGEST_FOLDER } from "../../material/longest-folder.ts";

/** Paths by the clause that refuses them, each alone: empty segments, dots, characters, ends, lengths, forms, names of Windows. */
export const HOSTILE_PATHS = {
  "SYNC-010": ["", "/", "/a", "a/", "a//b", "//", "/etc/passwd"],
  "SYNC-011": [".", "..", "../a", "a/../b", "a/..", "./a", "a/./b", "../../../../../../tmp/berth-escape"],
  "SYNC-012": [
    "a\0b",
    "a\tb",
    "a\rb",
    "a\x1fb",
    "a\x7fb",
    "a\u0080b",
    "a\u009fb",
    "a\\b",
    "..\\..\\a",
    "C:/a",
    "a:stream",
    "\\\\host\\share",
  ],
  "SYNC-013": ["a.", "a ", "a./b", "a /b", "...", "a/b.", "a/b "],
  "SYNC-014": ["n".repeat(256), `a/${"\u00e9".repeat(128)}`, `${LONGEST_FOLDER}h`, `${"a/".repeat(600)}a`],
  "SYNC-016": ["cafe\u0301", "A\u030a", "\u212b", "\u1112\u1161\u11ab", "dir/e\u0301/x"],
  "SYNC-017": [
    "CON",
    "con",
    "Prn.txt",
    "a/aux/b",
    "nul.tar.gz",
    "nul .txt",
    "COM1",
    "com9.x",
    "lpt1",
    "LPT9.y",
    "com\u00b9",
    "COM\u00b2.txt",
    "lpt\u00b3",
    "CONIN$",
    "conout$.log",
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The same for an UpdateFile of the dialects 1 and 44 (LEG-023), whose path can hold what would end the line of a manifest. */
export const HOSTILE_UPDATE_PATHS: Readonly<Record<keyof typeof HOSTILE_PATHS, readonly string[]>> = {
  "SYNC-010": ["", "/", "/a", "a/", "a//b", "/etc/passwd"],
  "SYNC-011": [".", "..", "../a", "a/../b", "a/..", "./a", "../../../../../../tmp/berth-escape"],
  "SYNC-012": ["a\0b", "a\nb", "a\x1fb", "a\x7fb", "a\u0085b", "a\\b", "..\\..\\a", "C:/a", "a:stream"],
  "SYNC-013": ["a.", "a ", "a./b", "a /b", "..."],
  "SYNC-014": ["n".repeat(256), `a/${"é".repeat(128)}`, `${LONGEST_FOLDER}h`, `${"a/".repeat(600)}a`],
  "SYNC-016": ["cafe\u0301", "A\u030a", "\u212b", "dir/e\u0301/x"],
  "SYNC-017": [
    "CON",
    "con",
    "Prn.txt",
    "a/aux/b",
    "nul.tar.gz",
    "COM1",
    "lpt9.y",
    "com\u00b9",
    "CONIN$",
    "conout$.log",
  ],
};

/** SYNC-015: pairs of paths that cannot stand in one package: they fold to the same, or one is the other's folder. */
export const COLLIDING_PATHS: readonly (readonly [string, string])[] = [
  ["a", "A"],
  ["lib/Readme", "LIB/readme"],
  ["stra\u00dfe", "stra\u1e9ee"],
  ["\u03c3", "\u03c2"],
  ["K", "\u006b"],
  ["\u00e9", "\u00c9"],
  ["a", "a/b"],
  ["A", "a/b"],
  ["a/b", "A/B/c"],
  ["x/y/z", "X"],
];

/** SYNC-018: paths that would lead to a file outside the agent's root, wherever that is, each with the clause that refuses it. */
export function pathsOutTo(absolutePath: string): readonly (readonly [path: string, clause: string])[] {
  const toTheTop = "../".repeat(40);
  const below = absolutePath.slice(1);
  return [
    [`${toTheTop}${below}`, "SYNC-011"],
    [`z/${toTheTop}${below}`, "SYNC-011"],
    [absolutePath, "SYNC-010"],
  ];
}
