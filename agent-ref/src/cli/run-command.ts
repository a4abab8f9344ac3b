import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { dialectsOf } from "@berth/proto/rules/agent-version";
import { Command } from "commander";
import { type DestinationStream, destination, pino } from "pino";
import { type Agent, startAgent } from "../agent.ts";
import { isSystemError } from "../errors/storage-errors.ts";
import { AGENT_VERSION_LIST, AGENT_VERSIONS } from "../handshake/agent-version.ts";
import { readCertificate } from "../security/certificate.ts";
import { chooseProtection, type Protection } from "../security/protection.ts";
import { parseOption } from "../settings/parse-option.ts";
import { agentVersionText, directoryPath, durationMs, listenAddress } from "../settings/setting-values.ts";
import { DEFAULT_LISTEN, mergeSettings, type PartialSettings, type Settings } from "../settings/settings.ts";
import { readEnvironment } from "../settings/settings-environment.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { readSettingsFile } from "../settings/settings-file.ts";

interface RunOptions {
  readonly root?: string;
  readonly listen?: string;
  readonly agentVersion?: string;
  readonly plaintext?: boolean;
  readonly insecurePlaintextBeyondLoopback?: boolean;
  readonly ownershipWindow?: string;
  readonly settings?: string;
  readonly json?: boolean;
}

/** `berth-agent run`: serves until it is told to stop. */
export function runCommand(): Command {
  return new Command("run")
    .description("serve servers until told to stop by SIGTERM or SIGINT")
    .option("--root <directory>", "where the agent keeps everything (or BERTH_ROOT)")
    .option("--listen <host:port>", `where to listen; port 0 takes any (or BERTH_LISTEN; default ${DEFAULT_LISTEN})`)
    .option(
      "--agent-version <number>",
      `the version to be: ${AGENT_VERSION_LIST} (default ${AGENT_VERSIONS[0]}); it decides the dialects spoken`,
    )
    .option("--plaintext", "no TLS, even where there is a certificate; on loopback only")
    .option("--insecure-plaintext-beyond-loopback", "let anybody who reaches this machine run programs on it")
    .option("--ownership-window <time>", "how long an instance's owner can be away, such as 24h (the default)")
    .option("--settings <file>", "read settings from a JSON file; variables and options win over it")
    .option("--json", "say on stdout, in JSON, where the agent listens")
    .addHelpText(
      "after",
      `
Examples:
  berth-agent run --root /var/lib/berth
  berth-agent run --root ./root --listen 127.0.0.1:0 --agent-version 46 --json
  berth-agent certificate new --root /var/lib/berth     # once; prints the thumbprint that servers pin
  berth-agent run --root /var/lib/berth --listen 0.0.0.0:44949

Variables:
  BERTH_ROOT, BERTH_LISTEN     as the options
  BERTH_READY_FILE             written with {"address":"HOST:PORT"} once the agent serves
  BERTH_LIMIT_MAX_FILES …      one for each field of the handshake's Limits, a decimal number; 0 is no limit

Settings file, every setting optional:
  {"root": "/var/lib/berth", "listen": "127.0.0.1:44949", "agentVersion": 51, "plaintext": false,
   "insecurePlaintextBeyondLoopback": false, "readyFile": "/run/berth-agent.json", "ownershipWindow": "24h",
   "limits": {"max_files": 200000}}

The log goes to stderr, one JSON object a line.`,
    )
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  const file = options.settings === undefined ? {} : readSettingsFile(options.settings);
  const settings = mergeSettings([file, readEnvironment(process.env), fromOptions(options)]);
  const protection = chooseProtection({
    ...settings,
    host: settings.listen.host,
    certificate: await readCertificate(settings.root),
  });
  if (protection.kind === "refused") throw new SettingsError("--listen", protection.reason, protection.remedy);

  const logger = pino({ name: "berth-agent" }, destination({ dest: 2, sync: true }) as DestinationStream);
  const agent = await startAgent({
    root: path.resolve(settings.root),
    ...settings.listen,
    agentVersion: settings.agentVersion,
    tls: protection.kind === "tls" ? protection.certificate : undefined,
    limits: settings.limits,
    logger,
  });
  // Listened for before anybody is told that the agent serves, because who was told can stop it at once.
  const signalled = stopSignal();
  try {
    await announce(agent, settings, protection, options.json ?? false);
    logger.info({ signal: await signalled }, "stopping");
  } finally {
    await agent.stop();
  }
}

function fromOptions(options: RunOptions): PartialSettings {
  return {
    root: parseOption("--root", directoryPath, options.root),
    listen: parseOption("--listen", listenAddress, options.listen),
    agentVersion: parseOption("--agent-version", agentVersionText, options.agentVersion),
    plaintext: options.plaintext,
    insecurePlaintextBeyondLoopback: options.insecurePlaintextBeyondLoopback,
    limits: { ownershipWindowMs: parseOption("--ownership-window", durationMs, options.ownershipWindow) },
  };
}

async function announce(agent: Agent, settings: Settings, protection: Protection, json: boolean): Promise<void> {
  const { host } = settings.listen;
  const address = `${host.includes(":") ? `[${host}]` : host}:${agent.port}`;
  if (settings.readyFile !== undefined) await writeReadyFile(settings.readyFile, address);
  const thumbprint = protection.kind === "tls" ? protection.certificate.thumbprint : null;
  const dialects = dialectsOf(settings.agentVersion);
  if (json) {
    console.log(JSON.stringify({ address, agentVersion: settings.agentVersion, dialects, thumbprint }));
    return;
  }
  const how = thumbprint === null ? "in plaintext" : `by TLS with the certificate ${thumbprint}`;
  const spoken = dialects.length === 1 ? `dialect ${dialects[0]}` : `dialects ${dialects.join(" and ")}`;
  console.error(`berth-agent ${settings.agentVersion} listens on ${address} ${how}, speaking ${spoken}`);
}

/** Appears whole, and is not flushed: who waits for it can remove it, and its directory, as soon as it is there. */
async function writeReadyFile(file: string, address: string): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  try {
    await writeFile(temporary, JSON.stringify({ address }));
    await rename(temporary, file);
  } catch (error) {
    const reason = isSystemError(error) ? error.code : String(error);
    throw new SettingsError(file, `it cannot be written (${reason})`, "Name a ready file that the agent can write.");
  }
}

/** Answers with the first signal to stop. After it, a second one of either kind ends the process at once. */
async function stopSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  process.on("SIGTERM", resolve);
  process.on("SIGINT", resolve);
  const signal = await promise;
  process.off("SIGTERM", resolve);
  process.off("SIGINT", resolve);
  return signal;
}
