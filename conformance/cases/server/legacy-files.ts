import { rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ServerCase } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { agentThatCutsBeforeAnswering } from "../../src/mallory/agent/cuts.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import type { PlacedFile } from "../../src/peers/agent-peer/legacy-tree.ts";
import type { AgentPeer } from "../../src/peers/agent-peer.ts";
import { expectSuccess } from "./expect-step.ts";
import {
  addDated,
  datedServer,
  expectSent,
  expectTreeSynced,
  legacyAgent,
  placed,
  setTime,
  treeOf,
  USUAL_TIME_MS,
} from "./legacy-server.ts";
import { addWords, ordinaryPackages, outputOf, requireDone } from "./ready-server.ts";

const LEGACY: readonly LegacyDialect[] = [1, 44];
const NS_PER_MS = 1_000_000n;

/** Cases of spec/legacy.md about dialects and the files a server sends. */
export const legacyFilesCases: readonly ServerCase[] = [
  {
    id: "server-offers-every-dialect",
    clauses: ["LEG-004"],
    title: "A server offers every dialect from 1 on, in every greeting",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const server = await datedServer(context, agent);
      expectSuccess(await server.sync(), "the sync");
      expectSuccess(await server.run("work"), "the operation");

      const lowest = agent.seen.negotiations.map(({ dialects }) => dialects?.lowest);
      expectEqual([...new Set(lowest)], [1], {
        code: "dialects-left-out",
        what: "the lowest dialects that were offered",
      });
    },
  },
  ...[42, 43, 44, 45, 46].map((version): ServerCase => {
    const dialect = version < 44 ? 1 : 44;
    return {
      id: `server-syncs-with-${version}`,
      clauses: ["LEG-030", "LEG-031"],
      title: `A server sends an agent ${version} with an empty tree every file of its loaded packages, each with its time`,
      dialects: [dialect],
      async run(context) {
        const agent = await context.agent(legacyAgent(dialect, version));
        const server = await datedServer(context, agent);

        expectTreeSynced(await server.sync(), agent, placed(ordinaryPackages));
        expectEqual(agent.seen.syncs.length, 0, {
          code: "wrong-dialect",
          clause: "HS-011",
          what: "calls of the dialect 49",
        });
      },
    };
  }),
  ...[47, 48].map(
    (version): ServerCase => ({
      id: `server-syncs-with-${version}-as-46`,
      clauses: ["HS-007"],
      title: `A server works with an agent that announces ${version} in the dialect 44, as with a 46`,
      dialects: [44],
      twin: "server-syncs-with-46",
      usesInstanceId: true,
      async run(context) {
        const agent = await context.agent(legacyAgent(44, version));
        const server = await datedServer(context, agent, { settings: { "Agent.InstanceId": "blue" } });

        expectTreeSynced(await server.sync(), agent, placed(ordinaryPackages), "blue");
        expectSuccess(await server.run("work"), "the operation", "HS-007");
        expectEqual(agent.seen.legacy.runs.length, 1, { code: "not-as-46", what: "operations that were run" });
      },
    }),
  ),
  ...LEGACY.flatMap((dialect): ServerCase[] => {
    const twin = dialect === 1 ? "server-syncs-with-42" : "server-syncs-with-46";
    return [
      {
        id: `server-sends-stale-files-in-dialect-${dialect}`,
        clauses: ["LEG-030"],
        title: "A server sends the files that are not listed or listed with another time, older or newer, and no other",
        dialects: [dialect],
        twin,
        async run(context) {
          const item = extensionOf("Mixed", {
            same: "1",
            older: "2",
            newer: "3",
            "by-a-ms": "4",
            "lack/ing": "5",
            empty: "",
          });
          const times: Record<string, number> = {
            older: USUAL_TIME_MS - 86_400_000,
            newer: USUAL_TIME_MS + 86_400_000,
            "by-a-ms": USUAL_TIME_MS + 1,
          };
          // A neighbour spells the package's name in its own way.
          const asNeighbour = (file: PlacedFile) => ({ ...file, package: { ...file.package, name: "mIXED" } });
          const held = placed([item], (path) => times[path] ?? USUAL_TIME_MS)
            .filter(({ path }) => path !== "lack/ing" && path !== "empty")
            .map(asNeighbour)
            .map((file) => ({ ...file, content: file.path === "same" ? file.content : Buffer.from("a neighbour's") }));
          const foreign = placed([extensionOf("Mixed", { "not-loaded": "x" }), extensionOf("Other", { same: "x" })]);
          const agent = await context.agent({ ...legacyAgent(dialect), tree: [...held, ...foreign] });
          const server = await datedServer(context, agent, { packages: [item] });

          const whole = placed([item]).map((file) => (file.path === "same" ? asNeighbour(file) : file));
          expectTreeSynced(await server.sync(), agent, [...whole, ...foreign]);
          expectSent(agent, ["older", "newer", "by-a-ms", "lack/ing", "empty"]);
        },
      },
      {
        id: `server-sends-nothing-again-in-dialect-${dialect}`,
        clauses: ["LEG-030"],
        title: "A server that syncs again sends nothing, and after a change the changed file alone",
        dialects: [dialect],
        twin,
        async run(context) {
          const agent = await context.agent(legacyAgent(dialect));
          const server = await datedServer(context, agent, { packages: [] });
          const files = { "lib/a.txt": "a", "lib/b.txt": "b" };
          await addDated(server, extensionOf("App", files, "1.0.0"));
          expectTreeSynced(await server.sync(), agent, placed([extensionOf("App", files)]));
          expectSuccess(await server.sync(), "the second sync");
          expectSent(agent, [], 2);

          requireDone(await server.step("packages", "remove", "extension", "App", "1.0.0"));
          const changed = extensionOf("App", { ...files, "lib/b.txt": "B" }, "1.0.1");
          const timeOf = (path: string) => USUAL_TIME_MS + (path === "lib/b.txt" ? 1_000 : 0);
          await addDated(server, changed, timeOf);
          expectTreeSynced(await server.sync(), agent, placed([changed], timeOf));
          expectSent(agent, ["lib/b.txt"], 2);
        },
      },
      {
        id: `server-sends-only-what-is-loaded-in-dialect-${dialect}`,
        clauses: ["LEG-030"],
        title: "A server sends no file of a package that it no longer has loaded",
        dialects: [dialect],
        twin,
        async run(context) {
          const agent = await context.agent(legacyAgent(dialect));
          const server = await datedServer(context, agent);
          await addDated(server, extensionOf("Gone", { "gone.txt": "gone" }));
          requireDone(await server.step("packages", "remove", "extension", "Gone", "1.0.0"));

          expectTreeSynced(await server.sync(), agent, placed(ordinaryPackages));
        },
      },
      {
        id: `server-sends-times-as-they-were-in-dialect-${dialect}`,
        clauses: ["LEG-031"],
        title: "A server sends the time that a file had when its package was added, whatever becomes of the directory",
        dialects: [dialect],
        twin,
        async run(context) {
          const agent = await context.agent(legacyAgent(dialect));
          const server = await datedServer(context, agent, { packages: [] });
          const times: Record<string, number> = {
            "2001.txt": 978_307_200_125,
            "2009.txt": 1_234_567_890_500,
            "2040.txt": 2_208_988_800_875,
            "whole.txt": 1_500_000_000_000,
          };
          const files = Object.fromEntries(Object.keys(times).map((path) => [path, path]));
          const timeOf = (path: string) => times[path] ?? 0;
          const item = extensionOf("Times", files);
          const directory = await addDated(server, item, timeOf);
          for (const path of Object.keys(files)) await setTime(join(directory, path), USUAL_TIME_MS);
          await writeFile(join(directory, "whole.txt"), "changed after it was added");
          await rm(join(directory, "2001.txt"));

          expectSuccess(await server.sync(), "the sync");
          expectTimesSent(agent, placed([item], timeOf));
          agent.requireFaithful();
        },
      },
      {
        id: `server-rounds-times-in-dialect-${dialect}`,
        clauses: ["LEG-031"],
        title: "A server sends the time of a file rounded to the nearest millisecond, up as well as down",
        dialects: [dialect],
        twin,
        async run(context) {
          const agent = await context.agent(legacyAgent(dialect));
          const server = await datedServer(context, agent, { packages: [] });
          const fractions: Record<string, number> = { "above.txt": 0.25, "below.txt": 0.75 };
          const item = extensionOf("Times", { "above.txt": "above", "below.txt": "below" });
          const directory = await server.writePackage(item);
          const times = new Map<string, number>();
          for (const [path, fraction] of Object.entries(fractions)) {
            const seconds = (USUAL_TIME_MS + fraction) / 1000;
            await utimes(join(directory, path), seconds, seconds);
            const { mtimeNs } = await stat(join(directory, path), { bigint: true });
            if (mtimeNs % NS_PER_MS === 0n) context.notApplicable("the file system keeps no part of a millisecond");
            times.set(path, Number((mtimeNs + NS_PER_MS / 2n) / NS_PER_MS));
          }
          requireDone(await server.step(...addWords(directory, item)));

          expectSuccess(await server.sync(), "the sync");
          expectTimesSent(
            agent,
            placed([item], (path) => times.get(path) ?? 0),
          );
          agent.requireFaithful();
        },
      },
      {
        id: `server-restores-its-files-in-dialect-${dialect}`,
        clauses: ["LEG-030"],
        title: "A server whose file a neighbour has replaced sends it again before it runs an operation",
        dialects: [dialect],
        twin,
        async run(context) {
          const agent = await context.agent(legacyAgent(dialect));
          const first = await datedServer(context, agent);
          expectTreeSynced(await first.sync(), agent, placed(ordinaryPackages));
          const second = await datedServer(context, agent, { packages: [] });
          const others = ordinaryPackages.map((item) => ({ ...item, version: "9" }));
          const later = () => USUAL_TIME_MS + 5_000;
          for (const item of others) await addDated(second, item, later);
          expectTreeSynced(await second.sync(), agent, placed(others, later));
          const before = agent.seen.legacy.updates.length;

          expectSuccess(await first.run("work"), "the operation");

          agent.requireFaithful();
          expectSent(
            agent,
            ordinaryPackages.flatMap((item) => item.files.map(({ path }) => path)),
            before,
          );
        },
      },
      {
        id: `server-keeps-data-limit-in-dialect-${dialect}`,
        clauses: ["HS-033"],
        title: "A server sends a file larger than max_data_bytes in pieces that keep it",
        dialects: [dialect],
        twin,
        async run(context) {
          const agent = await context.agent({ ...legacyAgent(dialect), limits: { maxDataBytes: 65_536 } });
          const content = randomBytesFrom(context.random, 200_001);
          const files = {
            "large.bin": content,
            "exact.bin": content.subarray(0, 65_536),
            "over.bin": content.subarray(0, 65_537),
          };
          const packages = [extensionOf("Large", files)];
          const server = await datedServer(context, agent, { packages });

          expectTreeSynced(await server.sync(), agent, placed(packages));
        },
      },
      {
        id: `server-sends-after-a-cut-in-dialect-${dialect}`,
        clauses: ["LEG-030"],
        title:
          "A server whose update was cut reports failure or sends the file again, and the next sync completes the tree",
        dialects: [dialect],
        twin,
        async run(context) {
          const agent = await context.agent({ ...legacyAgent(dialect), ...agentThatCutsBeforeAnswering("update") });
          const server = await datedServer(context, agent);
          const result = await server.sync();
          const whole = treeOf(agent).length === placed(ordinaryPackages).length;
          expectThat(result.exitCode !== 0 || whole, outputOf(result), {
            code: "failure-not-reported",
            clause: "LEG-030",
            what: "a sync that was cut and not completed to be reported as failed",
          });
          context.observe(result.exitCode === 0 ? "it sends the file again" : "it reports failure");
          expectTreeSynced(await server.sync(), agent, placed(ordinaryPackages));
        },
      },
    ];
  }),
];

/** Expects every file to have been sent once, with its time. */
function expectTimesSent(agent: AgentPeer, files: readonly PlacedFile[]): void {
  const lines = (all: readonly Pick<PlacedFile, "path" | "modifiedMs">[]) =>
    all.map(({ path, modifiedMs }) => `${path} @${modifiedMs}`).toSorted();
  const sent = agent.seen.legacy.updates.map(({ header }) => header);
  expectEqual(lines(sent), lines(files), { code: "time-wrong", clause: "LEG-031", what: "times that were sent" });
}
