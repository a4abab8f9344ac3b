import { statfs } from "node:fs/promises";
import os from "node:os";

export async function run({ values: { format = "text" }, workDirectory }) {
  const facts = await collectFacts(workDirectory);
  console.log(format === "json" ? JSON.stringify(facts, undefined, 2) : inLines(facts).join("\n"));
}

/** Sizes are in bytes. The disk is the one that holds the work directory. */
async function collectFacts(workDirectory) {
  const cpus = os.cpus();
  const disk = await statfs(workDirectory);
  return {
    host: { name: os.hostname(), uptimeSeconds: Math.floor(os.uptime()) },
    os: { name: os.type(), release: os.release(), platform: os.platform(), architecture: os.arch() },
    cpu: { model: cpus[0]?.model ?? "unknown", count: cpus.length },
    memory: { totalBytes: os.totalmem(), freeBytes: os.freemem() },
    disk: { totalBytes: disk.bsize * disk.blocks, freeBytes: disk.bsize * disk.bavail },
    network: { interfaces: Object.keys(os.networkInterfaces()) },
    node: { version: process.version },
  };
}

function inLines(facts) {
  return Object.entries(facts).flatMap(([topic, values]) =>
    Object.entries(values).map(
      ([name, value]) => `${topic}.${name}: ${Array.isArray(value) ? value.join(", ") : value}`,
    ),
  );
}
