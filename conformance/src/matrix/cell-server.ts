import { join } from "node:path";
import type { RunningStep, ServerInstallation, ServerTarget, StepResult } from "../attach/target.ts";
import { NotApplicable, TargetUnreachable } from "../runner/failure.ts";
import type { Cell } from "./cell.ts";
import { packagesOf, writePackage } from "./matrix-material.ts";

/** One of the two servers that the cells of an agent are run with, one cell after another. */
export interface CellServer {
  /** What an operation writes that sees this server's files. */
  readonly marker: string;
  /**
   * Makes it the server a cell asks for, with the agent at `address`; `protection` is what `agents add` is told, no TLS when absent.
   *
   * @throws {NotApplicable} when it is no such product, or does not have `server-identity@1`.
   * @throws {TargetUnreachable} when it does not take a step that every server takes.
   */
  prepare(cell: Cell, instanceId: string | undefined, address: string, protection?: readonly string[]): Promise<void>;
  sync(...options: string[]): Promise<StepResult>;
  run(...words: string[]): Promise<StepResult>;
  begin(...words: string[]): RunningStep;
}

const UNKNOWN_STEP = 2;
const OPTIONAL_SETTINGS: ReadonlySet<string> = new Set(["Server.Product", "Server.ProductVersion", "Server.Identity"]);

/** Installs a server and loads its packages; `directory` is where they are written. */
export async function installCellServer(
  target: ServerTarget,
  marker: string,
  modified: Date,
  directory: string,
): Promise<CellServer> {
  const installation = await target.install();
  for (const item of packagesOf(marker)) {
    const place = join(directory, `${marker}-${item.kind}`);
    await writePackage(item, place, modified);
    const entry = item.kind === "host" ? ["--entry", item.entry] : [];
    const words = ["--kind", item.kind, "--name", item.name, "--version", item.version, ...entry];
    await requireDone(installation, "packages", "add", place, ...words);
  }

  let cells = 0;
  const settings = new Map<string, string>();
  const agent = (): string => `cell-${cells}`;
  return {
    marker,
    async prepare(cell, instanceId, address, protection = ["--plaintext"]) {
      const wanted = {
        "Server.Product": cell.product,
        "Server.ProductVersion": cell.productVersion,
        "Server.Identity": cell.serverIdentity ? "on" : "off",
        "Agent.InstanceId": instanceId ?? "",
      };
      for (const [name, value] of Object.entries(wanted)) {
        if (settings.get(name) === value) continue;
        await set(installation, name, value);
        settings.set(name, value);
      }
      cells += 1;
      await requireDone(installation, "agents", "add", agent(), address, ...protection);
    },
    sync: (...options) => installation.step("sync", ...options, agent()),
    run: (...words) => installation.step("run", agent(), ...words),
    begin: (...words) => installation.begin("run", agent(), ...words),
  };
}

/** A server may be one product only, and may lack `server-identity@1`; it says so by not knowing the step (SERVER.md). */
async function set(installation: ServerInstallation, name: string, value: string): Promise<void> {
  const words = ["settings", "set", name, value] as const;
  const result = await installation.step(...words);
  if (result.exitCode === UNKNOWN_STEP && OPTIONAL_SETTINGS.has(name)) {
    if (name === "Server.Identity" && value === "off") return; // what a server without the feature is anyway
    throw new NotApplicable(`the server does not take the step \`${words.join(" ")}\``);
  }
  requireGood(words, result);
}

async function requireDone(installation: ServerInstallation, ...words: string[]): Promise<void> {
  requireGood(words, await installation.step(...words));
}

function requireGood(words: readonly string[], { exitCode, stderr }: StepResult): void {
  if (exitCode !== 0) throw new TargetUnreachable(`the step \`${words.join(" ")}\` ended with ${exitCode}: ${stderr}`);
}
