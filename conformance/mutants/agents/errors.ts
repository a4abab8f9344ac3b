import { Metadata, status } from "@grpc/grpc-js";
import type { AgentMutant } from "../mutant.ts";

/** Broken refusals. */
export const errorsMutants: readonly AgentMutant[] = [
  {
    id: "errors-without-trailer",
    clause: "ERR-001",
    breaks: "It refuses with a status alone.",
    part: "errors/berth-error",
    mutate: ({ toServiceError }) => ({
      toServiceError: (error) => Object.assign(toServiceError(error), { metadata: new Metadata() }),
    }),
  },
  {
    id: "status-of-another-code",
    clause: "ERR-003",
    breaks: "It refuses an unknown session with PERMISSION_DENIED.",
    part: "errors/error-table",
    mutate: ({ errorTable }) => ({
      errorTable: { ...errorTable, SESSION_UNKNOWN: { status: status.PERMISSION_DENIED, retryable: false } },
    }),
  },
  {
    id: "retryable-when-it-is-not",
    clause: "ERR-004",
    breaks: "It calls every error retryable.",
    part: "errors/error-table",
    mutate: ({ errorTable }) => ({
      errorTable: Object.fromEntries(
        Object.entries(errorTable).map(([code, traits]) => [code, { ...traits, retryable: true }]),
      ) as typeof errorTable,
    }),
  },
  {
    id: "not-retryable-when-it-is",
    clause: "ERR-004",
    breaks: "It does not say that a start can be repeated once fewer operations run.",
    part: "errors/error-table",
    mutate: ({ errorTable }) => ({
      errorTable: { ...errorTable, TOO_MANY_OPERATIONS: { ...errorTable.TOO_MANY_OPERATIONS, retryable: false } },
    }),
  },
  {
    id: "phase-too-late",
    clause: "ERR-005",
    breaks: "It says of every refused call that it may have started.",
    part: "errors/berth-error",
    mutate: ({ toServiceError }) => ({
      toServiceError: (error) => toServiceError(Object.create(error, { phase: { value: "MAY_HAVE_STARTED" } })),
    }),
  },
  {
    id: "errors-without-remedy",
    clause: "ERR-006",
    breaks: "It says what is wrong and not what to do.",
    part: "errors/berth-error",
    mutate: ({ toServiceError }) => ({
      toServiceError: (error) => toServiceError(Object.create(error, { remedy: { value: "" } })),
    }),
  },
  {
    id: "errors-without-clause",
    clause: "ERR-006",
    breaks: "It names no clause.",
    part: "errors/berth-error",
    mutate: ({ toServiceError }) => ({
      toServiceError: (error) => toServiceError(Object.create(error, { clause: { value: "" } })),
    }),
  },
  {
    id: "refusal-ends-other-calls",
    clause: "ERR-007",
    breaks: "It ends every call that is under way when it refuses one.",
    part: "transport/unary",
    mutate({ unary }) {
      const underWay = new Set<(reason: unknown) => void>();
      return {
        unary: (handler, logger) =>
          unary(async (request, call) => {
            const ended = Promise.withResolvers<never>();
            underWay.add(ended.reject);
            try {
              return await Promise.race([handler(request, call), ended.promise]);
            } catch (reason) {
              for (const refuse of underWay) refuse(reason);
              throw reason;
            } finally {
              underWay.delete(ended.reject);
              ended.promise.catch(() => {});
            }
          }, logger),
      };
    },
  },
];
