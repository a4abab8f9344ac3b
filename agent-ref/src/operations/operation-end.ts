import type { OperationRecord } from "./operation-record.ts";

/** How an operation ended. */
export type OperationEnd =
  | { readonly state: "EXITED"; readonly exitCode: number }
  | { readonly state: Exclude<OperationRecord["state"], "RUNNING" | "EXITED">; readonly reason: string };
