import type { CaseRecord } from "../case.ts";
import type { ClauseIndex } from "../clauses/read-clauses.ts";
import { type Dialect, dialectsInWords } from "../dialect.ts";

const ID = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;
const FEATURE = /^[a-z][a-z0-9-]*@[1-9][0-9]*$/;

/** The faults of the suite's own case records, one line each; any is the suite's fault and stops a run before it starts. */
export function checkRecords(records: readonly CaseRecord[], clauses: ClauseIndex): string[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  const counts = new Map<string, number>();
  for (const { id } of records) counts.set(id, (counts.get(id) ?? 0) + 1);

  return records.flatMap((record) => {
    const faults: string[] = [];
    if (!ID.test(record.id)) faults.push("the id is not of lower-case letters, digits and hyphens");
    if ((counts.get(record.id) ?? 0) > 1) faults.push("the id is used twice");
    if (record.title.trim() === "") faults.push("it has no title");
    if (record.clauses.length === 0) faults.push("it cites no clause");
    for (const id of record.clauses) if (!clauses.has(id)) faults.push(`it cites ${id}, which is no clause`);
    for (const name of record.features ?? []) if (!FEATURE.test(name)) faults.push(`"${name}" is no feature name`);
    faults.push(...twinFaults(record, byId));
    return faults.map((fault) => `${record.id}: ${fault}`);
  });
}

function twinFaults(record: CaseRecord, byId: ReadonlyMap<string, CaseRecord>): string[] {
  const seen = new Set([record.id]);
  for (let id = record.twin; id !== undefined; id = byId.get(id)?.twin) {
    if (!byId.has(id)) return [`its twin ${id} is no case`];
    if (seen.has(id)) return [`its twins lead in a circle over ${id}`];
    seen.add(id);
  }
  return [];
}

/** Cases that judge agents and have a twin that does not apply wherever they do, one line each. */
export function checkTwinDialects(records: readonly CaseRecord[]): string[] {
  const byId = new Map(records.map((record) => [record.id, record]));
  return records.flatMap((record) => {
    const twin = byId.get(record.twin ?? "");
    if (twin === undefined) return [];
    const alone = dialectsOf(record).filter((dialect) => !dialectsOf(twin).includes(dialect));
    return alone.length === 0
      ? []
      : [`${record.id}: its twin ${twin.id} is not for the dialect ${dialectsInWords(alone)}`];
  });
}

function dialectsOf({ dialects = [49] }: CaseRecord): readonly Dialect[] {
  return dialects;
}
