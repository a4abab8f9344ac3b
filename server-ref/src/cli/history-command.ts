import type { Command } from "commander";
import { listHistory } from "../home/history.ts";
import { frame, type Options, runInFrame } from "./command-frame.ts";
import { formatTable } from "./table.ts";

const shownEntries = 100;

/** `history`. */
export function addHistoryCommand(program: Command): void {
  frame(program.command("history").description(`show the last ${shownEntries} syncs and runs, newest first`), [
    "history --json",
  ]).action((options: Options) =>
    runInFrame(options, ({ home, output }) => {
      const entries = listHistory(home, shownEntries);
      const rows = entries.map(({ at, action, agent, manifestDigest, sentBytes, outcome }) => [
        at,
        action,
        agent,
        manifestDigest.slice(0, 12),
        String(sentBytes),
        outcome,
      ]);
      output.answer(entries, formatTable(["AT", "ACTION", "AGENT", "MANIFEST", "BYTES", "OUTCOME"], rows));
    }),
  );
}
