// How fast a cold sync is at 20 ms round trip: the reference server, a forwarder that delays every byte by 10 ms each way, the reference
// agent. Two contents: published packages with a native binary, whole; and bytes that no compression makes fewer, so that the rate is the
// wire's own. Every round is also run without the delay, right before, so that a slow or busy machine is not taken for a slow protocol:
// exits 1 when a median is below the floor, unless the same machine without the delay is hardly faster, which it says.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startForwarder } from "../conformance/dist/src/network/forwarder.js";

const ROUNDS = 5;
const FLOOR_MIB_PER_SECOND = 50;
/** The least part of the rate without delay that a machine too slow for the floor has to keep. */
const LEAST_KEPT = 0.6;
const MIB = 1024 * 1024;
const repository = fileURLToPath(new URL("..", import.meta.url));
// In memory where the system has such a place with room: ext4 creates files slowly for minutes after many were deleted, as every run does.
const place = hasRoom("/dev/shm") ? "/dev/shm" : tmpdir();
const scratch = mkdtempSync(join(place, "berth-bench-"));
console.log(`files are kept below ${place}`);
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const [binary] = globSync(join(repository, "node_modules/@bufbuild/buf-*/bin"));
if (!binary) throw new Error("no native binary of @bufbuild/buf is installed");
const packages = { "buf-binary": binary };
for (const name of ["typescript-5.9.2", "date-fns"]) packages[name] = join(repository, "node_modules", name);

const incompressible = join(scratch, "incompressible");
mkdirSync(incompressible);
writeFileSync(join(incompressible, "random.bin"), randomBytes(128 * MIB));

const verdicts = [await coldSync("npm packages", packages), await coldSync("incompressible bytes", { incompressible })];
process.exitCode = verdicts.every(Boolean) ? 0 : 1;

/** Syncs the packages to one new agent after another, and answers whether the rates are good enough. */
async function coldSync(content, directories) {
  const home = join(scratch, content);
  for (const [name, directory] of Object.entries(directories)) {
    await server(home, "packages", "add", directory, "--kind", "extension", "--name", name, "--version", "1");
  }
  const rates = { plain: [], delayed: [] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const plain = await oneSync(home, `${content} ${round} plain`, 0);
    const delayed = await oneSync(home, `${content} ${round}`, 10);
    rates.plain.push(plain.rate);
    rates.delayed.push(delayed.rate);
    console.log(
      `${content}, round ${round}: ${delayed.contentMib.toFixed(1)} MiB of content, ${delayed.wireMib.toFixed(1)} MiB on the wire, ` +
        `${delayed.seconds.toFixed(2)} s from start to end of the command: ${delayed.rate.toFixed(1)} MiB/s; without delay ${plain.rate.toFixed(1)} MiB/s`,
    );
  }
  const [plain, delayed] = [median(rates.plain), median(rates.delayed)];
  console.log(
    `${content}: median of ${ROUNDS} at 20 ms ${delayed.toFixed(1)} MiB/s, without delay ${plain.toFixed(1)} MiB/s; floor ${FLOOR_MIB_PER_SECOND}`,
  );
  if (delayed >= FLOOR_MIB_PER_SECOND) return true;
  const isMachine = delayed >= LEAST_KEPT * plain;
  console.log(
    isMachine
      ? `${content}: below the floor, but so busy or slow is this machine: the delay costs only ${Math.round((1 - delayed / plain) * 100)} %`
      : `${content}: BELOW THE FLOOR`,
  );
  return isMachine;
}

/** One sync to an agent that has nothing, each byte delayed by `delayMs` each way. */
async function oneSync(home, name, delayMs) {
  const agent = await startAgent(join(scratch, `agent of ${name}`));
  const forwarder = await startForwarder({ target: agent.address });
  forwarder.delay({ toTarget: delayMs, fromTarget: delayMs });
  const agentName = name.replaceAll(" ", "-");
  await server(home, "agents", "add", agentName, forwarder.address);

  const startedMs = performance.now();
  const summary = JSON.parse(await server(home, "sync", agentName, "--json"));
  const seconds = (performance.now() - startedMs) / 1000;
  const contentMib = Number(summary.sentBytes) / MIB;
  const wireMib = forwarder.bytes.toTarget / MIB;
  await forwarder.close();
  await agent.stop();
  return { contentMib, wireMib, seconds, rate: contentMib / seconds };
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function hasRoom(directory) {
  if (!existsSync(directory)) return false;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize > 4 * 1024 * MIB;
}

/** Runs one command of the server to its end and returns what it printed. */
async function server(home, ...words) {
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
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const stop = async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
    process.off("exit", kill);
  };
  return { address: JSON.parse(readFileSync(ready, "utf8")).address, stop };
}

async function textOf(stream) {
  return Buffer.concat(await stream.toArray()).toString();
}
