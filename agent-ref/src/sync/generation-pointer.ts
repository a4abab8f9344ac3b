import { readFile } from "node:fs/promises";
import { isDigestText } from "@berth/proto/rules/digest";
import { z } from "zod";
import { isMissing } from "../errors/storage-errors.ts";
import { writeAtomically } from "../storage/write-atomically.ts";

const schema = z.strictObject({
  format: z.literal(1),
  /** Digests in hexadecimal digits, the current generation first, then those that were current before it. */
  recent: z.array(z.string().refine(isDigestText)),
});

/** What the pointer says: the generations in the order they were confirmed last, or why it cannot be believed (SYNC-055). */
export type PointerReading =
  | { readonly kind: "read"; readonly recent: readonly string[] }
  | { readonly kind: "absent" }
  | { readonly kind: "damaged"; readonly reason: string };

/** Reads the pointer and believes nothing that is not whole: neither an empty nor a cut file, nor one of another form. */
export async function readPointer(file: string): Promise<PointerReading> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (isMissing(error)) return { kind: "absent" };
    throw error;
  }
  try {
    return { kind: "read", recent: schema.parse(JSON.parse(text)).recent };
  } catch {
    return { kind: "damaged", reason: text === "" ? "it is empty" : "it is cut short or not of its form" };
  }
}

/** Replaces the pointer whole or not at all. */
export async function writePointer(file: string, recent: readonly string[]): Promise<void> {
  await writeAtomically(file, `${JSON.stringify({ format: 1, recent })}\n`);
}
