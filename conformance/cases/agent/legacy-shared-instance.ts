import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { BELOW_MINIMUM, SOME_INVALID_INSTANCE_IDS } from "../../src/mallory/server/hostile-ids.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { legacyBerth, linesOf, treeFile, treeFilesOf } from "./legacy-berth.ts";
import { requireVersion } from "./legacy-handshake.ts";

/** Cases of spec/legacy.md, "Which instance": the dialect 1, and the version 43 with its flaw. */
export const legacySharedInstanceCases: readonly AgentCase[] = [
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
      for (const instanceId of ["", "one", "greeted", ...SOME_INVALID_INSTANCE_IDS]) {
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
      for (const instanceId of SOME_INVALID_INSTANCE_IDS) {
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
];
