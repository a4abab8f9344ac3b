import type { Command } from "../attach/process-group.ts";
import { requireImage } from "../attach/require-image.ts";
import { startInContainer } from "../attach/start-in-container.ts";
import { type StartTarget, startAsProcess } from "../attach/start-target.ts";
import { requireCommand, splitCommandLine } from "./command-line.ts";
import { UsageError } from "./usage-error.ts";

/** The command of a target: that after `--`, or the image with what is after `--` for its entry point. */
export function targetCommand(image: string | undefined, words: readonly string[]): Command {
  if (image === undefined) return requireCommand(words);
  // What begins otherwise would be an option of the container client.
  if (!/^[A-Za-z0-9]/.test(image)) throw new UsageError(`"${image}" is no name of a container image`);
  return [image, ...words];
}

/**
 * How such commands are started, by the client that DOCKER names where they are images.
 *
 * @throws {TargetUnreachable} when an image cannot be run.
 */
export async function startOf(byImage: boolean, commands: readonly (Command | undefined)[]): Promise<StartTarget> {
  if (!byImage) return startAsProcess;
  const client = splitCommandLine(process.env.DOCKER || "docker");
  for (const command of commands) if (command !== undefined) await requireImage(client, command[0]);
  return startInContainer(client);
}

/** The words of a command line that attach the same target. */
export function targetWords(byImage: boolean, command: Command): string[] {
  if (!byImage) return ["--", ...command];
  const [image, ...words] = command;
  return ["--image", image, ...(words.length === 0 ? [] : ["--", ...words])];
}
