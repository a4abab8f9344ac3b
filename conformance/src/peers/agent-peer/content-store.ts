import { createHash, type Hash } from "node:crypto";
import type { AgentPeerOptions } from "./options.ts";

/** A content of which the beginning has arrived. */
export interface PartialContent {
  readonly hash: Hash;
  heldBytes: number;
}

/** What one agent of the suite's holds: whole contents, beginnings of contents, and generations, all by SHA-256 in hexadecimal. */
export interface ContentStore {
  readonly whole: Set<string>;
  readonly partial: Map<string, PartialContent>;
  readonly generations: Set<string>;
}

/** A store with what a case put into it. */
export function makeContentStore(options: AgentPeerOptions): ContentStore {
  const beginnings = (options.holdsInPart ?? []).map(({ content, heldBytes }): [string, PartialContent] => [
    sha256Hex(content),
    { hash: createHash("sha256").update(content.subarray(0, heldBytes)), heldBytes },
  ]);
  return {
    whole: new Set((options.holds ?? []).map(sha256Hex)),
    partial: new Map(beginnings),
    generations: new Set(),
  };
}

/** SHA-256 in 64 lower-case hexadecimal digits. */
function sha256Hex(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
