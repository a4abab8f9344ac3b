import type { Command } from "../attach/process-group.ts";
import { requireCommand, splitCommandLine } from "./command-line.ts";
import { UsageError } from "./usage-error.ts";

/** How the agent under test is attached. */
export type AgentAttachment =
  | { readonly address: string }
  | {
      readonly command: Command;
      /** The command of an older agent, for the cases about an upgrade. */
      readonly upgradeFrom?: Command;
    };

/** Reads an attachment from a command line. @throws {UsageError} when it is none, or more than one. */
export function requireAttachment(
  { address, upgradeFrom }: { readonly address?: string; readonly upgradeFrom?: string },
  command: readonly string[],
): AgentAttachment {
  if (address === undefined) return { command: requireCommand(command), upgradeFrom: olderCommandOf(upgradeFrom) };
  if (upgradeFrom !== undefined) throw new UsageError("--upgrade-from needs an agent that is attached by a command");
  if (command.length > 0) throw new UsageError("an agent is attached by --address or by a command, not by both");
  if (!/^.+:[0-9]+$/.test(address)) throw new UsageError(`the address "${address}" is not HOST:PORT`);
  return { address };
}

/** The command of `--upgrade-from`. */
export function olderCommandOf(line: string | undefined): Command | undefined {
  return line === undefined ? undefined : splitCommandLine(line);
}
