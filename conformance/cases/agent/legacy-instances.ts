import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import {
  expectHostVersion,
  inEachLegacyDialect,
  type LegacyBerth,
  legacyBerth,
  linesOf,
  treeFile,
} from "./legacy-berth.ts";

/** Cases of spec/legacy.md, "Which instance": the dialect 44, where the InstanceId of each call decides. */
export const legacyInstancesCases: readonly AgentCase[] = [
  {
    id: "legacy-list-is-of-the-calls-instance",
    clauses: ["LEG-010"],
    title: "ListFiles in the dialect 44 lists the tree of its own request's InstanceId, whatever the greeting held",
    dialects: [44],
    async run(context) {
      const berths = await threeBerths(context);
      for (const from of berths) {
        for (const to of berths) {
          const listed = await from.peer.legacy.list(from.session, to.instanceId);
          const what = `the files listed with ${wordsFor(from, to)}`;
          expectEqual(linesOf(expectAnswered(listed, "ListFiles")), await to.list(), {
            code: "wrong-instance",
            clause: "LEG-010",
            what,
          });
        }
      }
    },
  },
  {
    id: "legacy-update-is-of-the-calls-instance",
    clauses: ["LEG-010"],
    title:
      "UpdateFile in the dialect 44 writes into the tree of its own request's InstanceId, whatever the greeting held",
    dialects: [44],
    async run(context) {
      const berths = await threeBerths(context);
      for (const from of berths) {
        for (const to of berths) {
          const file = treeFile("moved", `${berths.indexOf(from)}-${berths.indexOf(to)}.txt`, "moved");
          const before = await Promise.all(berths.map((berth) => berth.list()));
          const update = await from.peer.legacy.update(from.session, file, { instanceId: to.instanceId });
          expectAnswered(update, `an update with ${wordsFor(from, to)}`, "LEG-010");
          const expected = before.map((lines, index) =>
            berths[index] === to ? [...lines, ...linesOf([file])].toSorted() : lines,
          );
          const after = await Promise.all(berths.map((berth) => berth.list()));
          const what = `the three trees after an update with ${wordsFor(from, to)}`;
          expectEqual(after, expected, { code: "wrong-instance", clause: "LEG-010", what });
        }
      }
    },
  },
  {
    id: "legacy-run-is-of-the-calls-instance",
    clauses: ["LEG-010"],
    title:
      "RunOperation in the dialect 44 runs from the tree of its own request's InstanceId, whatever the greeting held",
    dialects: [44],
    async run(context) {
      const berths = await threeBerths(context);
      for (const from of berths) {
        for (const to of berths) {
          const { instanceId } = to;
          const result = await from.peer.legacy.run(from.session, { name: "version", instanceId });
          const run = expectAnswered(result, `an operation with ${wordsFor(from, to)}`, "LEG-010");
          const what = `the version of the host with ${wordsFor(from, to)}`;
          const version = `version of ${to.instanceId || "all"}\n`;
          expectEqual(run.stdout, version, { code: "wrong-instance", clause: "LEG-010", what });
        }
      }
    },
  },
  {
    id: "legacy-instance-ids-are-compared",
    clauses: ["LEG-010", "INST-010", "INST-012", "INST-013"],
    title: "An InstanceId of a call is trimmed and compared without case, from every address, and empty is unset",
    dialects: [44],
    async run(context) {
      const berth = await legacyBerth(context, { dialect: 44, instanceId: "Web 1" });
      await berth.put(shellHost("one"));
      const shared = await legacyBerth(context, { dialect: 44, instanceId: "" });
      await shared.put(shellHost("all"));
      for (const from of ["127.0.0.1", "127.0.0.2"]) {
        const visitor = await legacyBerth(context, { dialect: 44, instanceId: "web 1", peer: { from } });
        for (const [instanceId, version] of [
          ["Web 1", "one"],
          ["WEB 1", "one"],
          ["\tweb 1  ", "one"],
          ["", "all"],
          [" \t ", "all"],
        ] as const) {
          const { stdout } = await visitor.run("version", [], { instanceId });
          const what = `the version of the host with the InstanceId ${JSON.stringify(instanceId)}`;
          expectEqual(stdout, `${version}\n`, { code: "wrong-instance", what });
        }
      }
    },
  },
  {
    id: "legacy-products-are-kept-apart",
    clauses: ["INST-005", "LEG-010"],
    title: "Servers of different products have different trees, with one InstanceId and with none",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        for (const instanceId of dialect === 44 ? ["", "same"] : [""]) {
          const products = [`${context.product}`.slice(0, 60), `${context.product}`.slice(0, 60).concat("-2")];
          for (const product of products) {
            const berth = await legacyBerth(context, { dialect, instanceId, request: { product } });
            await berth.put(shellHost(product));
          }
          for (const product of products) {
            const berth = await legacyBerth(context, { dialect, instanceId, request: { product } });
            await expectHostVersion(berth, product, "INST-005");
          }
        }
      });
    },
  },
];

/** Three trees of one product, each with a host that names it: two by InstanceId, and the shared one. */
async function threeBerths(context: AgentContext): Promise<LegacyBerth[]> {
  const berths: LegacyBerth[] = [];
  for (const instanceId of ["one", "two", ""]) {
    const berth = await legacyBerth(context, { dialect: 44, instanceId });
    await berth.put(shellHost(`version of ${instanceId || "all"}`));
    await berth.putFile(treeFile("mark", `${instanceId || "all"}.txt`, instanceId));
    berths.push(berth);
  }
  return berths;
}

function wordsFor(from: LegacyBerth, to: LegacyBerth): string {
  const shown = ({ instanceId }: LegacyBerth) => (instanceId === "" ? "none" : JSON.stringify(instanceId));
  return `the InstanceId ${shown(to)} in a session greeted with ${shown(from)}`;
}
