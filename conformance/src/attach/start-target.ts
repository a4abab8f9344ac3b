import { type Command, type ProcessGroup, startProcessGroup } from "./process-group.ts";

/** Starts a program of the target: its command, and what the contract in README.md says to it, as environment variables. */
export type StartTarget = (
  command: Command,
  contract: Readonly<Record<string, string>>,
  stdin?: "ignore" | "pipe",
) => ProcessGroup;

/** Starts it as a process of this machine, in the suite's own environment. */
export const startAsProcess: StartTarget = (command, contract, stdin) =>
  startProcessGroup(command, { ...process.env, ...contract }, stdin);
