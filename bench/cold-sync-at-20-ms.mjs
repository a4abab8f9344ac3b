// How fast a cold sync is at 20 ms round trip: the reference server, a forwarder that delays every byte by 10 ms each way, the reference
// agent. Two contents: published packages with a native binary, whole; and bytes that no compression makes fewer, so that the rate is the
// wire's own. Prints each round and the medians, and exits 1 when one of the medians is below the floor.
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

const medians = [await coldSync("npm packages", packages), await coldSync("incompressible bytes", { incompressible })];
process.exitCode = medians.every((median) => median >= FLOOR_MIB_PER_SECOND) ? 0 : 1;

/** Syncs the packages to one new agent after another, and answers with the median rate in MiB of content per second. */
async function coldSync(content, directories) {
  const home = join(scratch, content);
  for (const [name, directory] of Object.entries(directories)) {
    await server(home, "packages", "add", directory, "--kind", "extension", "--name", name, "--version", "1");
  }
  const rates = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    const agent = await startAgent(join(scratch, `agent of ${content} ${round}`));
    const forwarder = await startForwarder({ target: agent.address });
    forwarder.delay({ toTarget: 10, fromTarget: 10 });
    await server(home, "agents", "add", `round-${round}`, forwarder.address);

    const startedMs = performance.now();
    const summary = JSON.parse(await server(home, "sync", `round-${round}`, "--json"));
    const seconds = (performance.now() - startedMs) / 1000;
    const contentMib = Number(summary.sentBytes) / MIB;
    rates.push(contentMib / seconds);
    console.log(
      `${content}, round ${round}: ${contentMib.toFixed(1)} MiB of content, ${(forwarder.bytes.toTarget / MIB).toFixed(1)} MiB on the wire, ` +
        `${seconds.toFixed(2)} s from start to end of the command: ${(contentMib / seconds).toFixed(1)} MiB/s`,
    );
    await forwarder.close();
    await agent.stop();
  }
  const median = rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)];
  console.log(`${content}: median of ${ROUNDS} ${median.toFixed(1)} MiB/s; floor ${FLOOR_MIB_PER_SECOND}`);
  return median;
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
