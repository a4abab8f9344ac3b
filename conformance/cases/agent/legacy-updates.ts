import type { UpdateFileRequest } from "@berth/proto/messages/sync/v44/file";
import { within } from "../../src/attach/within.ts";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { failed } from "../../src/expect/failed.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import { startForwarder } from "../../src/network/forwarder.ts";
import { contentOf, endOfUpdate, headerOf, type TreeFile } from "../../src/peers/server-peer/legacy-calls.ts";
import type { ServerPeerOptions } from "../../src/peers/server-peer.ts";
import {
  expectContent,
  expectTree,
  inEachLegacyDialect,
  type LegacyBerth,
  legacyBerth,
  treeFile,
  treeFilesOf,
} from "./legacy-berth.ts";

const IDLE_MS = 1_000;

/** Cases of spec/legacy.md, "Files": how an UpdateFile goes wrong. */
export const legacyUpdatesCases: readonly AgentCase[] = [
  {
    id: "legacy-update-cancelled",
    clauses: ["LEG-022"],
    title: "A file is as it was when its UpdateFile is cancelled in the middle",
    dialects: [1, 44],
    twin: "legacy-update-in-pieces",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const tree = await oldFiles(context, dialect);
        for (const file of tree.newer) (await halfSent(tree.berth, file)).cancel();
        await expectStays(context, tree);
      });
    },
  },
  {
    id: "legacy-update-cut",
    clauses: ["LEG-022"],
    title: "A file is as it was when the connection of its UpdateFile is cut in the middle",
    dialects: [1, 44],
    twin: "legacy-update-in-pieces",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const tree = await oldFiles(context, dialect);
        for (const file of tree.newer) {
          const forwarder = await startForwarder({ target: context.agent.address });
          context.onEnd(() => forwarder.close());
          const call = await halfSent(await legacyBerth(context, { dialect, peer: { through: forwarder } }), file);
          forwarder.cut();
          await call.next();
        }
        await expectStays(context, tree);
      });
    },
  },
  {
    id: "legacy-update-ends-early",
    clauses: ["LEG-022", "LEG-025"],
    title: "An UpdateFile that ends with less content than announced is refused, and the file is as it was",
    dialects: [1, 44],
    twin: "legacy-update-in-pieces",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const tree = await oldFiles(context, dialect);
        for (const file of tree.newer) {
          const call = await halfSent(tree.berth, file);
          call.end();
          const what = "an update that ends after half its content";
          expectRefusal(await endOfUpdate(call), what, { code: "UNEXPECTED_MESSAGE", clause: "LEG-025" });
        }
        await tree.expectAsItWas();
      });
    },
  },
  {
    id: "legacy-update-killed",
    clauses: ["LEG-022"],
    title: "A file is as it was when the agent is killed in the middle of its UpdateFile",
    dialects: [1, 44],
    abilities: ["launch", "kill"],
    twin: "legacy-times-outlast-a-restart",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const target = await context.agent.launch();
        context.onEnd(() => target.stop());
        const tree = await oldFiles(context, dialect, { target });
        for (const file of tree.newer) await halfSent(tree.berth, file);
        await target.kill();
        await target.start();
        await tree.expectAsItWas();
      });
    },
  },
  {
    id: "legacy-updates-of-one-file-at-once",
    clauses: ["LEG-022", "LEG-021"],
    title: "Two UpdateFiles of one file at once leave one of the two contents whole",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berths = [await legacyBerth(context, { dialect }), await legacyBerth(context, { dialect })];
        await berths[0]!.put(shellHost());
        const files = ["a", "b"].map((letter, index) =>
          treeFile("one", "file.txt", letter.repeat(300_000), { modifiedMs: BigInt(index + 1) }),
        );
        const calls = await Promise.all(files.map((file, index) => halfSent(berths[index]!, file)));
        for (const [index, call] of calls.entries()) {
          await call.send(contentOf(files[index]!.content.subarray(150_000)));
          call.end();
          expectAnswered(await endOfUpdate(call), "one of two updates at once", "LEG-021");
        }
        await expectContent(berths[0]!, files[1]!, "LEG-022");
        await expectTree(berths[0]!, [...treeFilesOf(shellHost()), files[1]!], "LEG-020");
      });
    },
  },
  {
    id: "legacy-update-out-of-turn",
    clauses: ["LEG-025"],
    title: "An UpdateFile that is not one header and then exactly the content announced is refused",
    dialects: [1, 44],
    twin: "legacy-update-in-place",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const tree = await oldFiles(context, dialect);
        const { berth } = tree;
        const [file] = tree.newer;
        const { content } = file!;
        // Each is at fault in one thing alone: with that passed over, it would be whole.
        const header = headerOf(berth.session, file!, { instanceId: berth.instanceId });
        const all = contentOf(content);
        const half = contentOf(content.subarray(0, 30_000));
        const rest = contentOf(content.subarray(30_000));
        const noBytes = contentOf(new Uint8Array());
        const empty: UpdateFileRequest = { part: undefined };
        const orders: Readonly<Record<string, readonly UpdateFileRequest[]>> = {
          "no message at all": [],
          "content before the header": [half, header, all],
          "content and no header": [all],
          "a second header": [header, header, all],
          "a second header after some content": [header, half, header, rest],
          "a second header after the content": [header, all, header],
          "a byte more than announced": [header, all, contentOf(Buffer.from("x"))],
          "more than announced in one message": [header, contentOf(Buffer.concat([content, content]))],
          "an empty message before the header": [empty, header, all],
          "an empty message after the header": [header, empty, all],
          "an empty message after the content": [header, all, empty],
          "content without bytes after the header": [header, noBytes, all],
          "content without bytes after the content": [header, all, noBytes],
          "a header alone": [header],
        };
        for (const [what, messages] of Object.entries(orders)) {
          const call = berth.peer.legacy.openUpdate();
          for (const message of messages) await call.send(message);
          call.end();
          const expected = { code: "UNEXPECTED_MESSAGE", clause: "LEG-025" } as const;
          expectRefusal(await endOfUpdate(call), `an update with ${what}`, expected);
        }
        await tree.expectAsItWas();
      });
    },
  },
  {
    id: "legacy-update-over-max-data-bytes",
    clauses: ["HS-030", "LEG-005"],
    title: "A message with more content than max_data_bytes is refused, and the file is as it was",
    dialects: [1, 44],
    abilities: ["launch"],
    twin: "legacy-update-in-pieces",
    async run(context) {
      const target = await context.agent.launch({ limits: { maxDataBytes: 65_536 } });
      context.onEnd(() => target.stop());
      await inEachLegacyDialect(context, async (dialect) => {
        const tree = await oldFiles(context, dialect, { target });
        const most = tree.berth.session.limits?.maxDataBytes ?? 0;
        if (most === 0 || most > 1 << 20) context.notApplicable(`max_data_bytes stays at ${most}`);
        const { session, instanceId, peer } = tree.berth;
        const file = { ...tree.newer[0]!, content: randomBytesFrom(context.random, most + 1) };
        expectRefusal(
          await peer.legacy.update(session, file, { instanceId, pieceBytes: most + 1 }),
          `${most + 1} bytes`,
          {
            code: "LIMIT_EXCEEDED",
            clause: "HS-030",
            details: { maximum: String(most) },
          },
        );
        await tree.expectAsItWas();
        await tree.berth.putFile({ ...file, content: file.content.subarray(1) });
      });
    },
  },
  {
    id: "legacy-update-with-pauses",
    clauses: ["LEG-028"],
    title: "An UpdateFile whose pauses are shorter than sync_idle_ms is taken, however long it lasts in all",
    dialects: [1, 44],
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const target = await context.agent.launch({ limits: { syncIdleMs: IDLE_MS } });
      context.onEnd(() => target.stop());
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect, peer: { target } });
        requireIdleLimit(context, berth);
        const file = treeFile("slow", "file.txt", "slowly!");
        const call = berth.peer.legacy.openUpdate();
        await call.send(headerOf(berth.session, file, { instanceId: berth.instanceId }));
        for (const byte of file.content) {
          await new Promise((resolve) => setTimeout(resolve, IDLE_MS * 0.3));
          await call.send(contentOf(Uint8Array.of(byte)));
        }
        call.end();
        expectAnswered(await endOfUpdate(call), "an update with pauses of a third of the limit", "LEG-028");
      });
    },
  },
  {
    id: "legacy-update-idle",
    clauses: ["LEG-028", "LEG-022"],
    title: "An UpdateFile that sends nothing for longer than sync_idle_ms is ended, and the file is as it was",
    dialects: [1, 44],
    abilities: ["launch"],
    timed: true,
    twin: "legacy-update-with-pauses",
    async run(context) {
      const target = await context.agent.launch({ limits: { syncIdleMs: IDLE_MS } });
      context.onEnd(() => target.stop());
      await inEachLegacyDialect(context, async (dialect) => {
        const tree = await oldFiles(context, dialect, { target });
        requireIdleLimit(context, tree.berth);
        for (const file of tree.newer) {
          const call = await halfSent(tree.berth, file);
          const patienceMs = IDLE_MS + context.scaledMs(5_000);
          const end = await within(endOfUpdate(call), patienceMs);
          if (end === undefined) throw notEnded(patienceMs);
          const expected = { code: "SYNC_IDLE", clause: "LEG-028" } as const;
          expectRefusal(end, "an update that has stopped sending", expected);
        }
        await tree.expectAsItWas();
      });
    },
  },
];

function requireIdleLimit(context: AgentContext, { session }: LegacyBerth): void {
  const idleMs = Number(session.limits?.syncIdleMs);
  if (idleMs === 0 || idleMs > 2_000) context.notApplicable(`sync_idle_ms stays at ${idleMs}`);
}

/** Looks twice, because an agent is told of a call that has broken off only after a while. */
async function expectStays(context: AgentContext, tree: Awaited<ReturnType<typeof oldFiles>>): Promise<void> {
  await tree.expectAsItWas();
  await new Promise((resolve) => setTimeout(resolve, context.scaledMs(300)));
  await tree.expectAsItWas();
}

function notEnded(afterMs: number): Error {
  return failed({
    code: "idle-not-ended",
    clause: "LEG-028",
    expected: "the agent to end an update that sends nothing for longer than sync_idle_ms",
    actual: `it was open after ${Math.round(afterMs)} ms`,
  });
}

/** A tree of old files, and newer ones of which the first stands in its place already and the second does not. */
async function oldFiles(context: AgentContext, dialect: LegacyDialect, peer: ServerPeerOptions = {}) {
  const old = treeFile("notes", "note.txt", "as it was", { modifiedMs: 7n });
  const berth = await legacyBerth(context, { dialect, peer });
  await berth.put(shellHost());
  await berth.putFile(old);
  const newer = ["note.txt", "new/note.txt"].map((path) =>
    treeFile("notes", path, randomBytesFrom(context.random, 60_000), { modifiedMs: 8n }),
  );
  return {
    berth,
    newer,
    async expectAsItWas() {
      const visitor = await legacyBerth(context, { dialect, peer });
      await expectTree(visitor, [...treeFilesOf(shellHost()), old], "LEG-022");
      await expectContent(visitor, old, "LEG-022");
    },
  };
}

/**
 * Sends the header and half the content, and sees to it that the agent has them: what was only handed to a connection is lost when that is
 * cut, and the case would be about an update that never began. An operation on the same connection is answered after it.
 */
async function halfSent(berth: LegacyBerth, file: TreeFile) {
  const { peer, session, instanceId } = berth;
  const call = peer.legacy.openUpdate();
  await call.send(headerOf(session, file, { instanceId }));
  await call.send(contentOf(file.content.subarray(0, file.content.length / 2)));
  await berth.run("version");
  return call;
}
