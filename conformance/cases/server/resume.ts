import type { ServerCase } from "../../src/case.ts";
import { expectThat } from "../../src/expect/equal.ts";
import { agentThatCutsAfterCommit, agentThatCutsAmidContent } from "../../src/mallory/agent/cuts.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { extensionOf } from "../../src/material/shell-host.ts";
import { expectFailure, expectSynced } from "./expect-step.ts";
import { readyServer } from "./ready-server.ts";

const LARGE_BYTES = 600_000;

/** Cases about connections that break and contents that are there in part. */
export const resumeCases: readonly ServerCase[] = [
  {
    id: "server-continues-what-is-held-in-part",
    clauses: ["SYNC-061"],
    title: "A server continues a content that is held in part at held_bytes, or sends it again from 0",
    twin: "server-syncs",
    async run(context) {
      const content = randomBytesFrom(context.random, LARGE_BYTES);
      const agent = await context.agent({
        limits: { maxDataBytes: 65_536 },
        holdsInPart: [{ content, heldBytes: 234_567 }],
      });
      const packages = [extensionOf("Large", { "a.txt": "first", "large.bin": content, "z.txt": "last" })];
      const server = await readyServer(context, agent, { packages });

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-offers-again-after-a-cut",
    clauses: ["SYNC-062", "SYNC-061"],
    title: "A server whose connection breaks amid content offers again or reports failure",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent({
        limits: { maxDataBytes: 65_536 },
        ...agentThatCutsAmidContent({ afterBytes: 200_000 }),
      });
      const packages = [extensionOf("Large", { "large.bin": randomBytesFrom(context.random, LARGE_BYTES) })];
      const server = await readyServer(context, agent, { packages });

      const result = await server.sync();

      agent.requireFaithful();
      if (result.exitCode === 0) expectSynced(result, agent);
      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-reports-failure-when-every-connection-breaks",
    clauses: ["SYNC-062"],
    title: "A server whose connection breaks at every try does not report success",
    twin: "server-offers-again-after-a-cut",
    async run(context) {
      const agent = await context.agent({
        limits: { maxDataBytes: 65_536 },
        ...agentThatCutsAmidContent({ times: Number.POSITIVE_INFINITY }),
      });
      // So large that no resume gets to its end within the tries that a step has time for.
      const packages = [extensionOf("Large", { "large.bin": randomBytesFrom(context.random, 20_000_000) })];
      const server = await readyServer(context, agent, { packages });

      const result = await server.sync();

      agent.requireFaithful();
      if (agent.committed.length === 0) expectFailure(result, "a sync that never came to its end");
    },
  },
  {
    id: "server-learns-of-a-commit-whose-answer-was-lost",
    clauses: ["SYNC-062"],
    title: "A server whose connection breaks before Committed offers again, asks, or reports failure",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent(agentThatCutsAfterCommit());
      const server = await readyServer(context, agent);

      const result = await server.sync();

      agent.requireFaithful();
      const asked = agent.seen.negotiations.length > 1 || agent.seen.syncs.length > 1;
      expectThat(result.exitCode !== 0 || asked, "it reports success without having asked again", {
        code: "success-assumed",
        what: "a server that knows of the commit before it reports success",
      });
    },
  },
];
