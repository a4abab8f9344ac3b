import { setTimeout as timePassed } from "node:timers/promises";
import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

/** Broken calls that start operations: what they can name, and how long they wait. */
export const operationCallMutants: readonly AgentMutant[] = [
  {
    id: "name-with-control-characters",
    clause: "OP-012",
    breaks: "It takes a name with a tab or a line break.",
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, ...rest) => checkNameAndArguments(name.replaceAll(/[\t\n]/g, " "), ...rest),
    }),
  },
  {
    id: "name-counted-in-characters",
    clause: "OP-012",
    breaks: "It counts the characters of a name, and not its bytes.",
    part: "operations/operation-request",
    mutate: ({ checkNameAndArguments }) => ({
      checkNameAndArguments: (name, ...rest) => checkNameAndArguments(name.replaceAll("é", "e"), ...rest),
    }),
  },
  {
    id: "start-never-waits",
    clause: "OP-013",
    breaks: "It answers a start at once, whatever wait_ms is.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ start }) => ({ start: (request) => start({ ...request, waitMs: 0n }) })),
  },
  {
    id: "start-waits-to-the-end-of-its-wait",
    clause: "OP-013",
    breaks: "It answers a start after wait_ms, however soon the operation has ended.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ start }) => ({
      async start(request) {
        const [view] = await Promise.all([start(request), timePassed(Math.min(Number(request.waitMs), 30_000))]);
        return view;
      },
    })),
  },
  {
    id: "start-waits-beyond-the-limit",
    clause: "OP-013",
    breaks: "It does not cut the wait of a start to max_wait_ms.",
    part: "instancing/open-instance",
    mutate: ({ openInstance }) => ({
      openInstance: (options) => openInstance({ ...options, limits: { ...options.limits, maxWaitMs: 0n } }),
    }),
  },
  {
    id: "operation-id-in-braces",
    clause: "OP-014",
    breaks: "It takes a UUID in braces.",
    part: "operations/operation-request",
    mutate: ({ parseOperationId }) => ({
      parseOperationId: (text) => parseOperationId(text.replace(/^\{(.*)\}$/, "$1")),
    }),
  },
  {
    id: "nil-operation-id",
    clause: "OP-014",
    breaks: "It takes the nil UUID for an operation id.",
    part: "rules/uuid",
    mutate: ({ parseUuid }) => ({
      parseUuid: (text) => parseUuid(text) ?? (/^[0-]{36}$/.test(text) ? text : undefined),
    }),
  },
  {
    id: "operation-ids-by-the-letter",
    clause: "OP-018",
    breaks: "It takes an operation id in upper case for another than the same in lower case.",
    part: "operations/operation-request",
    mutate: ({ parseOperationId }) => ({
      parseOperationId(text) {
        parseOperationId(text);
        return text;
      },
    }),
  },
];
