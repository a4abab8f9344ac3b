import { readFileSync } from "node:fs";
import { z } from "zod";
import { lineOfItem } from "./line-of-item.ts";

const written = (what: string) => z.string().refine((text) => text.trim() !== "", `fill in ${what}`);

const entry = z.strictObject({
  case: z.string().min(1),
  /** The failure code it fails with; `blocked` for a case whose twin is a known failure. */
  code: z.string().min(1),
  /** The only agent version it holds for, where several agents are judged in one run; any when absent. */
  agentVersion: z.int().positive().optional(),
  reason: written("the reason: why it fails, and why that is accepted for now"),
  /** Where the failure is worked on, such as an issue's address. */
  issue: written("the issue: where it is worked on, such as an address"),
  /** The last day on which the entry holds. */
  expires: z.iso.date("write the last day on which the entry holds, such as 2027-03-31"),
});

/** Entries as the update writes new ones: what only a person can say is empty. */
const draft = entry.extend({ reason: z.string(), issue: z.string(), expires: z.string() });

/** A failure that is known, worked on, and accepted until a day. */
export type KnownFailure = z.infer<typeof entry>;

/**
 * Reads a file of known failures for use: a JSON array.
 *
 * @throws {Error} that names the file, the line and what to write there.
 */
export function readKnownFailures(path: string): KnownFailure[] {
  return readEntries(path, entry);
}

/** Reads a file of known failures to update it: entries that nobody has filled in yet are as good as others. */
export function readKnownFailureDrafts(path: string): KnownFailure[] {
  return readEntries(path, draft);
}

function readEntries(path: string, schema: z.ZodType<KnownFailure>): KnownFailure[] {
  const { text, content } = readJson(path);
  if (!Array.isArray(content)) {
    throw new Error(
      `${path}:1: is not a list of known failures; it begins with [ and ends with ], and is [] when empty`,
    );
  }
  const faults = content.flatMap((item, index) => {
    const parsed = schema.safeParse(item);
    if (parsed.success) return [];
    const who = typeof item?.case === "string" ? ` of ${item.case}` : "";
    return parsed.error.issues.map(
      ({ path: [field], message }) =>
        `${path}:${lineOfItem(text, index)}: entry${who}${field === undefined ? "" : `, ${String(field)}`}: ${message}`,
    );
  });
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return content;
}

function readJson(path: string): { readonly text: string; readonly content: unknown } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read: ${messageOf(error)}; without known failures leave --known-failures out`);
  }
  try {
    return { text, content: JSON.parse(text) };
  } catch (error) {
    const [, line] = /\(line (\d+) column \d+\)/.exec(messageOf(error)) ?? [];
    const place = line ?? text.split("\n").length;
    throw new Error(
      `${path}:${place}: is not JSON: ${messageOf(error)}; mend it there, or write it anew with known-failures update`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
