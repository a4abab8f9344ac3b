import { Isolation, type NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { inEachLegacyDialect } from "./legacy-berth.ts";

/** Cases of spec/legacy.md, "Dialects and versions". */
export const legacyHandshakeCases: readonly AgentCase[] = [
  {
    id: "legacy-versions-to-43-speak-dialect-1",
    clauses: ["LEG-001", "HS-011"],
    title: "An agent of version 1 to 43 speaks the dialect 1 with every server whose range holds it",
    dialects: [1],
    async run(context) {
      requireVersion(context, (version) => version <= 43, "1 to 43");
      await expectChosen(context, "LEG-001", [
        [1, 1, 1],
        [1, 43, 1],
        [1, 44, 1],
        [1, 49, 1],
        [1, 4_294_967_295, 1],
      ]);
    },
  },
  {
    id: "legacy-versions-to-43-speak-no-other",
    clauses: ["LEG-001", "HS-013"],
    title: "An agent of version 1 to 43 speaks no dialect but 1, and says that it is too old for a server without it",
    dialects: [1],
    twin: "legacy-versions-to-43-speak-dialect-1",
    async run(context) {
      requireVersion(context, (version) => version <= 43, "1 to 43");
      for (const [lowest, highest] of [
        [2, 2],
        [2, 43],
        [44, 44],
        [44, 49],
        [49, 49],
      ] as const) {
        await expectDialectsRefused(context, { lowest, highest }, "AGENT_TOO_OLD", ["1", "1"], "LEG-001");
      }
    },
  },
  {
    id: "legacy-versions-44-to-46-speak-dialects-1-and-44",
    clauses: ["LEG-002", "HS-011"],
    title:
      "An agent of version 44 to 46 speaks the dialect 44 where it can, and the dialect 1 with a server that ends below",
    dialects: [44],
    async run(context) {
      requireVersion(context, (version) => version >= 44 && version <= 46, "44 to 46");
      await expectChosen(context, "LEG-002", [
        [1, 49, 44],
        [1, 44, 44],
        [44, 44, 44],
        [2, 44, 44],
        [44, 4_294_967_295, 44],
        [1, 1, 1],
        [1, 43, 1],
      ]);
    },
  },
  {
    id: "legacy-versions-44-to-46-speak-no-other",
    clauses: ["LEG-002", "HS-012", "HS-013"],
    title: "An agent of version 44 to 46 speaks no other dialect, and says which side is too old for one",
    dialects: [44],
    twin: "legacy-versions-44-to-46-speak-dialects-1-and-44",
    async run(context) {
      requireVersion(context, (version) => version >= 44 && version <= 46, "44 to 46");
      const own = ["1", "44"] as const;
      for (const [lowest, highest] of [
        [45, 45],
        [45, 49],
        [49, 49],
      ] as const) {
        await expectDialectsRefused(context, { lowest, highest }, "AGENT_TOO_OLD", own, "LEG-002");
      }
      for (const [lowest, highest] of [
        [2, 2],
        [2, 43],
        [43, 43],
      ] as const) {
        await expectDialectsRefused(context, { lowest, highest }, "SERVER_TOO_OLD", own, "LEG-002");
      }
    },
  },
  {
    id: "legacy-greeting-fields-are-ignored",
    clauses: ["LEG-003"],
    title: "server_id, features and wanted_manifest_digest change nothing, whatever they hold",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const peer = await context.connect();
        const usual: Partial<NegotiateRequest> = { dialects: { lowest: 1, highest: dialect } };
        const plain = await peer.session(usual);
        for (const field of [
          { serverId: uuidFrom(context.random) },
          { serverId: "x" },
          { serverId: "00000000-0000-0000-0000-000000000000" },
          { serverId: "x".repeat(10_000) },
          { features: ["server-identity@1", "zstd@1"] },
          { features: ["", "Not A Feature", "zstd@0", "é"] },
          { wantedManifestDigest: Buffer.alloc(32, 7) },
          { wantedManifestDigest: Buffer.alloc(1, 7) },
          { wantedManifestDigest: Buffer.alloc(33, 7) },
          { serverId: uuidFrom(context.random), features: ["server-identity@1"] },
        ]) {
          const { sessionToken: _, ...answer } = await peer.session({ ...usual, ...field });
          const { sessionToken: __, ...expected } = plain;
          const what = `the answer to a greeting with ${Object.keys(field).join(" and ")} in the dialect ${dialect}`;
          expectEqual(answer, expected, { code: "field-minded", clause: "LEG-003", what });
        }
        expectEqual([plain.features, plain.generationPresent], [[], false], {
          code: "field-minded",
          clause: "LEG-003",
          what: "features and generation_present",
        });
      });
    },
  },
  {
    id: "legacy-limits-of-49-are-zero",
    clauses: ["LEG-005"],
    title: "The limits that the dialect does not have are announced as zero",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const { limits } = await (await context.connect()).session({ dialects: { lowest: 1, highest: dialect } });
        const absent = {
          maxManifestBytes: limits?.maxManifestBytes,
          maxFiles: limits?.maxFiles,
          instanceQuotaBytes: limits?.instanceQuotaBytes,
          maxWaitMs: limits?.maxWaitMs,
          maxOutputBytes: limits?.maxOutputBytes,
          ownershipWindowMs: limits?.ownershipWindowMs,
        };
        expectEqual<unknown>(
          Object.entries(absent).map(([name, value]) => [name, Number(value)]),
          Object.keys(absent).map((name) => [name, 0]),
          { code: "limit-announced", clause: "LEG-005", what: `limits in the dialect ${dialect}` },
        );
      });
    },
  },
  {
    id: "legacy-greeting-faults-in-order",
    clauses: ["ERR-011", "HS-010", "INST-001", "INST-002"],
    title: "Of several faults in one greeting the first in the order of the table is answered",
    dialects: [1, 44],
    twin: "handshake-answered",
    async run(context) {
      const peer = await context.connect();
      const faults: [Parameters<typeof expectRefusal>[2]["code"], Partial<NegotiateRequest>][] = [
        ["INVALID_PRODUCT", { product: "" }],
        ["INVALID_PRODUCT_VERSION", { productVersion: "x" }],
        ["MALFORMED_REQUEST", { dialects: { lowest: 0, highest: 0 } }],
      ];
      const clause = "ERR-011";
      for (const [index, [code]] of faults.slice(0, -1).entries()) {
        const request = Object.assign({}, ...faults.slice(index).map(([, fault]) => fault));
        const what = `a greeting with ${faults.length - index} faults`;
        expectRefusal(await peer.negotiate(request), what, { code, clause });
      }
      const [code, last] = faults.at(-1)!;
      expectRefusal(await peer.negotiate(last), "a greeting with the last fault alone", { code, clause: "HS-010" });
      const far = { lowest: 4_000_000_000, highest: 4_000_000_001 };
      const late = { dialects: far, product: "Otter", productVersion: "1", instanceId: "x" };
      const expected = { code: "AGENT_TOO_OLD", clause } as const;
      expectRefusal(await peer.negotiate(late), "dialects too high with an InstanceId too early", expected);
    },
  },
];

/** Ends the case as not applicable to an agent of another version. */
export function requireVersion(context: AgentContext, holds: (version: number) => boolean, words: string): void {
  if (!holds(context.agentVersion)) {
    context.notApplicable(`it is about agents of version ${words}, and this is one of version ${context.agentVersion}`);
  }
}

async function expectChosen(
  context: AgentContext,
  clause: string,
  table: readonly (readonly [lowest: number, highest: number, chosen: number])[],
): Promise<void> {
  const peer = await context.connect();
  for (const [lowest, highest, chosen] of table) {
    const session = await peer.session({ dialects: { lowest, highest } });
    const what = `the dialect with a server that speaks ${lowest} to ${highest}`;
    expectEqual(session.dialect, chosen, { code: "dialect-wrong", clause, what });
    const told = `the isolation without InstanceId in the dialect ${chosen}`;
    expectEqual(session.isolation, Isolation.ISOLATION_PRODUCT, {
      code: "isolation-wrong",
      clause: "INST-040",
      what: told,
    });
  }
}

async function expectDialectsRefused(
  context: AgentContext,
  dialects: { lowest: number; highest: number },
  code: "AGENT_TOO_OLD" | "SERVER_TOO_OLD",
  [agentLowest, agentHighest]: readonly [string, string],
  clause: string,
): Promise<void> {
  const peer = await context.connect();
  const what = `a greeting with the dialects ${dialects.lowest} to ${dialects.highest}`;
  expectRefusal(await peer.negotiate({ dialects }), what, {
    code,
    clause,
    details: {
      agent_lowest: agentLowest,
      agent_highest: agentHighest,
      server_lowest: String(dialects.lowest),
      server_highest: String(dialects.highest),
    },
  });
}
