import assert from "node:assert/strict";
import { readdir, readFile, stat, symlink, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { assertGeneration, generationDirectory } from "../testing/assert-generation.ts";
import { connectLegacyClient, EXTENSION, HOST, type LegacyCall } from "../testing/legacy-client.ts";
import { makeSample } from "../testing/sample.ts";
import { offerSample, syncSample } from "../testing/sample-sync.ts";
import { startTestAgent, type TestAgent } from "../testing/test-agent.ts";

const sample = makeSample({ "lib/a.txt": "alpha", "lib/b.txt": "beta" }, "#!/bin/sh\n");
const NAME = "p-buildmaster/i-blue";

describe("an agent that goes from 46 to 49 over one root", () => {
  let agent: TestAgent;
  let tree: string;

  beforeEach(async () => {
    agent = await startTestAgent({ agentVersion: 46 });
    tree = path.join(agent.root, "instances", NAME, "tree");
    const { sessionToken, instanceName } = await agent.client.negotiate({ instanceId: "blue" });
    assert.equal(instanceName, NAME);
    await sendSample({ sessionToken, instanceId: "blue" });
  });

  afterEach(() => agent[Symbol.asyncDispose]());

  async function sendSample(call: LegacyCall): Promise<void> {
    using client = connectLegacyClient(agent.address);
    for (const [file, content] of sample.files) {
      const [kind, , ...rest] = file.split("/");
      const place = kind === "host" ? HOST : EXTENSION;
      await client.update(call, { package: place, path: rest.join("/"), executable: kind === "host" }, content);
    }
  }

  async function upgrade(instanceId = "blue") {
    await agent.restart(49);
    const answer = await agent.client.negotiate({ instanceId, wantedManifestDigest: sample.digest });
    assert.deepEqual([answer.agentVersion, answer.dialect, answer.generationPresent], [49, 49, false]);
    return answer;
  }

  it("keeps the instance of a server with an InstanceId and needs nothing again", async () => {
    const { sessionToken, instanceName } = await upgrade();
    assert.equal(instanceName, NAME);
    const committed = await syncSample(agent.client, sessionToken, sample);
    assert.deepEqual([committed.receivedBytes, committed.reusedBytes], [0n, 19n]);
    await assertGeneration(generationDirectory(agent.root, instanceName, sample), sample);
  });

  it("copies the tree's files, so that neither changes with the other", async () => {
    const { sessionToken, instanceName } = await upgrade();
    await syncSample(agent.client, sessionToken, sample);
    const generation = generationDirectory(agent.root, instanceName, sample);
    for (const file of ["extensions/Sample/lib/a.txt", "host/sample-host/bin/host"]) {
      assert.equal((await stat(path.join(generation, file))).nlink, 1);
    }
    await writeFile(path.join(tree, "extensions/Sample/lib/a.txt"), "other");
    assert.equal(await readFile(path.join(generation, "extensions/Sample/lib/a.txt"), "utf8"), "alpha");
  });

  it("believes the content of a file and not its time or name", async () => {
    const changed = path.join(tree, "extensions/Sample/lib/a.txt");
    const { mtime } = await stat(changed);
    await writeFile(changed, "alphb");
    await utimes(changed, mtime, mtime);
    const { sessionToken } = await upgrade();
    const { stream, needed } = await offerSample(agent.client, sessionToken, sample);
    assert.equal(needed.size, 1);
    await stream.cancel();
  });

  it("takes nothing through a link", async () => {
    const outside = path.join(agent.root, "outside");
    await writeFile(outside, "gamma");
    await symlink(outside, path.join(tree, "extensions/Sample/link"));
    const { sessionToken } = await upgrade();
    const { stream, needed } = await offerSample(agent.client, sessionToken, makeSample({ a: "gamma" }));
    assert.equal(needed.size, 1);
    await stream.cancel();
  });

  it("lets no other instance have it", async () => {
    const { sessionToken } = await upgrade("green");
    const { stream, needed } = await offerSample(agent.client, sessionToken, sample);
    assert.equal(needed.size, 3);
    await stream.cancel();
  });

  it("leaves the tree to a 46 that comes back", async () => {
    await upgrade();
    await agent.restart(46);
    using client = connectLegacyClient(agent.address);
    const { sessionToken } = await agent.client.negotiate({ instanceId: "blue" });
    assert.equal((await client.list({ sessionToken, instanceId: "blue" })).size, sample.files.size);
    assert.deepEqual(await readdir(tree), ["extensions", "hosts"]);
  });
});
