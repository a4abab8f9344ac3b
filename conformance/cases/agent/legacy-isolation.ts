import { Isolation, type NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { BELOW_MINIMUM, SOME_INVALID_INSTANCE_IDS } from "../../src/mallory/server/hostile-ids.ts";

const { ISOLATION_PRODUCT, ISOLATION_INSTANCE_ID } = Isolation;

/** Cases of spec/legacy.md, "Which instance": what the greeting says of it. */
export const legacyIsolationCases: readonly AgentCase[] = [
  {
    id: "legacy-isolation-in-dialect-1",
    clauses: ["LEG-013", "INST-051"],
    title: "A greeting in the dialect 1 is answered with PRODUCT and the shared instance, whatever InstanceId it holds",
    dialects: [1],
    async run(context) {
      for (const from of ["127.0.0.1", "127.0.0.2"]) {
        const peer = await context.connect({ from });
        for (const instanceId of ["", "one", "Web 1", ...SOME_INVALID_INSTANCE_IDS, "x".repeat(100_000)]) {
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
];

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
