import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import { connectRawClient } from "../testing/raw-client.ts";
import { makeSample } from "../testing/sample.ts";
import { offerSample } from "../testing/sample-sync.ts";
import { makeTestDirectory } from "../testing/test-agent.ts";

const PROGRAM = fileURLToPath(new URL("../../bin/berth-agent.js", import.meta.url));

/** What a program that has ended left behind. */
interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("berth-agent as its operator meets it", () => {
  let directory: string;
  let root: string;
  const running = new Set<ChildProcess>();

  beforeEach(async () => {
    directory = await makeTestDirectory();
    root = path.join(directory, "root");
  });

  afterEach(async () => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
    await rm(directory, { recursive: true, force: true });
  });

  function start(args: readonly string[], variables: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [PROGRAM, ...args], {
      cwd: directory,
      env: { PATH: process.env.PATH, ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    const said = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said.stderr += text;
    });
    const ended = once(child, "close").then(([exitCode, signal]): Ended => ({ exitCode, signal, ...said }));
    return { child, said, ended };
  }

  const runOn = (listen: string, ...more: string[]) =>
    start(["run", "--root", root, "--listen", listen, ...more]).ended;

  async function assertRefused(ended: Promise<Ended>, exitCode: number, says: RegExp): Promise<void> {
    const { exitCode: code, stdout, stderr } = await ended;
    assert.match(stderr, says);
    assert.match(stderr, /^berth-agent: [^\n]*\n$/, "one line says what is wrong and what to do");
    assert.equal(code, exitCode);
    assert.equal(stdout, "");
  }

  it("answers on stdout alone", async () => {
    const made = await start(["certificate", "new", "--root", root, "--json"]).ended;
    const shown = await start(["certificate", "show", "--root", root]).ended;
    assert.equal(`${JSON.parse(made.stdout).thumbprint}\n`, shown.stdout);
    assert.deepEqual([made.exitCode, made.stderr, shown.exitCode, shown.stderr], [0, "", 0, ""]);
  });

  it("makes another certificate only when told to", async () => {
    const first = await start(["certificate", "new", "--root", root]).ended;
    await assertRefused(start(["certificate", "new", "--root", root]).ended, 2, /there is a certificate.*--replace/);
    assert.equal((await start(["certificate", "show", "--root", root]).ended).stdout, first.stdout);
    const second = await start(["certificate", "new", "--root", root, "--replace"]).ended;
    assert.equal(second.exitCode, 0);
    assert.notEqual(second.stdout, first.stdout);
  });

  it("refuses an empty root rather than take the current directory", async () => {
    await assertRefused(start(["run", "--root", "", "--listen", "127.0.0.1:0"]).ended, 2, /--root: it is empty/);
    await assertRefused(start(["certificate", "new", "--root", ""]).ended, 2, /--root: it is empty/);
    await assertRefused(start(["certificate", "show", "--root", ""]).ended, 2, /--root: it is empty/);
  });

  it("names a version that is no number", () =>
    assertRefused(runOn("127.0.0.1:0", "--agent-version", "newest"), 2, /--agent-version: "newest" is not a number/));

  it("refuses plaintext beyond loopback", () => assertRefused(runOn("0.0.0.0:0"), 2, /certificate new/));

  it("refuses a root that is a file", async () => {
    await writeFile(root, "");
    await assertRefused(runOn("127.0.0.1:0"), 5, /root cannot be used: it is not a directory/);
    await assertRefused(start(["certificate", "new", "--root", root]).ended, 5, /it is not a directory/);
  });

  it("refuses a root that cannot be made", async () => {
    root = "/proc/berth-root";
    await assertRefused(runOn("127.0.0.1:0"), 5, /cannot be used: .*ENOENT/);
  });

  it("refuses a root whose lock is no lock", async () => {
    await mkdir(root);
    await writeFile(path.join(root, "lock"), "A text that somebody put here, longer than the header of a database.");
    await assertRefused(runOn("127.0.0.1:0"), 5, /lock/);
    await rm(path.join(root, "lock"));
    await mkdir(path.join(root, "lock"));
    await assertRefused(runOn("127.0.0.1:0"), 5, /lock/);
  });

  it("refuses a root in which no instance can stand", async () => {
    await mkdir(root);
    await writeFile(path.join(root, "instances"), "");
    await assertRefused(runOn("127.0.0.1:0"), 5, /instances/);
  });

  it("refuses a root that another agent uses", async () => {
    const { child, ended } = await serving();
    await assertRefused(runOn("127.0.0.1:0"), 3, /Another agent already uses the root/);
    child.kill("SIGTERM");
    await ended;
  });

  it("refuses an address that another program listens on", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    try {
      await assertRefused(runOn(`127.0.0.1:${port}`), 4, /another program listens there.*--listen/);
    } finally {
      other.close();
    }
  });

  it("ends when it cannot write its ready file", () =>
    assertRefused(
      start(["run"], {
        BERTH_ROOT: root,
        BERTH_LISTEN: "127.0.0.1:0",
        BERTH_READY_FILE: path.join(directory, "absent", "ready.json"),
      }).ended,
      2,
      /ready\.json: it cannot be written \(ENOENT\)/,
    ));

  async function serving() {
    const readyFile = path.join(directory, "ready.json");
    const program = start(["run"], { BERTH_ROOT: root, BERTH_LISTEN: "127.0.0.1:0", BERTH_READY_FILE: readyFile });
    while (!existsSync(readyFile)) await new Promise((resolve) => setImmediate(resolve));
    return { ...program, readyFile };
  }

  it("stops well as soon as it says that it serves", async () => {
    const { child, ended } = await serving();
    child.kill("SIGTERM");
    const { exitCode, signal } = await ended;
    assert.deepEqual({ exitCode, signal }, { exitCode: 0, signal: null });
  });

  it("waits for a call under way when it is told to stop, and no longer when it is told again", async () => {
    const { child, said, ended, readyFile } = await serving();
    const client = connectRawClient(JSON.parse(await readFile(readyFile, "utf8")).address);
    try {
      const { sessionToken } = await client.negotiate();
      const { stream } = await offerSample(client, sessionToken, makeSample({ "a.txt": "a" }));
      stream.next().catch(() => undefined); // the end of the agent cuts it
      child.kill("SIGTERM");
      while (!said.stderr.includes("stopping")) await once(child.stderr!, "data");
      child.kill("SIGINT");
      const { signal } = await ended;
      assert.equal(signal, "SIGINT");
    } finally {
      client.close();
    }
  });
});
