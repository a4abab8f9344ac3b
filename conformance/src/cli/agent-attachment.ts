import type { Command } from "../attach/process-group.ts";
import { splitCommandLine } from "./command-line.ts";
import { targetCommand } from "./image-attachment.ts";
import { UsageError } from "./usage-error.ts";

/** How the agent under test is attached. */
export type AgentAttachment =
  | { readonly address: string }
  | {
      readonly command: Command;
      /** The command is a container image and the words for its entry point; so is that of the older agent. */
      readonly byImage: boolean;
      /** The command of an older agent, for the cases about an upgrade. */
      readonly upgradeFrom?: Command;
    };

/** The options that name an agent. */
interface AttachmentOptions {
  readonly address?: string;
  readonly image?: string;
  readonly upgradeFrom?: string;
}

const NOT_ON_LOOPBACK = (address: string) =>
  `the agent at ${address} is not on 127.0.0.1: the suite plays servers of many addresses, and only 127.0.0.0/8 has them all. ` +
  "Run the suite where the agent listens on loopback; beside an agent in a container, by the suite's image (see README.md)";

/** Reads an attachment from a command line. @throws {UsageError} when it is none, or more than one. */
export function requireAttachment(
  { address, image, upgradeFrom }: AttachmentOptions,
  command: readonly string[],
): AgentAttachment {
  if (address === undefined) {
    const byImage = image !== undefined;
    return { command: targetCommand(image, command), byImage, upgradeFrom: olderCommandOf(upgradeFrom) };
  }
  if (upgradeFrom !== undefined) throw new UsageError("--upgrade-from needs an agent that the suite starts");
  if (command.length > 0 || image !== undefined) {
    throw new UsageError("an agent is attached by --address, by --image or by a command, not by two of them");
  }
  if (!/^.+:[0-9]+$/.test(address)) throw new UsageError(`the address "${address}" is not HOST:PORT`);
  if (!/^(?:127\.[0-9.]+|localhost):[0-9]+$/.test(address)) throw new UsageError(NOT_ON_LOOPBACK(address));
  return { address };
}

/** The command of `--upgrade-from`. */
export function olderCommandOf(line: string | undefined): Command | undefined {
  return line === undefined ? undefined : splitCommandLine(line);
}
