import { existsSync } from "node:fs";
import { join } from "node:path";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import type { AgentCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { COLLIDING_PATHS, HOSTILE_PATHS, pathsOutTo } from "../../src/mallory/server/hostile-paths.ts";
import { LONGEST_FOLDER } from "../../src/material/longest-folder.ts";
import { type Release, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { dataFrames } from "../../src/peers/server-peer/data-frames.ts";
import type { OpenSync } from "../../src/peers/server-peer/open-sync.ts";
import { standingInstance } from "./standing-instance.ts";

/** Cases of spec/sync.md, "Paths". */
export const pathCases: readonly AgentCase[] = [
  {
    id: "path-allowed",
    clauses: ["SYNC-014", "SYNC-010", "SYNC-011", "SYNC-013", "SYNC-016", "SYNC-017"],
    title: "Paths that only look dangerous are accepted, up to the bounds of length, and found where they were named",
    async run(context) {
      const allowed = [
        "a",
        ".hidden/.x",
        "...a",
        "a..b/..c",
        " leading/ space",
        "-rf",
        "~/x",
        "$HOME/`id`",
        "%2e%2e/x",
        "context/conx/xcon/com0/com10/lpt0",
        "x.con/x.nul",
        "caf\u00e9/\u00fc\u00df",
        "\u65e5\u672c/\u{1f600}",
        "n".repeat(255),
        "\u00e9".repeat(127),
        `${LONGEST_FOLDER.slice(0, -2)}/h`, // 1,024 bytes
        "COM/LPT/CONIN/CONOUT",
        "com\u2074.txt",
      ];
      const files = Object.fromEntries(allowed.map((path) => [path, `content of ${path.slice(0, 40)}`]));
      const peer = await context.connect();
      const session = await peer.session();
      await peer.sync(session, releaseOf(shellHost(), extensionOf("paths", files)));
      for (const path of allowed) {
        const run = await peer.run(session, "show", ["paths", path]);
        const what = { code: "file-wrong", clause: "SYNC-050", what: `the content of ${path.slice(0, 40)}` };
        expectEqual(run.stdout, files[path], what);
      }
    },
  },
  refusedPaths("path-empty-segment", "SYNC-010", "An empty path, or one with an empty segment, is refused"),
  refusedPaths("path-dot-segment", "SYNC-011", "A path with a segment . or .. is refused"),
  refusedPaths(
    "path-forbidden-character",
    "SYNC-012",
    "A path with a control character, a backslash or a colon is refused",
  ),
  refusedPaths("path-segment-end", "SYNC-013", "A path with a segment that ends with a dot or a space is refused"),
  refusedPaths(
    "path-too-long",
    "SYNC-014",
    "A path longer than 1,024 bytes, or with a segment longer than 255, is refused",
  ),
  refusedPaths("path-not-form-c", "SYNC-016", "A path that is not in normalization form C is refused"),
  refusedPaths(
    "path-reserved-name",
    "SYNC-017",
    "A path with a name reserved by Windows is refused, whatever its case and extension",
  ),
  {
    id: "path-case-collision",
    clauses: ["SYNC-015"],
    title: "Two paths of one package that fold to the same, or of which one is another's folder, are refused",
    twin: "path-case-apart",
    async run(context) {
      const standing = await standingInstance(context);
      for (const [one, other] of COLLIDING_PATHS) {
        const release = releaseOf(shellHost(), extensionOf("pair", { [one]: "1", [other]: "2" }));
        const what = `the paths ${JSON.stringify(one)} and ${JSON.stringify(other)}`;
        expectRefusal(await standing.peer.offer(standing.session, release), what, {
          code: "PATH_REFUSED",
          clause: "SYNC-015",
        });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "path-case-apart",
    clauses: ["SYNC-015"],
    title: "Paths that differ by more than simple case folding, or stand in different packages, are accepted together",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const files = {
        a: "1",
        "a-b": "2",
        "a.b/c": "3",
        ab: "4",
        "stra\u00dfe": "5",
        strasse: "6",
        "\u0131": "7",
        i: "8",
      };
      await peer.sync(session, releaseOf(shellHost(), extensionOf("one", files), extensionOf("two", { A: "1" })));
    },
  },
  {
    id: "path-one-refuses-all",
    clauses: ["SYNC-018", "SYNC-051"],
    title: "One refused path among good ones refuses the manifest as a whole, and nothing is written outside the root",
    abilities: ["root"],
    twin: "path-allowed",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const target = join(context.directory, "berth-escape");
      for (const [path, clause] of pathsOutTo(target)) {
        for (const content of ["x", ""]) {
          const release = releaseOf(
            shellHost("2.0.0"),
            extensionOf("good", { a: "1", b: "2" }),
            extensionOf("worse", { [path]: content }),
          );
          const offered = await peer.offer(session, release);
          // One that takes it gets the contents too, so that it shows where it writes them.
          if (offered.kind === "answered") await finish(offered.value, release);
          const escaped = existsSync(target);
          const what = `nothing written at ${target}`;
          expectThat(!escaped, "a file is there", { code: "escaped", clause: "SYNC-018", what });
          expectRefusal(offered, `the path ${path.slice(0, 20)}…`, { code: "PATH_REFUSED", clause });
        }
      }
      await standing.expectUnchanged();
    },
  },
];

/** Sends all that is lacking and commits, whatever comes of it. */
async function finish({ stream, lacking, commit }: OpenSync, release: Release): Promise<void> {
  for (const data of dataFrames(release, lacking, { dataBytes: 65_536, codec: Codec.CODEC_IDENTITY })) {
    await stream.send({ $case: "data", value: data });
  }
  await commit();
}

/** One case of many paths that one clause refuses, each alone in a manifest that is good otherwise. */
function refusedPaths(id: string, clause: keyof typeof HOSTILE_PATHS, title: string): AgentCase {
  return {
    id,
    clauses: [clause],
    title,
    twin: "path-allowed",
    async run(context) {
      const standing = await standingInstance(context);
      for (const path of HOSTILE_PATHS[clause]) {
        const release = releaseOf(shellHost(), extensionOf("paths", { [path]: "x" }));
        const what = `the path ${JSON.stringify(path.slice(0, 60))}`;
        expectRefusal(await standing.peer.offer(standing.session, release), what, { code: "PATH_REFUSED", clause });
      }
      await standing.expectUnchanged();
    },
  };
}
