import type { Command as CommanderCommand } from "commander";
import type { CaseRecord } from "../case.ts";
import { USUAL_PRODUCT_VERSION } from "../product-version.ts";
import type { EventLog } from "../report/event-log.ts";
import type { ReportedCase, RunEvent } from "../report/run-event.ts";
import type { TranscriptEntry } from "../report/transcript.ts";
import { EXIT, type ExitCode } from "../runner/exit-code.ts";
import { isMet } from "../runner/outcome.ts";
import { RECORDED, rightRecording, wrongRecording } from "../transcripts/recording-of.ts";
import { readTranscript, writeTranscript } from "../transcripts/transcript-file.ts";
import { olderCommandOf } from "./agent-attachment.ts";
import { readCatalogue } from "./catalogue.ts";
import { requireCommand } from "./command-line.ts";
import { type Interruption, watchInterruption } from "./interruption.ts";
import { judgeAgent } from "./judge-agent.ts";
import { judgeServer } from "./judge-server.ts";
import { addCaseOptions, type CaseOptions } from "./run-options.ts";

interface RecordOptions extends CaseOptions {
  readonly to: string;
  readonly of: string;
  readonly wrong?: true;
  readonly upgradeFrom?: string;
  readonly driver?: true;
}

type Judging = (run: {
  readonly log: EventLog;
  readonly interruption: Interruption;
  readonly nonce: string;
  readonly onWire: (record: CaseRecord, entries: readonly TranscriptEntry[]) => void;
}) => Promise<unknown>;

/** `record agent` and `record server`. */
export function addRecordCommand(program: CommanderCommand, exit: (code: ExitCode) => void): void {
  const record = program
    .command("record")
    .description("write down what goes over the wire in cases, for explain to show");

  addRecordOptions(record.command("agent").description("cases that judge an agent"))
    .option("--upgrade-from <command>", "as in agent")
    .action(async (words: string[], { upgradeFrom: older, ...options }: RecordOptions) => {
      const fixed = {
        attachment: { command: requireCommand(words), byImage: false, upgradeFrom: olderCommandOf(older) },
        options: { ...options, seed: options.seed ?? RECORDED.seed },
        catalogue: readCatalogue(),
        knownFailures: [],
      };
      exit(await recordCases(options, (run) => judgeAgent({ ...fixed, ...run })));
    });

  addRecordOptions(record.command("server").description("cases that judge a server"))
    .option("--driver", "as in server")
    .action(async (words: string[], options: RecordOptions) => {
      const fixed = {
        command: requireCommand(words),
        byImage: false,
        byDriver: options.driver ?? false,
        productVersion: USUAL_PRODUCT_VERSION,
        options: { ...options, seed: options.seed ?? RECORDED.seed },
        catalogue: readCatalogue(),
        knownFailures: [],
      };
      exit(await recordCases(options, (run) => judgeServer({ ...fixed, ...run })));
    });
}

function addRecordOptions(command: CommanderCommand): CommanderCommand {
  return addCaseOptions(command)
    .requiredOption("--to <directory>", "where the recordings go; those that are there keep their other half")
    .requiredOption("--of <words>", 'who is recorded, in words, such as "an agent that accepts every path"')
    .option(
      "--wrong",
      "record cases whose main clause is broken and that have no such example yet; else those that pass",
    )
    .argument("[command...]", "after --: the command that starts the target");
}

async function recordCases(options: RecordOptions, judge: Judging): Promise<ExitCode> {
  const wires = new Map<string, readonly TranscriptEntry[]>();
  const log = memoryLog();
  const interruption = watchInterruption();
  try {
    await judge({
      log,
      interruption,
      nonce: RECORDED.nonce,
      onWire: (record, entries) => void wires.set(record.id, entries),
    });
  } finally {
    interruption.end();
  }
  const ended = log.events.flatMap((event) => (event.type === "case-ended" ? [event.case] : []));
  const wanted = ended.filter((each) => (options.wrong ? isExample(each, options) : isMet(each.outcome)));
  for (const each of wanted) writeTranscript(withRecording(each, wires.get(each.id) ?? [], options), options.to);

  const others = ended.filter((each) => !wanted.includes(each) && each.outcome !== "not-applicable");
  console.log(`${wanted.length} cases recorded in ${options.to}`);
  for (const each of others) console.log(`not recorded: ${each.id} [${each.outcome}]`);
  return wanted.length === 0 ? EXIT.tooLittleRan : EXIT.conformant;
}

/** A failure of what the case is mainly about, and one is enough; any other one is recorded by naming the case. */
function isExample({ id, outcome, clauses, failure }: ReportedCase, { to, filter }: RecordOptions): boolean {
  if (outcome !== "fail") return false;
  if (filter === id) return true;
  const isMain = failure?.clause === undefined || failure.clause === clauses[0]?.id;
  return isMain && readTranscript(id, to).wrong === undefined;
}

function withRecording(each: ReportedCase, entries: readonly TranscriptEntry[], { to, of, wrong }: RecordOptions) {
  const before = readTranscript(each.id, to);
  if (!wrong) return { ...before, right: rightRecording(of, entries) };
  return { ...before, wrong: wrongRecording(of, entries, each.failure!) };
}

function memoryLog(): EventLog {
  const events: RunEvent[] = [];
  return { events, append: (event) => void events.push(event) };
}
