import type { Command } from "../attach/process-group.ts";
import { UsageError } from "../cli/usage-error.ts";
import { packageFile } from "../package-file.ts";
import { referencePackage, referenceProgram } from "../reference-program.ts";

/** Which of the two ends a mutant is. */
export type End = "agent" | "server";

/** The command lines of the references and of their mutants. Every mutant is a process of its own. */
export interface MutantCommands {
  /** The reference agent as it is. */
  agent(version: number): Command;
  /** The reference server as it is, as a driver. */
  readonly server: Command;
  mutantAgent(id: string, usedFile: string, version: number): Command;
  mutantServer(id: string, usedFile: string): Command;
}

/**
 * Finds the references, which are packages of their own.
 *
 * @throws {UsageError} when they are not installed.
 */
export function mutantCommands(): MutantCommands {
  const agent = requireProgram("agent");
  const server = requireProgram("server");
  const runAgent = packageFile("dist/mutants/run-agent.js");
  const runServer = packageFile("dist/mutants/run-server.js");
  const runAs = (version: number) => ["run", "--agent-version", String(version)];
  return {
    agent: (version) => [process.execPath, agent, ...runAs(version)],
    server: [process.execPath, server, "driver"],
    mutantAgent: (id, usedFile, version) => [process.execPath, runAgent, id, usedFile, ...runAs(version)],
    mutantServer: (id, usedFile) => [process.execPath, runServer, id, usedFile, "driver"],
  };
}

function requireProgram(end: End): string {
  const program = referenceProgram(end);
  if (program !== undefined) return program;
  const name = referencePackage(end);
  throw new UsageError(
    `mutants are made from the references, and ${name} is not installed beside this suite: npm install ${name}`,
  );
}
