import { readFileSync } from "node:fs";
import { z } from "zod";
import { findJsonFault } from "./json-fault.ts";
import { type LimitSettings, limitNamed, parseLimit } from "./limit-settings.ts";
import { agentVersion, directoryPath, durationMs, listenAddress } from "./setting-values.ts";
import type { PartialSettings } from "./settings.ts";
import { SettingsError } from "./settings-error.ts";

const limits = z.record(z.string(), z.int().min(0)).transform((entries, context) => {
  const settings: LimitSettings = {};
  for (const [key, value] of Object.entries(entries)) {
    const name = limitNamed(key);
    const limit = name ? parseLimit(name, String(value)) : { ok: false as const, reason: "there is no such limit" };
    if (limit.ok) Object.assign(settings, limit.limits);
    else context.addIssue({ code: "custom", path: [key], message: limit.reason });
  }
  return settings;
});

const schema = z.strictObject({
  root: directoryPath.optional(),
  listen: listenAddress.optional(),
  agentVersion: agentVersion.optional(),
  plaintext: z.boolean().optional(),
  insecurePlaintextBeyondLoopback: z.boolean().optional(),
  readyFile: z.string().min(1).optional(),
  ownershipWindow: durationMs.optional(),
  /** By the names of the handshake's Limits, such as `max_files`. */
  limits: limits.optional(),
});

/** Reads a settings file. Throws SettingsError with the line of what is wrong. */
export function readSettingsFile(file: string): PartialSettings {
  const text = readText(file);
  const result = schema.safeParse(parseJson(file, text));
  if (!result.success) {
    const issue = result.error.issues[0]!;
    if (issue.code === "unrecognized_keys") {
      const unknown = issue.keys[0]!;
      const where = `${file}:${lineOfKeys(text, [unknown])}`;
      const known = Object.keys(schema.shape).join(", ");
      throw new SettingsError(where, `${unknown}: there is no such setting`, `Leave it out; there are ${known}.`);
    }
    const keys = issue.path;
    const problem = keys.length === 0 ? issue.message : `${keys.join(".")}: ${issue.message}`;
    throw new SettingsError(`${file}:${lineOfKeys(text, keys)}`, problem, "Correct the setting, or leave it out.");
  }
  const { ownershipWindow, limits: fileLimits, ...settings } = result.data;
  return {
    ...settings,
    limits: { ...fileLimits, ...(ownershipWindow !== undefined && { ownershipWindowMs: ownershipWindow }) },
  };
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\ufeff/, ""); // some editors begin a file with a byte order mark
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(file, `it cannot be read: ${reason}`, "Name a file that the agent can read.");
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const { line, problem } = findJsonFault(text);
    throw new SettingsError(`${file}:${line}`, `it is not JSON: ${problem}`, "Correct the line.");
  }
}

/** The line on which the last of the keys stands, each looked for behind the one before. */
function lineOfKeys(text: string, keys: readonly PropertyKey[]): number {
  let position = 0;
  for (const key of keys) position = Math.max(position, text.indexOf(JSON.stringify(String(key)), position));
  return lineAt(text, position);
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split("\n").length;
}
