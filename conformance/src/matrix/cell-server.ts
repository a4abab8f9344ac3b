import { join } from "node:path";
import type { RunningStep, ServerInstallation, ServerTarget, StepResult } from "../attach/target.ts";
import { TargetUnreachable } from "../runner/failure.ts";
import type { Cell } from "./cell.ts";
import { packagesOf, writePackage } from "./matrix-material.ts";

/** One of the two servers that the cells of an agent are run with, one cell after another. */
export interface CellServer {
  /** What an operation writes that sees this server's files. */
  readonly marker: string;
  /** Makes it the server a cell asks for, with the agent at `address`; `protection` is what `agents add` is told, no TLS when absent. */
  prepare(cell: Cell, instanceId: string | undefined, address: string, protection?: readonly string[]): Promise<void>;
  sync(...options: string[]): Promise<StepResult>;
  run(...words: string[]): Promise<StepResult>;
  begin(...words: string[]): RunningStep;
}

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
  let settings: Readonly<Record<string, string>> = {};
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
        if (settings[name] !== value) await requireDone(installation, "settings", "set", name, value);
      }
      settings = wanted;
      cells += 1;
      await requireDone(installation, "agents", "add", agent(), address, ...protection);
    },
    sync: (...options) => installation.step("sync", ...options, agent()),
    run: (...words) => installation.step("run", agent(), ...words),
    begin: (...words) => installation.begin("run", agent(), ...words),
  };
}

async function requireDone(installation: ServerInstallation, ...words: string[]): Promise<void> {
  const { exitCode, stderr } = await installation.step(...words);
  if (exitCode !== 0) throw new TargetUnreachable(`the step \`${words.join(" ")}\` ended with ${exitCode}: ${stderr}`);
}
