import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { TargetUnreachable } from "../runner/failure.ts";
import type { Command } from "./process-group.ts";

/**
 * Makes sure that an image can be run.
 *
 * @throws {TargetUnreachable} when there is no client, no engine, or no such image on this machine; nothing is pulled.
 */
export async function requireImage(client: Command, image: string): Promise<void> {
  const [file, ...words] = client;
  const answer = async (...asked: string[]): Promise<Error | undefined> => {
    try {
      await promisify(execFile)(file, [...words, ...asked]);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
    return undefined;
  };
  const called = client.join(" ");
  const silent = await answer("version");
  if (silent !== undefined && "code" in silent && silent.code === "ENOENT") {
    throw new TargetUnreachable(`there is no container client \`${called}\`: install one, or name another in DOCKER`);
  }
  if (silent !== undefined) {
    throw new TargetUnreachable(
      `no container engine answers \`${called} version\`: start one, or name another client in DOCKER\n${silent.message}`,
    );
  }
  if ((await answer("image", "inspect", image)) !== undefined) {
    throw new TargetUnreachable(
      `there is no image "${image}" here: build it, or pull it with \`${called} pull ${image}\`; a run pulls nothing`,
    );
  }
}
