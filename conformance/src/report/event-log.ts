import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { RunEvent } from "./run-event.ts";

/** The one record of what happened. */
export interface EventLog {
  append(event: RunEvent): void;
  readonly events: readonly RunEvent[];
}

/** Begins an empty log; every event is on the disk as soon as it has happened, so that a run that is cut off can be read. */
export function openEventLog(path: string, onEvent: (event: RunEvent) => void = () => undefined): EventLog {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  const events: RunEvent[] = [];
  return {
    events,
    append(event) {
      events.push(event);
      appendFileSync(path, `${JSON.stringify(event)}\n`);
      onEvent(event);
    },
  };
}
