import type { AgentCase, AgentContext } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { expectHostVersion, inEachLegacyDialect, type LegacyBerth, legacyBerth } from "./legacy-berth.ts";

/** Cases of spec/legacy.md, "Which instance": servers that meet in one, and servers that do not. */
export const legacyTwoServersCases: readonly AgentCase[] = [
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
