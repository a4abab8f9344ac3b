import { Codec, type Data } from "@berth/proto/messages/sync/v49/sync";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { withWrongByte } from "../../src/mallory/server/lying-content.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { contentBytes, type Release, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { startForwarder } from "../../src/network/forwarder.ts";
import type { Lacking } from "../../src/peers/server-peer/check-need.ts";
import { dataFrames, dataOf } from "../../src/peers/server-peer/data-frames.ts";
import type { OpenSync } from "../../src/peers/server-peer/open-sync.ts";
import { expectFiles } from "./expect-files.ts";
import { expectVersion, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

const dataBytes = 65_536;
const codec = Codec.CODEC_IDENTITY;

/** Cases of spec/sync.md, "Resume". */
export const resumeCases: readonly AgentCase[] = [
  {
    id: "resume-after-early-end",
    clauses: ["SYNC-060", "SYNC-051"],
    title: "After a sync that broke off, the next offer lacks at most one Data more than what had not arrived",
    async run(context) {
      const release = bigRelease(context, 20 * dataBytes + 17);
      const peer = await context.connect();
      const session = await peer.session();
      const sent = await sendSome(await peer.offerAccepted(session, release), release, 12);
      const resumed = await peer.sync(session, release);
      await expectVersion(peer, session, "1.0.0");
      await expectFiles(peer, session, release, "big");
      const most = contentBytes(release) - sent + dataBytes;
      const what = `at most ${most} bytes to send after ${sent} had arrived`;
      expectThat(resumed.sentBytes <= most, `${resumed.sentBytes} bytes`, { code: "resume-wasteful", what });
    },
  },
  {
    id: "resume-after-cancel",
    clauses: ["SYNC-060", "SYNC-051", "SYNC-053"],
    title: "A sync that was cancelled at any point can be offered again at once and becomes whole",
    async run(context) {
      const release = bigRelease(context, 6 * dataBytes);
      for (const count of [0, 1, 3, 6]) {
        const peer = await context.connect();
        const session = await peer.session({ instanceId: `cancelled-${count}` });
        const open = await peer.offerAccepted(session, release);
        for (const data of firstFrames(release, open.lacking, count))
          await open.stream.send({ $case: "data", value: data });
        open.stream.cancel();
        await peer.sync(session, release);
        await expectVersion(peer, session, "1.0.0");
        await expectFiles(peer, session, release, "big");
      }
    },
  },
  {
    id: "resume-after-cut",
    clauses: ["SYNC-060", "HS-021", "SYNC-050"],
    title: "A sync whose connection was cut goes on over a new connection, and the whole arrives byte for byte",
    async run(context) {
      const release = bigRelease(context, 30 * dataBytes);
      const forwarder = await startForwarder({ target: context.agent.address });
      context.onEnd(() => forwarder.close());
      const peer = await context.connect({ through: forwarder });
      const session = await peer.session();
      const open = await peer.offerAccepted(session, release);
      forwarder.cutAfter("toTarget", 15 * dataBytes);
      for (const data of dataFrames(release, open.lacking, { dataBytes, codec })) {
        await open.stream.send({ $case: "data", value: data });
      }
      await endOf(open.stream);
      const again = await context.connect();
      await again.sync(session, release);
      await expectFiles(again, session, release, "big");
    },
  },
  {
    id: "resume-again-from-the-beginning",
    clauses: ["SYNC-042"],
    title: "A content held in part is accepted again from 0",
    async run(context) {
      const release = bigRelease(context, 6 * dataBytes);
      const peer = await context.connect();
      const session = await peer.session();
      await sendSome(await peer.offerAccepted(session, release), release, 4);
      const open = await peer.offerAccepted(session, release);
      for (const data of dataFrames(release, { ...open.lacking, held: new Map() }, { dataBytes, codec })) {
        await open.stream.send({ $case: "data", value: data });
      }
      expectAnswered(await open.commit(), "a commit after a content was sent again from 0", "SYNC-042");
      await expectFiles(peer, session, release, "big");
    },
  },
  {
    id: "resume-at-another-offset",
    clauses: ["SYNC-042"],
    title: "A content held in part is refused at every offset but 0 and what is held",
    twin: "resume-after-early-end",
    async run(context) {
      const release = bigRelease(context, 6 * dataBytes);
      const [digest, bytes] = [...release.contents].find(([, { length }]) => length === 6 * dataBytes)!;
      const peer = await context.connect();
      const session = await peer.session();
      await sendSome(await peer.offerAccepted(session, release), release, 4);
      const probe = await peer.offerAccepted(session, release);
      probe.stream.end();
      await endOf(probe.stream);
      const held = probe.lacking.held.get(digest);
      if (held === undefined) return context.notApplicable("the agent holds no content in part");
      for (const offset of [1, held - 1, held + 1]) {
        const open = await peer.offerAccepted(session, release);
        const fault = dataOf([{ digest, offset, bytes: bytes.subarray(offset, offset + 100) }]);
        await open.stream.send({ $case: "data", value: fault });
        const what = `a beginning at ${offset} where ${held} bytes are held`;
        expectRefusal(await endOf(open.stream), what, { code: "OUT_OF_ORDER", clause: "SYNC-042" });
      }
      await peer.sync(session, release);
    },
  },
  {
    id: "resume-with-a-lie",
    clauses: ["SYNC-046", "SYNC-060"],
    title: "What is held in part is judged with what follows: a lie before the cut is found at the end and not kept",
    twin: "resume-after-early-end",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const release = bigRelease(context, 6 * dataBytes, "1.0.0-standing");
      const [digest, bytes] = [...release.contents].find(([, { length }]) => length === 6 * dataBytes)!;
      const lying = withWrongByte(bytes, 5);
      const open = await peer.offerAccepted(session, release);
      const lie = { ...release, contents: new Map(release.contents).set(digest, lying) };
      await sendSome(open, lie, 4);
      const resumed = await peer.offerAccepted(session, release);
      for (const data of dataFrames(release, resumed.lacking, { dataBytes, codec })) {
        await resumed.stream.send({ $case: "data", value: data });
      }
      if (resumed.lacking.held.size === 0) context.notApplicable("the agent holds no content in part");
      await resumed.stream.send({ $case: "commit", value: {} });
      const expected = { code: "CONTENT_DIGEST_MISMATCH", clause: "SYNC-046" } as const;
      expectRefusal(await endOf(resumed.stream), "a content whose held part is a lie", expected);
      const { lacking } = await peer.sync(session, release);
      expectEqual(lacking.held.size, 0, {
        code: "lie-kept",
        clause: "SYNC-046",
        what: "contents held in part afterwards",
      });
      await standing.expectUnchanged();
    },
  },
  {
    id: "resume-keeps-whole-contents",
    clauses: ["SYNC-060", "SYNC-057"],
    title: "Contents that arrived whole before the break are not missing again, whatever came after them",
    async run(context) {
      const files: Record<string, Uint8Array> = {};
      for (let index = 0; index < 40; index += 1) files[`file-${index}`] = randomBytesFrom(context.random, 3_000);
      const release = releaseOf(shellHost(), extensionOf("big", files));
      const peer = await context.connect();
      const session = await peer.session();
      const open = await peer.offerAccepted(session, release);
      for (const digest of open.lacking.missing.slice(0, 30)) {
        await open.stream.send({
          $case: "data",
          value: dataOf([{ digest, offset: 0, bytes: release.contents.get(digest)! }]),
        });
      }
      open.stream.end();
      await endOf(open.stream);
      const { lacking } = await peer.sync(session, release);
      const what = {
        code: "resume-wasteful",
        clause: "SYNC-060",
        what: "the contents missing, at most one more than did not arrive",
      };
      expectThat(
        lacking.missing.length <= open.lacking.missing.length - 29,
        `${lacking.missing.length} contents`,
        what,
      );
      await expectVersion(peer, session, "1.0.0");
    },
  },
];

/** Sends the first Data messages and ends without Commit, so that all of them have arrived. Gives the bytes sent. */
async function sendSome(open: OpenSync, release: Release, count: number): Promise<number> {
  let sent = 0;
  for (const data of firstFrames(release, open.lacking, count)) {
    await open.stream.send({ $case: "data", value: data });
    sent += data.rawSize;
  }
  open.stream.end();
  await endOf(open.stream);
  return sent;
}

function firstFrames(release: Release, lacking: Lacking, count: number): Data[] {
  return [...dataFrames(release, lacking, { dataBytes, codec })].slice(0, count);
}

function bigRelease(context: AgentContext, size: number, version = "1.0.0"): Release {
  return releaseOf(shellHost(version), extensionOf("big", { a: randomBytesFrom(context.random, size) }));
}
