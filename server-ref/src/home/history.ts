import type { ServerHome } from "./server-home.ts";

/** What was tried. */
interface HistorySubject {
  readonly action: "sync" | "run";
  readonly agent: string;
  readonly manifestDigest: Uint8Array;
}

/** How it went. */
interface HistoryOutcome<Result> {
  readonly result: Result;
  /** Content bytes the agent received for it. */
  readonly sentBytes: number;
  /** A few words, such as "committed" or "exited 0". */
  readonly outcome: string;
}

/** One sync or run of the past. */
export interface HistoryEntry {
  /** When it ended, in ISO 8601. */
  readonly at: string;
  readonly action: string;
  readonly agent: string;
  readonly manifestDigest: string;
  readonly sentBytes: number;
  readonly outcome: string;
}

/** Does the work and records it, however it ends. */
export async function recordingHistory<Result>(
  home: ServerHome,
  subject: HistorySubject,
  work: () => Promise<HistoryOutcome<Result>>,
): Promise<Result> {
  try {
    const { result, sentBytes, outcome } = await work();
    insert(home, subject, sentBytes, outcome);
    return result;
  } catch (error) {
    insert(home, subject, 0, error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** The last syncs and runs, newest first. */
export function listHistory(home: ServerHome, count: number): HistoryEntry[] {
  return home.database
    .prepare("SELECT * FROM history ORDER BY id DESC LIMIT ?")
    .all(count)
    .map((row) => ({
      at: new Date(Number(row.at_ms)).toISOString(),
      action: String(row.action),
      agent: String(row.agent),
      manifestDigest: Buffer.from(row.manifest_digest as Uint8Array).toString("hex"),
      sentBytes: Number(row.sent_bytes),
      outcome: String(row.outcome),
    }));
}

function insert(
  home: ServerHome,
  { action, agent, manifestDigest }: HistorySubject,
  sentBytes: number,
  outcome: string,
): void {
  home.database
    .prepare(
      "INSERT INTO history (at_ms, action, agent, manifest_digest, sent_bytes, outcome) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .run(Date.now(), action, agent, manifestDigest, sentBytes, outcome);
}
