import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { RunningStep, ServerInstallation, StepResult } from "../../src/attach/target.ts";
import type { ServerContext } from "../../src/case.ts";
import type { MaterialPackage } from "../../src/material/release.ts";
import type { AgentPeer } from "../../src/peers/agent-peer.ts";
import { TargetUnreachable } from "../../src/runner/failure.ts";

/** The name under which every case makes its agent known to the server; it says nothing that an output is searched for. */
const AGENT = "far";

/** What a server answers to a word it does not know. */
export const UNKNOWN_STEP = 2;

/** What a server has before the case begins. */
export interface Preparation {
  /** The packages it has loaded; `ordinaryPackages` unless set. */
  readonly packages?: readonly MaterialPackage[];
  /** Settings beyond product and version. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The words of `agents add` after the address; `--plaintext` unless set. */
  readonly agentOptions?: readonly string[];
}

/** An installation of the server under test that knows one agent. */
export interface ReadyServer {
  readonly installation: ServerInstallation;
  /** Runs one step. */
  step(...words: string[]): Promise<StepResult>;
  begin(...words: string[]): RunningStep;
  /** Brings the agent to what the server has loaded. */
  sync(): Promise<StepResult>;
  run(operation: string, ...operationArguments: string[]): Promise<StepResult>;
  /** Writes a package to a directory, without adding it. */
  writePackage(item: MaterialPackage): Promise<string>;
  addPackage(item: MaterialPackage): Promise<StepResult>;
}

/** Makes an installation with product, packages and one agent; what the contract promises and does not happen is no verdict. */
export async function readyServer(
  context: ServerContext,
  agent: Pick<AgentPeer, "address">,
  { packages = ordinaryPackages, settings = {}, agentOptions = ["--plaintext"] }: Preparation = {},
): Promise<ReadyServer> {
  const server = await emptyServer(context);
  await setProduct(context, server, settings);
  for (const [name, value] of Object.entries(settings)) {
    if (!isOfProduct(name)) requireDone(await server.step("settings", "set", name, value));
  }
  for (const item of packages) requireDone(await server.addPackage(item));
  requireDone(await server.step("agents", "add", AGENT, agent.address, ...agentOptions));
  return server;
}

/**
 * Makes an installation what the settings say it is, or else what the run judges. A server of one product that cannot be set to
 * another is not judged by cases about others.
 */
export async function setProduct(
  { productVersion, notApplicable }: ServerContext,
  server: ReadyServer,
  settings: Preparation["settings"] = {},
): Promise<void> {
  const judged = { "Server.Product": productVersion.product, "Server.ProductVersion": productVersion.productVersion };
  for (const [name, own] of Object.entries(judged)) {
    const value = settings[name] ?? own;
    const result = await server.step("settings", "set", name, value);
    if (result.exitCode === UNKNOWN_STEP && value !== own)
      notApplicable(`the server cannot be set to ${name} ${value}`);
    requireDone(result);
  }
}

function isOfProduct(name: string): boolean {
  return name === "Server.Product" || name === "Server.ProductVersion";
}

/** Makes an installation in which nothing was set. */
export async function emptyServer(context: ServerContext): Promise<ReadyServer> {
  const installation = await context.server.install();
  let written = 0;

  const server: ReadyServer = {
    installation,
    step: (...words) => installation.step(...words),
    begin: (...words) => installation.begin(...words),
    sync: () => server.step("sync", AGENT),
    run: (operation, ...operationArguments) => server.step("run", AGENT, operation, ...operationArguments),
    async writePackage(item) {
      written += 1;
      const directory = join(context.directory, `package-${process.hrtime.bigint()}-${written}`);
      await mkdir(directory, { recursive: true });
      for (const { path, content, exec } of item.files) {
        const file = join(directory, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
        if (exec) await chmod(file, 0o755);
      }
      return directory;
    },
    addPackage: async (item) => server.step(...addWords(await server.writePackage(item), item)),
  };
  return server;
}

/** The command line that adds a package. */
export function addWords(directory: string, item: MaterialPackage): string[] {
  const words = ["packages", "add", directory, "--kind", item.kind, "--name", item.name, "--version", item.version];
  return item.kind === "host" ? [...words, "--entry", item.entry] : words;
}

/** An extension of two files and a host. */
export const ordinaryPackages: readonly MaterialPackage[] = [
  {
    kind: "extension",
    name: "Files",
    version: "1.4.0",
    files: [
      { path: "lib/hello.txt", content: Buffer.from("hello") },
      { path: "read me.md", content: Buffer.from("# Files\n") },
    ],
  },
  {
    kind: "host",
    name: "suite-host",
    version: "2.0.0",
    entry: "bin/host",
    files: [{ path: "bin/host", content: Buffer.from("#!/bin/sh\nexit 0\n"), exec: true }],
  },
];

/** Ends the case as failed, with `target-unreachable`, when a step of its preparation fails: the server could not be driven. */
export function requireDone(result: StepResult): void {
  if (result.exitCode !== 0)
    throw new TargetUnreachable(`a step of the preparation ended with ${result.exitCode}: ${outputOf(result)}`);
}

/** Everything a step wrote, for people. */
export function outputOf({ stdout, stderr }: StepResult): string {
  return `${stdout}${stderr}`.trim().slice(0, 2000);
}
