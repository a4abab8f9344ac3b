import type { AgentCase } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { BELOW_MINIMUM, SOME_INVALID_INSTANCE_IDS } from "../../src/mallory/server/hostile-ids.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import { legacyBerth } from "./legacy-berth.ts";
import { legacyMethods } from "./legacy-methods.ts";

/** Cases of spec/legacy.md, "Which instance": an InstanceId that is refused. */
export const legacyInstanceRefusedCases: readonly AgentCase[] = [
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
      for (const instanceId of SOME_INVALID_INSTANCE_IDS) {
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
];
