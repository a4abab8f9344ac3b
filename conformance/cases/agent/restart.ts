import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { expectState } from "../../src/expect/operation.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { contentBytes, type Release, releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { dataFrames } from "../../src/peers/server-peer/data-frames.ts";
import { bytesOf } from "../../src/peers/server-peer/operation-run.ts";
import type { ServerPeer } from "../../src/peers/server-peer.ts";
import { expectFiles } from "./expect-files.ts";
import { hostAndChild, isRunning } from "./running-process.ts";
import { expectVersion, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

const dataBytes = 65_536;
const codec = Codec.CODEC_IDENTITY;
const standing = "1.0.0-standing";

/** Cases of spec/operations.md, "Restart of the agent", and of what a kill leaves of a sync. */
export const restartCases: readonly AgentCase[] = [
  {
    id: "restart-keeps-generation",
    clauses: ["SYNC-053", "HS-024", "HS-025", "SYNC-050"],
    title: "A committed generation is present and whole after a restart, and after a kill right after Committed",
    abilities: ["launch", "restart", "kill"],
    async run(context) {
      const target = await launched(context);
      const { release } = await standingInstance(context, { peer: { target } });
      for (const way of ["restart", "kill"] as const) {
        if (way === "restart") await target.restart();
        else {
          await target.kill();
          await target.start();
        }
        const peer = await context.connect({ target });
        const session = await peer.session({ wantedManifestDigest: release.digest });
        const what = { code: "generation-lost", clause: "SYNC-053", what: `generation_present after a ${way}` };
        expectEqual(session.generationPresent, true, what);
        await expectVersion(peer, session, standing);
      }
    },
  },
  killDuringSync("kill-after-offer", "right after the offer", async () => {}),
  killDuringSync("kill-within-content", "within a content", async (send) => send(7)),
  killDuringSync("kill-before-commit", "when all content has arrived", async (send) => send(Infinity)),
  {
    id: "kill-around-commit",
    clauses: ["SYNC-053", "SYNC-050", "SYNC-055"],
    title: "A kill at any moment of a commit leaves the old generation or the new one, and what is present runs whole",
    abilities: ["launch", "kill"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await launched(context);
      const unchanged = await standingInstance(context, { peer: { target } });
      const began = performance.now();
      const trial = bigRelease(context, "2.0.0");
      await unchanged.peer.sync(unchanged.session, trial);
      const usualMs = performance.now() - began;
      let before = { release: trial, version: "2.0.0" };
      for (const [index, moment] of [0, 0.2, 0.5, 0.9].entries()) {
        const version = `3.${index}.0`;
        const release = bigRelease(context, version);
        const peer = await context.connect({ target });
        const open = await peer.offerAccepted(await peer.session(), release);
        for (const data of dataFrames(release, open.lacking, { dataBytes, codec })) {
          await open.stream.send({ $case: "data", value: data });
        }
        await open.stream.send({ $case: "commit", value: {} });
        open.stream.end();
        await new Promise((resolve) => setTimeout(resolve, usualMs * moment));
        await target.kill();
        const end = await endOf(open.stream);
        await target.start();
        const again = await context.connect({ target });
        const session = await again.session({ wantedManifestDigest: release.digest });
        if (end.kind === "answered") {
          const what = {
            code: "commit-lost",
            clause: "SYNC-050",
            what: "generation_present after Committed and a kill",
          };
          expectEqual(session.generationPresent, true, what);
        }
        if (!session.generationPresent) {
          const old = await again.session({ wantedManifestDigest: before.release.digest });
          const what = { code: "generation-lost", clause: "SYNC-053", what: "generation_present of the one before" };
          expectEqual(old.generationPresent, true, what);
          await expectWhole(again, old, before.release, before.version);
        }
        if (!session.generationPresent) await again.sync(session, release);
        await expectWhole(again, session, release, version);
        before = { release, version };
      }
    },
  },
  {
    id: "resume-after-kill",
    clauses: ["SYNC-060", "SYNC-053"],
    title: "What had arrived before a kill is kept but for one Data",
    abilities: ["launch", "kill"],
    twin: "resume-after-early-end",
    async run(context) {
      const target = await launched(context);
      const release = releaseOf(
        shellHost(),
        extensionOf("big", { a: randomBytesFrom(context.random, 20 * dataBytes) }),
      );
      const peer = await context.connect({ target });
      const open = await peer.offerAccepted(await peer.session(), release);
      let sent = 0;
      for (const data of [...dataFrames(release, open.lacking, { dataBytes, codec })].slice(0, 12)) {
        await open.stream.send({ $case: "data", value: data });
        sent += data.rawSize;
      }
      open.stream.end();
      await endOf(open.stream);
      await target.kill();
      await target.start();
      const again = await context.connect({ target });
      const session = await again.session();
      const report = await again.sync(session, release);
      await expectWhole(again, session, release, "1.0.0");
      const most = contentBytes(release) - sent + dataBytes;
      const what = `at most ${most} bytes to send after ${sent} had arrived before a kill`;
      expectThat(report.sentBytes <= most, `${report.sentBytes} bytes`, {
        code: "resume-wasteful",
        clause: "SYNC-060",
        what,
      });
    },
  },
  {
    id: "restart-keeps-results",
    clauses: ["OP-040", "OP-025", "OP-010"],
    title:
      "After a restart and after a kill an operation that had ended is answered with its result and output, and not started again",
    abilities: ["launch", "restart", "kill"],
    async run(context) {
      const target = await launched(context);
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const run = await peer.run(session, "count", ["50"]);
      const failed = await peer.run(session, "exit", ["9"]);
      for (const way of ["restart", "kill"] as const) {
        if (way === "restart") await target.restart();
        else {
          await target.kill();
          await target.start();
        }
        const again = await context.connect({ target });
        const fresh = await again.session();
        const known = await again.read(fresh, run.operationId);
        expectAnswered(known, `a read after a ${way} of an operation that had ended`, "OP-040");
        const read = await again.readToEnd(fresh, run.operationId);
        expectState(read.status, OperationState.OPERATION_STATE_EXITED, "OP-040");
        expectEqual(bytesOf(read.output), bytesOf(run.output), {
          code: "output-wrong",
          clause: "OP-025",
          what: `the output after a ${way}`,
        });
        const part = expectAnswered(
          await again.read(fresh, run.operationId, { cursor: 13n }),
          "a read from 13",
          "OP-025",
        );
        const expected = bytesOf(run.output).subarray(13, 13 + bytesOf(part.output).length);
        expectEqual(bytesOf(part.output), Buffer.from(expected), {
          code: "output-wrong",
          clause: "OP-025",
          what: "the output from 13",
        });
        expectState(
          (await again.readToEnd(fresh, failed.operationId)).status,
          OperationState.OPERATION_STATE_EXITED,
          "OP-040",
          9,
        );
        const repeat = { operationId: failed.operationId, name: "exit", arguments: ["9"] };
        const repeated = expectAnswered(await again.start(fresh, repeat), "a start repeated after it", "OP-010");
        expectState(repeated.status, OperationState.OPERATION_STATE_EXITED, "OP-010", 9);
      }
    },
  },
  {
    id: "restart-forgets-no-running-operation",
    clauses: ["OP-040", "OP-015", "OP-025"],
    title: "An operation that ran when the agent was killed is UNKNOWN_AFTER_RESTART, for good, and never silence",
    abilities: ["launch", "kill"],
    twin: "restart-keeps-results",
    async run(context) {
      const target = await launched(context);
      const { peer, session, release } = await standingInstance(context, { peer: { target } });
      const running = await peer.begin(session, "hold-stubborn");
      await target.kill();
      await target.start();
      const again = await context.connect({ target });
      const fresh = await again.session({ wantedManifestDigest: release.digest });
      const unknown = OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART;
      const known = await again.read(fresh, running.operationId);
      expectAnswered(known, "a read after a kill of an operation that ran", "OP-040");
      const read = await again.readToEnd(fresh, running.operationId);
      expectState(read.status, unknown, "OP-040");
      expectEqual(read.stdout, "ready\n", {
        code: "output-wrong",
        clause: "OP-025",
        what: "what was read before the kill",
      });
      const cancelled = expectAnswered(await again.cancel(fresh, running.operationId), "a cancel", "OP-031");
      expectState(cancelled, unknown, "OP-015");
      const repeat = { operationId: running.operationId, name: "hold-stubborn" };
      const repeated = expectAnswered(await again.start(fresh, repeat), "a repeated start", "OP-010");
      expectState(repeated.status, unknown, "OP-010");
      await expectVersion(again, fresh, standing);
    },
  },
  {
    id: "restart-ends-leftover-hosts",
    clauses: ["OP-041"],
    title:
      "A host left over from the agent's former life, and what it started, have ended before the agent serves again",
    abilities: ["launch", "kill", "root"],
    async run(context) {
      const target = await launched(context);
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const running = await peer.begin(session, "hold-offspring");
      const processes = hostAndChild(running.stdout);
      for (const [who, pid] of processes) {
        const runs = { code: "operation-answer-wrong", clause: "OP-050", what: `the ${who} to run before the kill` };
        expectThat(await isRunning(pid), "it does not", runs);
      }
      await target.kill();
      await target.start();
      await (await context.connect({ target })).session();
      for (const [who, pid] of processes) {
        const ended = { code: "host-left", clause: "OP-041", what: `the leftover ${who} to have ended` };
        expectThat(!(await isRunning(pid)), "it runs on", ended);
      }
    },
  },
  {
    id: "restart-orderly-answers-for-operations",
    clauses: ["OP-040", "OP-041"],
    title: "An operation that ran at an orderly restart is answered with a final state",
    abilities: ["launch", "restart"],
    async run(context) {
      const target = await launched(context);
      const { peer, session } = await standingInstance(context, { peer: { target } });
      const running = await peer.begin(session, "hold");
      await target.restart();
      const again = await context.connect({ target });
      const fresh = await again.session();
      const known = await again.read(fresh, running.operationId);
      expectAnswered(known, "a read after a restart of an operation that ran", "OP-040");
      const read = await again.readToEnd(fresh, running.operationId);
      expectState(read.status, OperationState.OPERATION_STATE_UNKNOWN_AFTER_RESTART, "OP-040");
    },
  },
];

type SendUpTo = (dataMessages: number) => Promise<void>;

/** A kill at one point of a sync: the old generation is whole afterwards, and the new one becomes whole by another sync. */
function killDuringSync(id: string, point: string, upTo: (send: SendUpTo) => Promise<void>): AgentCase {
  return {
    id,
    clauses: ["SYNC-053", "SYNC-051"],
    title: `A kill ${point} leaves the old generation whole, and the sync can be done again`,
    abilities: ["launch", "kill"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await launched(context);
      const unchanged = await standingInstance(context, { peer: { target } });
      const release = releaseOf(
        shellHost("2.0.0"),
        extensionOf("big", { a: randomBytesFrom(context.random, 20 * dataBytes) }),
      );
      const { peer, session } = unchanged;
      const open = await peer.offerAccepted(session, release);
      await upTo(async (count) => {
        for (const data of [...dataFrames(release, open.lacking, { dataBytes, codec })].slice(0, count)) {
          await open.stream.send({ $case: "data", value: data });
        }
      });
      await target.kill();
      await endOf(open.stream);
      await target.start();
      await unchanged.expectUnchanged();
      const again = await context.connect({ target });
      const fresh = await again.session({ wantedManifestDigest: release.digest });
      const what = { code: "presence-wrong", clause: "SYNC-053", what: "generation_present of what was not committed" };
      expectEqual(fresh.generationPresent, false, what);
      await again.sync(fresh, release);
      await expectWhole(again, fresh, release, "2.0.0");
    },
  };
}

async function launched(context: AgentContext) {
  const target = await context.agent.launch();
  context.onEnd(() => target.stop());
  return target;
}

async function expectWhole(peer: ServerPeer, session: NegotiateResponse, release: Release, version: string) {
  await expectVersion(peer, session, version);
  await expectFiles(peer, session, release, "big", "SYNC-053");
}

function bigRelease(context: AgentContext, version: string): Release {
  const files = Array.from({ length: 60 }, (_, index) => [`f-${index}`, randomBytesFrom(context.random, 2_000)]);
  return releaseOf(shellHost(version), extensionOf("big", Object.fromEntries(files)));
}
