import { Isolation, type NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { HostEnd } from "@berth/proto/messages/sync/v44/host";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import {
  expectHostEnd,
  expectHostVersion,
  inEachLegacyDialect,
  type LegacyBerth,
  legacyBerth,
  linesOf,
  treeFile,
  treeFilesOf,
} from "./legacy-berth.ts";
import { requireVersion } from "./legacy-handshake.ts";
import { legacyMethods } from "./legacy-methods.ts";

const { ISOLATION_PRODUCT, ISOLATION_INSTANCE_ID } = Isolation;
const INVALID_IDS = ["x".repeat(65), "a\0", "a\tb", "a\nb", "café", "﻿id"];
const BELOW_MINIMUM = [
  ["BuildMaster", "6.1.19", "6.1.20"],
  ["buildMASTER", "6.1.9", "6.1.20"],
  ["Otter", "2.2.9", "2.2.10"],
] as const;

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
          const run = await from.run("version", [], { instanceId: to.instanceId });
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
  {
    id: "legacy-dialect-1-shares-the-products-instance",
    clauses: ["LEG-011"],
    title:
      "Every call in the dialect 1 is served from the product's shared instance, whatever InstanceId its request holds",
    dialects: [1],
    async run(context) {
      requireVersion(context, (version) => version !== 43, "other than 43");
      const berth = await legacyBerth(context, { dialect: 1, instanceId: "greeted" });
      const { peer, session } = berth;
      await berth.put(shellHost("all"));
      const held = treeFilesOf(shellHost("all"));
      for (const instanceId of ["", "one", "greeted", ...INVALID_IDS]) {
        const shown = JSON.stringify(instanceId.slice(0, 20));
        const file = treeFile("files", `${held.length}.txt`, shown);
        const update = await peer.legacy.update(session, file, { instanceId });
        expectAnswered(update, `an update with the InstanceId ${shown}`, "LEG-011");
        held.push(file);
        const listed = expectAnswered(await peer.legacy.list(session, instanceId), "ListFiles", "LEG-011");
        const what = `the files listed with the InstanceId ${shown}`;
        expectEqual(linesOf(listed), linesOf(held), { code: "wrong-instance", clause: "LEG-011", what });
        const { stdout } = await berth.run("version", [], { instanceId });
        expectEqual(stdout, "all\n", { code: "wrong-instance", clause: "LEG-011", what: `the host with ${shown}` });
      }
    },
  },
  {
    id: "legacy-43-puts-files-where-the-id-says",
    clauses: ["LEG-012"],
    title: "An agent 43 serves ListFiles and UpdateFile from the instance of the request's InstanceId",
    dialects: [1],
    async run(context) {
      requireVersion(context, (version) => version === 43, "43");
      const { peer, session } = await legacyBerth(context, { dialect: 1 });
      const ids = ["", "one", "two"];
      for (const instanceId of ids) {
        const file = treeFile("files", `of ${instanceId || "all"}`, "x");
        expectAnswered(await peer.legacy.update(session, file, { instanceId }), "an update", "LEG-012");
      }
      for (const instanceId of ids) {
        const listed = expectAnswered(await peer.legacy.list(session, instanceId), "ListFiles", "LEG-012");
        const what = `the files listed with the InstanceId ${JSON.stringify(instanceId)}`;
        const expected = linesOf([treeFile("files", `of ${instanceId || "all"}`, "x")]);
        expectEqual(linesOf(listed), expected, { code: "wrong-instance", clause: "LEG-012", what });
      }
    },
  },
  {
    id: "legacy-43-runs-from-the-shared-instance",
    clauses: ["LEG-012"],
    title: "An agent 43 runs operations from the product's shared instance, though the files went where the id says",
    dialects: [1],
    twin: "legacy-43-puts-files-where-the-id-says",
    async run(context) {
      requireVersion(context, (version) => version === 43, "43");
      const berth = await legacyBerth(context, { dialect: 1 });
      const { peer, session } = berth;
      for (const file of treeFilesOf(shellHost("one"))) {
        expectAnswered(await peer.legacy.update(session, file, { instanceId: "one" }), "an update", "LEG-012");
      }
      const nowhere = await peer.legacy.run(session, { instanceId: "one" });
      expectRefusal(nowhere, "an operation with the host in the tree of an InstanceId alone", {
        code: "NO_HOST",
        clause: "LEG-012",
      });
      await berth.put(shellHost("all"));
      for (const instanceId of ["", "one", "two"]) {
        const { stdout } = await berth.run("version", [], { instanceId });
        expectEqual(stdout, "all\n", { code: "wrong-instance", clause: "LEG-012", what: "the version of the host" });
      }
    },
  },
  {
    id: "legacy-43-takes-a-bad-id-as-unset",
    clauses: ["LEG-012"],
    title: "An agent 43 takes an InstanceId outside its rule, or of a product below its minimum, as unset",
    dialects: [1],
    twin: "legacy-43-puts-files-where-the-id-says",
    async run(context) {
      requireVersion(context, (version) => version === 43, "43");
      const plain = await legacyBerth(context, { dialect: 1 });
      await plain.putFile(treeFile("files", "shared.txt", "x"));
      for (const instanceId of INVALID_IDS) {
        const what = `the files listed with the InstanceId ${JSON.stringify(instanceId.slice(0, 20))}`;
        const listed = expectAnswered(await plain.peer.legacy.list(plain.session, instanceId), what, "LEG-012");
        expectEqual(linesOf(listed), await plain.list(), { code: "wrong-instance", clause: "LEG-012", what });
      }
      for (const [product, productVersion] of BELOW_MINIMUM) {
        const berth = await legacyBerth(context, { dialect: 1, request: { product, productVersion } });
        const mark = treeFile(`mark-${uuidFrom(context.random)}`, "shared.txt", "x");
        await berth.putFile(mark);
        const listed = expectAnswered(await berth.peer.legacy.list(berth.session, "one"), "ListFiles", "LEG-012");
        const what = `the marks listed with an InstanceId of ${product} ${productVersion}`;
        const marks = linesOf(listed.filter((file) => file.package?.name === mark.package.name));
        expectEqual(marks, linesOf([mark]), { code: "wrong-instance", clause: "LEG-012", what });
      }
    },
  },
  {
    id: "legacy-isolation-in-dialect-1",
    clauses: ["LEG-013", "INST-051"],
    title: "A greeting in the dialect 1 is answered with PRODUCT and the shared instance, whatever InstanceId it holds",
    dialects: [1],
    async run(context) {
      for (const from of ["127.0.0.1", "127.0.0.2"]) {
        const peer = await context.connect({ from });
        for (const instanceId of ["", "one", "Web 1", ...INVALID_IDS, "x".repeat(100_000)]) {
          const request = { product: "Caravel", instanceId, dialects: { lowest: 1, highest: 1 } };
          await expectIsolation(peer, request, ISOLATION_PRODUCT, "p-caravel/shared", "LEG-013");
        }
        for (const [product, productVersion] of BELOW_MINIMUM) {
          const request = { product, productVersion, instanceId: "one", dialects: { lowest: 1, highest: 1 } };
          await expectIsolation(peer, request, ISOLATION_PRODUCT, `p-${product.toLowerCase()}/shared`, "LEG-013");
        }
      }
    },
  },
  {
    id: "legacy-isolation-in-dialect-44",
    clauses: ["LEG-014", "INST-051"],
    title:
      "A greeting in the dialect 44 is answered with INSTANCE_ID where the InstanceId is set, and PRODUCT where not",
    dialects: [44],
    async run(context) {
      for (const from of ["127.0.0.1", "127.0.0.2"]) {
        const peer = await context.connect({ from });
        for (const [instanceId, isolation, name] of [
          ["", ISOLATION_PRODUCT, "shared"],
          [" \t ", ISOLATION_PRODUCT, "shared"],
          ["Web 1", ISOLATION_INSTANCE_ID, "i-web_201"],
          ["\tWEB 1 ", ISOLATION_INSTANCE_ID, "i-web_201"],
          ["shared", ISOLATION_INSTANCE_ID, "i-shared"],
          ["../..", ISOLATION_INSTANCE_ID, "i-_2e_2e_2f_2e_2e"],
          ["x".repeat(64), ISOLATION_INSTANCE_ID, `i-${"x".repeat(64)}`],
        ] as const) {
          await expectIsolation(peer, { product: "Caravel", instanceId }, isolation, `p-caravel/${name}`, "LEG-014");
        }
        for (const [product, productVersion] of [
          ["BuildMaster", "6.1.20"],
          ["Otter", "2.2.10"],
        ] as const) {
          const request = { product, productVersion, instanceId: "one" };
          const name = `p-${product.toLowerCase()}/i-one`;
          await expectIsolation(peer, request, ISOLATION_INSTANCE_ID, name, "LEG-014");
        }
        const below = { product: "BuildMaster", productVersion: "6.1.19" };
        await expectIsolation(peer, below, ISOLATION_PRODUCT, "p-buildmaster/shared", "LEG-014");
      }
    },
  },
  {
    id: "legacy-invalid-instance-id",
    clauses: ["LEG-015", "INST-011"],
    title: "An InstanceId outside its rule is refused in every call of the dialect 44, the greeting among them",
    dialects: [44],
    twin: "legacy-list-is-of-the-calls-instance",
    async run(context) {
      const berth = await legacyBerth(context, { dialect: 44 });
      await berth.put(shellHost());
      const before = await berth.list();
      const expected = { code: "INVALID_INSTANCE_ID", clause: "LEG-015" } as const;
      for (const instanceId of INVALID_IDS) {
        const shown = `the InstanceId ${JSON.stringify(instanceId.slice(0, 20))}`;
        expectRefusal(await berth.peer.negotiate({ instanceId }), `a greeting with ${shown}`, expected);
        for (const [method, call] of Object.entries(legacyMethods)) {
          expectRefusal(await call(berth.peer, berth.session, instanceId), `${method} with ${shown}`, expected);
        }
      }
      expectEqual(await berth.list(), before, { code: "tree-changed", clause: "ERR-005", what: "the tree afterwards" });
      await berth.run("version");
    },
  },
  {
    id: "legacy-instance-id-below-the-minimum",
    clauses: ["LEG-016"],
    title:
      "An InstanceId from a product below its minimum is refused in every call of the dialect 44, naming the minimum",
    dialects: [44],
    twin: "legacy-isolation-in-dialect-44",
    async run(context) {
      for (const [product, productVersion, minimum] of BELOW_MINIMUM) {
        const request = { product, productVersion };
        const berth = await legacyBerth(context, { dialect: 44, instanceId: "", request });
        const what = (method: string) => `${method} with an InstanceId of ${product} ${productVersion}`;
        const details = { minimum_version: minimum };
        const expected = { code: "INSTANCING_UNSUPPORTED", clause: "LEG-016", details } as const;
        const greeting = await berth.peer.negotiate({ ...request, instanceId: "one" });
        expectRefusal(greeting, what("a greeting"), expected);
        for (const [method, call] of Object.entries(legacyMethods)) {
          expectRefusal(await call(berth.peer, berth.session, "one"), what(method), expected);
        }
        await berth.list();
      }
    },
  },
  {
    id: "legacy-no-ownership",
    clauses: ["LEG-017"],
    title:
      "Servers of different server_ids share an instance in the dialects 1 and 44, and none is refused for another",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        for (const instanceId of dialect === 44 ? ["shared by two", ""] : [""]) {
          for (const round of [1, 2, 3]) {
            const request = { serverId: uuidFrom(context.random), features: ["server-identity@1"] };
            const peer = { from: `127.0.0.${round}` };
            const berth = await legacyBerth(context, { dialect, instanceId, request, peer });
            await berth.put(shellHost(`round ${round}`));
            await expectHostVersion(berth, `round ${round}`, "LEG-017");
          }
        }
      });
    },
  },
  {
    id: "legacy-two-servers-race",
    clauses: ["LEG-040", "LEG-011", "LEG-021"],
    title:
      "Two servers of one tree overwrite each other: the last to update works, and the other runs the other's files",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        if (dialect === 1 && context.agentVersion === 43)
          context.observe("without InstanceId in its calls, 43 is as 42");
        const [first, second] = await twoServers(context, dialect, ["", ""]);
        await first.put(shellHost("of the first"));
        await expectHostVersion(first, "of the first", "LEG-040");
        await second.put(shellHost("of the second"));
        await expectHostVersion(second, "of the second", "LEG-040");
        await expectHostVersion(first, "of the second", "LEG-040");
        await first.put(shellHost("of the first again"));
        await expectHostVersion(second, "of the first again", "LEG-040");
      });
    },
  },
  {
    id: "legacy-two-servers-with-ids-do-not-race",
    clauses: ["LEG-010", "INST-013"],
    title: "Two servers with InstanceIds of their own do not meet in the dialect 44: each runs its own files",
    dialects: [44],
    async run(context) {
      const [first, second] = await twoServers(context, 44, ["first", "second"]);
      for (const round of [1, 2]) {
        await first.put(shellHost(`first ${round}`));
        await second.put(shellHost(`second ${round}`));
        await expectHostVersion(first, `first ${round}`, "LEG-010");
        await expectHostVersion(second, `second ${round}`, "LEG-010");
      }
    },
  },
];

async function twoServers(
  context: AgentContext,
  dialect: LegacyDialect,
  [one, two]: readonly [string, string],
): Promise<[LegacyBerth, LegacyBerth]> {
  return [
    await legacyBerth(context, { dialect, instanceId: one, peer: { from: "127.0.0.2" } }),
    await legacyBerth(context, { dialect, instanceId: two, peer: { from: "127.0.0.3" } }),
  ];
}

/** Three trees of one product, each with a host that names it: two by InstanceId, and the shared one. */
async function threeBerths(context: AgentContext): Promise<LegacyBerth[]> {
  const berths: LegacyBerth[] = [];
  for (const instanceId of ["one", "two", ""]) {
    const berth = await legacyBerth(context, { dialect: 44, instanceId });
    await berth.put(shellHost(`version of ${instanceId || "all"}`));
    await berth.putFile(treeFile("mark", `${instanceId || "all"}.txt`, instanceId));
    berths.push(berth);
  }
  for (const berth of berths) {
    const run = await berth.run("version");
    expectHostEnd(run, HostEnd.HOST_END_EXITED, "LEG-045");
  }
  return berths;
}

function wordsFor(from: LegacyBerth, to: LegacyBerth): string {
  const shown = ({ instanceId }: LegacyBerth) => (instanceId === "" ? "none" : JSON.stringify(instanceId));
  return `the InstanceId ${shown(to)} in a session greeted with ${shown(from)}`;
}

async function expectIsolation(
  peer: Awaited<ReturnType<AgentContext["connect"]>>,
  request: Partial<NegotiateRequest>,
  isolation: Isolation,
  name: string,
  clause: string,
): Promise<void> {
  const session = await peer.session(request);
  const what = `isolation and instance of a server that sends ${JSON.stringify(request).slice(0, 120)}`;
  expectEqual([session.isolation, session.instanceName], [isolation, name], { code: "isolation-wrong", clause, what });
}
