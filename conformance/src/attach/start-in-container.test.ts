import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { Command, ProcessGroup } from "./process-group.ts";
import { startInContainer } from "./start-in-container.ts";
import { allTemporaryDirectories, makeTemporaryDirectory, removeTemporaryDirectory } from "./temporary-directory.ts";

/** A client whose containers are its own processes, named by files in a directory. */
const SMALL_CLIENT = `
  const { appendFileSync, existsSync, readFileSync, writeFileSync } = require("node:fs");
  const [directory, word, ...words] = process.argv.slice(1);
  if (word === "run") {
    const image = words[words.indexOf("small:1") + 1];
    if (image === "refused") { console.error("the engine says no"); process.exit(125); }
    const file = directory + "/" + words[words.indexOf("--name") + 1];
    if (image === "hang") setTimeout(() => { writeFileSync(file, String(process.pid)); }, 300), setInterval(() => {}, 1000);
    else console.log(JSON.stringify(words));
    process.on("SIGUSR2", () => process.exit(137)); // what a client does whose container was killed
  } else if (word === "kill") {
    const file = directory + "/" + words.at(-1);
    if (!existsSync(file)) process.exit(1);
    appendFileSync(directory + "/signals", words[1] + " ");
    process.kill(Number(readFileSync(file, "utf8")), words[1] === "SIGKILL" ? "SIGUSR2" : words[1]);
  }
`;

describe("startInContainer", () => {
  let directory: string;
  let client: Command;

  beforeEach(() => {
    directory = makeTemporaryDirectory("berth-client-");
    client = [process.execPath, "-e", SMALL_CLIENT, directory];
  });

  afterEach(() => removeTemporaryDirectory(directory));

  it("runs the image with what the contract says, in this machine's network, process ids and directories", async () => {
    const group = startInContainer(client)(["small:1", "sync", "one"], { BERTH_ROOT: "/a b", BERTH_LISTEN: "x" });
    const words = await wordsOf(group);
    assert.equal((await group.ended).exitCode, 0);

    assert.deepEqual(words.slice(words.indexOf("--env")), [
      ...["--env", "BERTH_ROOT=/a b", "--env", "BERTH_LISTEN=x"],
      ...["small:1", "sync", "one"],
    ]);
    const line = words.join(" ");
    const shared = allTemporaryDirectories();
    assert.match(line, /--network host --pid host --user \d+:\d+/);
    assert.match(line, new RegExp(`--mount type=bind,source=${shared},target=${shared} `));
    assert.match(line, /--rm .*--pull never/);
    assert.doesNotMatch(line, /--interactive/);
  });

  it("hands on standard input where it is asked to", async () => {
    const group = startInContainer(client)(["small:1"], {}, "pipe");
    const words = await wordsOf(group);
    assert.ok(words.includes("--interactive"));
    group.child.stdin?.end();
    await group.ended;
  });

  it("signals through the client, as soon as the container is there", async () => {
    const group = startInContainer(client)(["small:1", "hang"], {});
    group.signal("SIGKILL");
    assert.deepEqual(await group.ended, { exitCode: null, signal: "SIGKILL" });
    assert.equal(readFileSync(join(directory, "signals"), "utf8"), "SIGKILL ");
  });

  it("leaves the end to a container that is asked to end", async () => {
    const group = startInContainer(client)(["small:1", "hang"], {});
    group.signal("SIGTERM");
    assert.equal((await group.ended).signal, "SIGTERM");
  });

  it("tells an engine that refuses from a program that fails", async () => {
    const { spawnError } = await startInContainer(client)(["small:1", "refused"], {}).ended;
    assert.equal(spawnError?.message, "the engine says no");
    assert.equal(existsSync(join(directory, "signals")), false);
  });
});

/** The words that the client says it was run with. */
async function wordsOf({ child }: ProcessGroup): Promise<string[]> {
  assert.ok(child.stdout);
  return JSON.parse(await text(child.stdout));
}
