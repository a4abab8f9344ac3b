import { randomBytes } from "node:crypto";
import { type Calibration, calibrate } from "../runner/calibrate.ts";
import type { RunScope } from "../runner/case-scope.ts";
import { newSeed } from "../runner/seeded-random.ts";
import type { RunOptions } from "./run-options.ts";
import { UsageError } from "./usage-error.ts";

/** Measures the machine and settles the seed. */
export async function openRunScope(options: RunOptions): Promise<{ scope: RunScope; calibration: Calibration }> {
  const seed = options.seed ?? newSeed();
  if (!/^[0-9a-f]{1,16}$/.test(seed)) throw new UsageError(`the seed "${seed}" is not of hexadecimal digits`);
  const calibration = await calibrate();
  const scope = { seed, nonce: randomBytes(3).toString("hex"), timeScale: options.timeScale * calibration.stretch };
  return { scope, calibration };
}
