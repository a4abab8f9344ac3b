import { randomBytes } from "node:crypto";
import { readPackageJson } from "../material/real-packages.ts";
import { type Calibration, calibrate } from "../runner/calibrate.ts";
import type { RunScope } from "../runner/case-scope.ts";
import { newSeed } from "../runner/seeded-random.ts";
import type { CaseOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";

/** Measures the machine and settles the seed. The nonce tells apart what several runs leave on one agent. */
export async function openRunScope(
  options: CaseOptions,
  nonce = randomBytes(3).toString("hex"),
): Promise<{ scope: RunScope; calibration: Calibration }> {
  const seed = requireSeed(options.seed);
  await requirePackages(options.package);
  const calibration = await calibrate();
  const timeScale = options.timeScale * calibration.stretch;
  const scope = { seed, nonce, timeScale, packages: options.package };
  return { scope, calibration };
}

/** The seed that was asked for, or a new one. @throws {UsageError} when it is none. */
export function requireSeed(asked: string | undefined): string {
  const seed = asked ?? newSeed();
  if (!/^[0-9a-f]{1,16}$/.test(seed)) throw new UsageError(`the seed "${seed}" is not of hexadecimal digits`);
  return seed;
}

/** @throws {UsageError} when one of the directories is no unpacked npm package. */
export async function requirePackages(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    try {
      await readPackageJson(directory);
    } catch (cause) {
      throw new UsageError(
        `--package ${directory} is no unpacked npm package: its package.json with name and version cannot be read`,
        { cause },
      );
    }
  }
}
