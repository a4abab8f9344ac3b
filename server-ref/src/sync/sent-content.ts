import type { WantedManifest } from "./wanted-manifest.ts";

/** What bringing an agent to the loaded packages moved, in bytes. */
export interface SentContent {
  /** Content the agent received, decoded. */
  readonly sentBytes: number;
  /** The same as it went over the wire, coded. */
  readonly payloadBytes: number;
  /** Content that was there already. */
  readonly reusedBytes: number;
  /** What happened, in a few words, such as "committed". */
  readonly outcome: string;
}

/** The agent had everything: the handshake confirmed the generation (HS-027). */
export function nothingSent({ sizes }: WantedManifest): SentContent {
  const reusedBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  return { sentBytes: 0, payloadBytes: 0, reusedBytes, outcome: "already present" };
}
