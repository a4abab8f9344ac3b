import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { dataFrames } from "../../src/peers/server-peer/data-frames.ts";
import { expectVersion, releaseNamed, standingInstance } from "./standing-instance.ts";

/** More than a process may write into one file in the case about a full disk. */
const ROOM_BYTES = 512 * 1024;

/** Cases of spec/sync.md, "The agent's disk". */
export const diskCases: readonly AgentCase[] = [
  {
    id: "root-moved",
    clauses: ["SYNC-070"],
    title: "An agent whose root was moved while it was stopped has every generation, operation and owner as before",
    abilities: ["launch", "root"],
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const request = { instanceId: "moved", serverId: uuidFrom(context.random) };
      const standing = await standingInstance(context, { request, peer: { target } });
      const { operationId, stdout } = await standing.peer.run(standing.session, "version");
      await target.moveRoot();

      const peer = await context.connect({ target });
      const session = await peer.session({ ...request, wantedManifestDigest: standing.release.digest });
      const present = { code: "generation-lost", clause: "SYNC-070", what: "generation_present under the moved root" };
      expectEqual(session.generationPresent, true, present);
      await expectVersion(peer, session, "1.0.0-standing");
      const { status } = expectAnswered(await peer.read(session, operationId), "a read of an operation", "SYNC-070");
      expectEqual(Number(status.outputBytes), Buffer.byteLength(stdout), {
        code: "output-lost",
        clause: "SYNC-070",
        what: "the output of an operation that ended before the move",
      });
      const other = await peer.negotiate({ ...request, serverId: uuidFrom(context.random) });
      expectRefusal(other, "another server under the moved root", { code: "INSTANCE_CONFLICT" });
      await peer.sync(await peer.session(request), releaseNamed("2.0.0-after-the-move"));
    },
  },
  {
    id: "root-emptied",
    clauses: ["INST-061"],
    title:
      "An agent whose root was emptied while it was stopped serves every server as one that comes for the first time",
    abilities: ["launch", "kill", "root"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const { release } = await standingInstance(context, { peer: { target } });
      await target.kill();
      for (const name of await readdir(target.root)) await rm(join(target.root, name), { recursive: true });
      await target.start();
      const peer = await context.connect({ target });
      const session = await peer.session({ wantedManifestDigest: release.digest });
      const what = { code: "presence-wrong", clause: "INST-061", what: "generation_present in an emptied root" };
      expectEqual(session.generationPresent, false, what);
      await peer.sync(session, release);
      await expectVersion(peer, session, "1.0.0-standing");
    },
  },
  {
    id: "disk-full-disturbs-no-neighbour",
    clauses: ["SYNC-071", "SYNC-051"],
    title: "A content for which the disk has no room is refused with STORAGE_FAILED, and every instance is served on",
    abilities: ["launch", "room"],
    twin: "sync-whole",
    async run(context) {
      const target = await context.agent.launch({ roomBytes: ROOM_BYTES });
      context.onEnd(() => target.stop());
      const neighbour = await standingInstance(context, { request: { instanceId: "neighbour" }, peer: { target } });
      const own = await standingInstance(context, { request: { instanceId: "own" }, peer: { target } });
      const large = releaseOf(
        shellHost("large"),
        extensionOf("large", { "large.bin": randomBytesFrom(context.random, 2 * ROOM_BYTES) }),
      );
      const open = await own.peer.offerAccepted(own.session, large);
      for (const data of dataFrames(large, open.lacking, { dataBytes: 65_536, codec: Codec.CODEC_IDENTITY })) {
        await open.stream.send({ $case: "data", value: data });
      }
      const result = await open.commit();
      if (result.kind === "answered") context.notApplicable("the agent keeps contents in files smaller than the limit");
      expectRefusal(result, "a content without room", { code: "STORAGE_FAILED", clause: "SYNC-071" });
      await own.expectUnchanged();
      await neighbour.expectUnchanged();
      await own.peer.sync(await own.peer.session({ instanceId: "own" }), releaseNamed("2.0.0-small"));
    },
  },
];
