import type { z } from "zod";
import { type LimitSettings, limitNamed, parseLimit } from "./limit-settings.ts";
import { listenAddress } from "./setting-values.ts";
import type { PartialSettings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";

const LIMIT_PREFIX = "BERTH_LIMIT_";

/** Reads the variables by which a conformance run sets up an agent. Throws SettingsError for one that cannot be read. */
export function readEnvironment(environment: Readonly<NodeJS.ProcessEnv>): PartialSettings {
  return {
    root: nonEmpty("BERTH_ROOT", environment),
    listen: parsed("BERTH_LISTEN", listenAddress, environment),
    readyFile: nonEmpty("BERTH_READY_FILE", environment),
    limits: readLimits(environment),
  };
}

function nonEmpty(name: string, environment: Readonly<NodeJS.ProcessEnv>): string | undefined {
  if (environment[name] === "") throw new SettingsError(name, "it is empty", "Give it a path, or unset it.");
  return environment[name];
}

function parsed<Output>(
  name: string,
  schema: z.ZodType<Output, string>,
  environment: Readonly<NodeJS.ProcessEnv>,
): Output | undefined {
  const text = environment[name];
  if (text === undefined) return undefined;
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new SettingsError(name, result.error.issues[0]!.message, "Correct the variable, or unset it.");
}

function readLimits(environment: Readonly<NodeJS.ProcessEnv>): LimitSettings {
  const limits: LimitSettings = {};
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(LIMIT_PREFIX) || text === undefined) continue;
    const name = limitNamed(variable.slice(LIMIT_PREFIX.length));
    if (!name)
      throw new SettingsError(
        variable,
        "there is no such limit",
        "Name a field of Limits, such as BERTH_LIMIT_MAX_FILES.",
      );
    const limit = parseLimit(name, text);
    if (!limit.ok) throw new SettingsError(variable, limit.reason, "Give it a number that fits, or unset it.");
    Object.assign(limits, limit.limits);
  }
  return limits;
}
