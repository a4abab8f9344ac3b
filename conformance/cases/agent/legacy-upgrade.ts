import { readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { UpgradableAgent } from "../../src/attach/target.ts";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { randomBytesFrom } from "../../src/material/random-bytes.ts";
import { type MaterialPackage, releaseOf } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { extensionOf, shellHost } from "../../src/material/shell-host.ts";
import { HarnessError } from "../../src/runner/failure.ts";
import { treeFilesOf } from "./legacy-berth.ts";
import { expectVersion } from "./standing-instance.ts";

/** Cases of spec/legacy.md, "Upgrade": an agent 44 to 46, and the agent under test after it over the same root. */
export const legacyUpgradeCases: readonly AgentCase[] = [
  {
    id: "upgrade-sends-nothing-again",
    clauses: ["LEG-050", "INST-013"],
    title: "A server with an InstanceId whose agent goes from 46 to 49 keeps its instance and sends nothing again",
    abilities: ["upgrade"],
    async run(context) {
      const packages = packagesOf(context);
      const release = releaseOf(...packages);
      const agent = await olderAgent(context, "kept", packages);
      await agent.upgrade();
      const peer = await context.connect({ target: agent });
      const session = await peer.session({ instanceId: "kept" });
      const { lacking } = await peer.sync(session, release);
      const what = "contents missing after the upgrade";
      expectEqual(lacking.missing, [], { code: "sent-again", clause: "LEG-050", what });
      await expectVersion(peer, session, "kept");
    },
  },
  {
    id: "upgrade-compares-before-it-trusts",
    clauses: ["LEG-050"],
    title:
      "A file of the tree that has changed, with its size and its time as they were, is not taken for the old content",
    abilities: ["upgrade"],
    twin: "upgrade-sends-nothing-again",
    async run(context) {
      const packages = packagesOf(context);
      const release = releaseOf(...packages);
      const agent = await olderAgent(context, "kept", packages);
      const changed = packages[1]!.files[0]!.content;
      await agent.upgrade(() => changeOneByte(agent.root, changed));
      const peer = await context.connect({ target: agent });
      const session = await peer.session({ instanceId: "kept" });
      const open = await peer.offerAccepted(session, release);
      const what = "contents missing after one file was changed on the disk";
      const expected = [sha256(changed).toString("hex")];
      expectEqual([...open.lacking.missing], expected, { code: "not-compared", clause: "LEG-050", what });
      open.stream.cancel();
      await peer.sync(session, release);
      await expectVersion(peer, session, "kept");
    },
  },
  {
    id: "upgrade-keeps-instances-apart",
    clauses: ["INST-045", "LEG-050"],
    title: "After an upgrade the tree of one instance shortens nothing that another has to send",
    abilities: ["upgrade"],
    twin: "upgrade-sends-nothing-again",
    async run(context) {
      const packages = packagesOf(context);
      const release = releaseOf(...packages);
      const agent = await olderAgent(context, "kept", packages);
      await agent.upgrade();
      const peer = await context.connect({ target: agent });
      for (const instanceId of ["other", ""]) {
        const open = await peer.offerAccepted(await peer.session({ instanceId }), release);
        const what = `contents missing in the instance of ${instanceId || "no InstanceId"}`;
        expectEqual(open.lacking.missing.length, release.contents.size, {
          code: "neighbour-revealed",
          clause: "INST-045",
          what,
        });
        open.stream.cancel();
      }
    },
  },
];

function packagesOf({ random }: AgentContext): MaterialPackage[] {
  return [
    shellHost("kept"),
    extensionOf("notes", { "large.bin": randomBytesFrom(random, 200_000), "a/b.txt": "small" }),
  ];
}

/** An agent of version 44 to 46 whose instance of this InstanceId holds these packages. */
async function olderAgent(
  context: AgentContext,
  instanceId: string,
  packages: readonly MaterialPackage[],
): Promise<UpgradableAgent> {
  const agent = await context.agent.launchOlder();
  context.onEnd(() => agent.stop());
  const peer = await context.connect({ target: agent });
  const session = await peer.session({ instanceId });
  if (session.dialect !== 44) {
    throw new HarnessError(
      `the command of --upgrade-from starts an agent ${session.agentVersion}, not one of 44 to 46`,
    );
  }
  for (const file of packages.flatMap((item) => treeFilesOf(item))) {
    expectAnswered(await peer.legacy.update(session, file, { instanceId }), "an update of the older agent", "LEG-021");
  }
  await peer.close();
  return agent;
}

/** Changes one byte of every file below a root that has this content, and leaves size and times as they were. */
async function changeOneByte(root: string, content: Uint8Array): Promise<void> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  let changed = 0;
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    if (!bytes.equals(content)) continue;
    const { atime, mtime } = await stat(path);
    bytes[bytes.length / 2] = bytes[bytes.length / 2]! ^ 1;
    await writeFile(path, bytes);
    await utimes(path, atime, mtime);
    changed += 1;
  }
  if (changed === 0) throw new HarnessError(`no file below ${root} holds a content that the older agent was sent`);
}
