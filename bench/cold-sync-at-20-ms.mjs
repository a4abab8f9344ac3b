// How fast a cold sync is at 20 ms round trip: the reference server, a forwarder that delays every byte by 10 ms each way, the reference
// agent. Prints each round and the median, and exits 1 when the median is below the floor. Content is real: published packages and a
// native binary, whole. Two rates are printed, because packs are compressed: of content, and of what really crossed the wire.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startForwarder } from "../conformance/dist/src/network/forwarder.js";

const ROUNDS = 5;
const FLOOR_MIB_PER_SECOND = 50;
const MIB = 1024 * 1024;
const repository = fileURLToPath(new URL("..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "berth-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const [binary] = globSync(join(repository, "node_modules/@bufbuild/buf-*/bin"));
if (!binary) throw new Error("no native binary of @bufbuild/buf is installed");
const packages = { "buf-binary": binary };
for (const name of ["typescript-5.9.2", "date-fns"]) packages[name] = join(repository, "node_modules", name);

const home = join(scratch, "server");
for (const [name, directory] of Object.entries(packages)) {
  await server("packages", "add", directory, "--kind", "extension", "--name", name, "--version", "1");
}

const rates = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  const agent = await startAgent(join(scratch, `agent-${round}`));
  const forwarder = await startForwarder({ target: agent.address });
  forwarder.delay({ toTarget: 10, fromTarget: 10 });
  await server("agents", "add", `round-${round}`, forwarder.address);

  const startedMs = performance.now();
  const summary = JSON.parse(await server("sync", `round-${round}`, "--json"));
  const seconds = (performance.now() - startedMs) / 1000;
  const contentMib = Number(summary.sentBytes) / MIB;
  const wireMib = forwarder.bytes.toTarget / MIB;
  rates.push({ content: contentMib / seconds, wire: wireMib / seconds });
  console.log(
    `round ${round}: ${contentMib.toFixed(1)} MiB of content, ${wireMib.toFixed(1)} MiB on the wire, ${seconds.toFixed(2)} s from start to end of the command: ` +
      `${(contentMib / seconds).toFixed(1)} MiB/s of content, ${(wireMib / seconds).toFixed(1)} MiB/s on the wire`,
  );
  await forwarder.close();
  agent.stop();
}

const median = (key) => rates.map((rate) => rate[key]).sort((a, b) => a - b)[Math.floor(rates.length / 2)];
console.log(
  `median of ${ROUNDS}: ${median("content").toFixed(1)} MiB/s of content, ${median("wire").toFixed(1)} MiB/s on the wire; floor ${FLOOR_MIB_PER_SECOND} MiB/s of content`,
);
process.exitCode = median("content") >= FLOOR_MIB_PER_SECOND ? 0 : 1;

/** Runs one command of the server to its end and returns what it printed. */
async function server(...words) {
  const child = spawn(process.execPath, [join(repository, "server-ref/bin/berth-server.js"), ...words], {
    env: { ...process.env, BERTH_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, "close"),
  ]);
  if (code !== 0) throw new Error(`berth-server ${words.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

async function startAgent(root) {
  const ready = `${root}.ready`;
  const child = spawn(process.execPath, [join(repository, "agent-ref/bin/berth-agent.js"), "run"], {
    env: { ...process.env, BERTH_ROOT: root, BERTH_LISTEN: "127.0.0.1:0", BERTH_READY_FILE: ready },
    stdio: "ignore",
  });
  while (!existsSync(ready)) {
    if (child.exitCode !== null) throw new Error(`berth-agent ended with ${child.exitCode}`);
    await pause(10);
  }
  process.on("exit", () => child.kill("SIGKILL"));
  return { address: JSON.parse(readFileSync(ready, "utf8")).address, stop: () => child.kill("SIGTERM") };
}

async function textOf(stream) {
  return Buffer.concat(await stream.toArray()).toString();
}
