import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AgentCase } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { setWrongTimes } from "../../src/mallory/disk/wrong-times.ts";
import { beforeEarlyCommits } from "../../src/mallory/server/early-commits.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { releaseOf } from "../../src/material/release.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { expectVersion, releaseNamed, standingInstance } from "./standing-instance.ts";

/** Cases of spec/sync.md, "Commit". */
export const commitCases: readonly AgentCase[] = [
  {
    id: "commit-too-early",
    clauses: ["SYNC-052", "SYNC-051"],
    title: "A commit before all missing content has arrived is refused: before any, within one, and one short",
    twin: "sync-whole",
    async run(context) {
      const standing = await standingInstance(context);
      const files = { a: randomBytesFrom(context.random, 1_000), b: randomBytesFrom(context.random, 1_001) };
      const release = releaseOf(extensionOf("early", files));
      const [one, other] = [...release.contents].map(([digest, bytes]) => ({ digest, bytes }));
      for (const [what, data] of Object.entries(beforeEarlyCommits(one!, other!))) {
        const { peer } = standing;
        const session = await peer.session({ instanceId: `early-${what}` });
        const open = await peer.offerAccepted(session, release);
        if (data) await open.stream.send({ $case: "data", value: data });
        expectRefusal(await open.commit(), `a commit ${what}`, { code: "INCOMPLETE", clause: "SYNC-052" });
        const again = await peer.session({ instanceId: `early-${what}`, wantedManifestDigest: release.digest });
        const absent = {
          code: "presence-wrong",
          clause: "SYNC-051",
          what: "generation_present after a refused commit",
        };
        expectEqual(again.generationPresent, false, absent);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "failed-sync-confirms-nothing",
    clauses: ["SYNC-051", "OP-001", "OP-002"],
    title: "A session whose sync failed has confirmed nothing new: it runs the old generation, or none",
    twin: "sync-whole",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      expectRefusal(await (await peer.offerAccepted(session, releaseNamed("2.0.0"))).commit(), "an early commit", {
        code: "INCOMPLETE",
      });
      await expectVersion(peer, session, "1.0.0-standing");
      const fresh = await peer.session();
      expectRefusal(await (await peer.offerAccepted(fresh, releaseNamed("2.0.0"))).commit(), "an early commit", {
        code: "INCOMPLETE",
      });
      const start = await peer.start(fresh, { name: "version" });
      expectRefusal(start, "a start after a failed sync", { code: "NO_GENERATION", clause: "OP-001" });
      await standing.expectUnchanged();
    },
  },
  {
    id: "generation-is-exact",
    clauses: ["SYNC-054", "SYNC-036"],
    title: "A file that the manifest does not name is not in the generation, whatever generations held it before",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const host = shellHost();
      await peer.sync(
        session,
        releaseOf(host, extensionOf("gone", { a: "a" }), extensionOf("kept", { "x/y": "1", "x/z": "2" })),
      );
      await peer.sync(session, releaseOf(host, extensionOf("kept", { "x/y": "1" })));
      const { stdout } = await peer.run(session, "list");
      expectEqual(stdout, "./kept/x/y\n", {
        code: "files-wrong",
        clause: "SYNC-054",
        what: "the files of the generation",
      });
    },
  },
  {
    id: "generation-swaps-files-and-folders",
    clauses: ["SYNC-054", "SYNC-050"],
    title: "A path can be a file in one generation, a folder in the next, and spelled in another case after that",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const steps: Record<string, string>[] = [
        { a: "file" },
        { "a/b": "file" },
        { A: "file" },
        { "a/B": "x", c: "file" },
      ];
      for (const files of steps) {
        await peer.sync(session, releaseOf(shellHost(), extensionOf("swap", files)));
        const { stdout } = await peer.run(session, "list");
        const expected = Object.keys(files)
          .map((path) => `./swap/${path}\n`)
          .join("");
        expectEqual(stdout, expected, { code: "files-wrong", clause: "SYNC-054", what: "the files of the generation" });
      }
    },
  },
  {
    id: "exec-files-can-be-executed",
    clauses: ["SYNC-059"],
    title: "A file marked exec can be executed, and changing the mark alone changes the right",
    async run(context) {
      const peer = await context.connect();
      const session = await peer.session();
      const content = Buffer.from("#!/bin/sh\nprintf ran\n");
      for (const exec of [false, true, false]) {
        const tool = {
          kind: "extension",
          name: "tools",
          version: "1",
          files: [{ path: "tool", content, exec }],
        } as const;
        await peer.sync(session, releaseOf(shellHost(), tool));
        const run = await peer.run(session, "run", ["tools", "tool"]);
        if (exec)
          expectEqual(run.stdout, "ran", {
            code: "not-executable",
            clause: "SYNC-059",
            what: "the output of an exec file",
          });
        else if (run.stdout === "ran") context.observe("a file that is not marked exec can be executed");
      }
    },
  },
  {
    id: "generation-kept-while-confirmed",
    clauses: ["SYNC-056", "OP-002"],
    title: "A generation that a session confirmed stays, however many others are committed in the instance",
    async run(context) {
      const keeper = await context.connect();
      const kept = await keeper.session();
      await keeper.sync(kept, releaseNamed("1.0.0"));
      const other = await context.connect();
      const session = await other.session();
      for (let minor = 0; minor < 8; minor += 1) await other.sync(session, releaseNamed(`2.${minor}.0`));
      await expectVersion(keeper, kept, "1.0.0", "SYNC-056");
      await expectVersion(other, session, "2.7.0");
    },
  },
  {
    id: "generation-kept-while-operation-runs",
    clauses: ["SYNC-056", "OP-002"],
    title: "A running operation keeps its generation until it ends, whatever is committed meanwhile",
    abilities: ["root"],
    async run(context) {
      const { peer, session, release } = await standingInstance(context);
      const trigger = join(context.directory, "go");
      const running = await peer.begin(session, "hold-until-show", [trigger, "notes", "version.txt"]);
      for (let minor = 0; minor < 4; minor += 1) await peer.sync(session, releaseNamed(`2.${minor}.0`));
      await writeFile(trigger, "");
      const run = await peer.readToEnd(session, running.operationId);
      const expected = "ready\nnotes of 1.0.0-standing1.0.0-standing\n";
      expectEqual(run.stdout, expected, {
        code: "wrong-generation",
        clause: "SYNC-056",
        what: "what the old operation read",
      });
      const digest = Buffer.from(run.status.manifestDigest).toString("hex");
      const own = Buffer.from(release.digest).toString("hex");
      expectEqual(digest, own, { code: "wrong-generation", clause: "OP-002", what: "the generation in its status" });
      await expectVersion(peer, session, "2.3.0");
    },
  },
  {
    id: "commit-of-two-streams",
    clauses: ["SYNC-050", "SYNC-058", "OP-002"],
    title: "Two syncs of one instance at once both become whole, and each session runs its own generation",
    async run(context) {
      const one = await context.connect();
      const two = await context.connect();
      const sessions = [await one.session(), await two.session()] as const;
      await Promise.all([one.sync(sessions[0], releaseNamed("1.0.0")), two.sync(sessions[1], releaseNamed("2.0.0"))]);
      await expectVersion(one, sessions[0], "1.0.0");
      await expectVersion(two, sessions[1], "2.0.0");
    },
  },
  {
    id: "modification-times-decide-nothing",
    clauses: ["SYNC-057", "HS-024"],
    title: "Files whose modification times were changed to long ago or far ahead are neither missing nor absent",
    abilities: ["launch", "kill", "root"],
    twin: "restart-keeps-generation",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const { release } = await standingInstance(context, { peer: { target } });
      await target.kill();
      await setWrongTimes(target.root);
      await target.start();
      const peer = await context.connect({ target });
      const session = await peer.session({ wantedManifestDigest: release.digest });
      const what = "generation_present of a generation whose files have other times";
      expectEqual(session.generationPresent, true, { code: "times-minded", clause: "SYNC-057", what });
      await expectVersion(peer, session, "1.0.0-standing");
      const next = releaseOf(shellHost("1.0.0-standing"), extensionOf("notes", { "version.txt": "notes of 2.0.0" }));
      const { lacking } = await peer.sync(session, next);
      expectEqual(lacking.missing.length, 1, { code: "times-minded", clause: "SYNC-057", what: "contents missing" });
    },
  },
];
