import { readFileSync } from "node:fs";
import { z } from "zod";

const readyFile = z.object({ address: z.string().regex(/^.+:[0-9]+$/) });
const SHOWN_CHARACTERS = 200;

/** What the ready file says just now. */
export type ReadyFileState =
  | { readonly kind: "absent" }
  /** Not what it has to be; an agent can be caught in the middle of writing it, so what counts is whether it stays so. */
  | { readonly kind: "damaged"; readonly content: string; readonly trouble: string }
  | { readonly kind: "ready"; readonly address: string };

/** Reads the ready file of an agent. */
export function readReadyFile(path: string): ReadyFileState {
  let content: string;
  try {
    content = readFileSync(path, "utf8");
  } catch {
    return { kind: "absent" };
  }
  try {
    return { kind: "ready", address: readyFile.parse(JSON.parse(content)).address };
  } catch (error) {
    const trouble = error instanceof z.ZodError ? `it has no "address" of the form HOST:PORT` : "it is not JSON";
    return { kind: "damaged", content, trouble };
  }
}

/** A damaged ready file in words, with what it has to hold. */
export function damageInWords(path: string, { content, trouble }: ReadyFileState & { kind: "damaged" }): string {
  const shown = content.length <= SHOWN_CHARACTERS ? content : `${content.slice(0, SHOWN_CHARACTERS)}…`;
  return `wrote a ready file that cannot be read: ${trouble}. ${path} holds ${JSON.stringify(shown)}, where {"address": "127.0.0.1:PORT"} belongs`;
}
