import type { Command } from "../attach/process-group.ts";
import { AGENT_VERSIONS, isJudged } from "../matrix/cell.ts";
import { referencePackage, referenceProgram } from "../reference-program.ts";
import { splitCommandLine } from "./command-line.ts";
import { UsageError } from "./usage-error.ts";

/** What stands for an agent's version in its command. */
export const VERSION = "{version}";

/** A server as the command line names it. */
export interface ServerOption {
  /** What is before the `=`; nothing for a command alone. */
  readonly name?: string;
  readonly command: Command;
}

/** An agent as the command line names it. */
export interface AgentOption {
  /** What is before the `=`; nothing for a command alone. */
  readonly name?: string;
  /** Undefined where the agent has to be asked: no version was named, and its command has no place for one. */
  readonly versions?: readonly number[];
  readonly commandOf: (version: number) => Command;
}

/** Reads every `--agent`; the reference agent in all its versions where there is none. @throws {UsageError} when one cannot be understood, or two cannot be told apart. */
export function agentOptions(texts: readonly string[]): AgentOption[] {
  if (texts.length === 0) return [referenceAgent()];
  return requireNames(texts.map(agentOption), "agent");
}

/** Reads every `--server`; the reference server where there is none. @throws {UsageError} when one cannot be understood, or two cannot be told apart. */
export function serverOptions(texts: readonly string[]): ServerOption[] {
  if (texts.length === 0) return [{ command: [process.execPath, requireReference("server"), "driver"] }];
  return requireNames(texts.map(serverOption), "server");
}

function referenceAgent(): AgentOption {
  const program = requireReference("agent");
  return {
    versions: AGENT_VERSIONS,
    commandOf: (version) => [process.execPath, program, "run", "--agent-version", String(version)],
  };
}

function requireReference(end: "agent" | "server"): string {
  const program = referenceProgram(end);
  if (program !== undefined) return program;
  const name = referencePackage(end);
  throw new UsageError(
    `no --${end} is given, and the reference in ${name} is not installed beside this suite: name one, or npm install ${name}`,
  );
}

function agentOption(text: string): AgentOption {
  const { label, line } = split(text, "agent");
  const at = label?.indexOf("@") ?? -1;
  const stated = at < 0 ? undefined : label?.slice(at + 1);
  const name = label === undefined ? {} : { name: requireName(at < 0 ? label : label.slice(0, at), "agent") };
  const everywhere = line.includes(VERSION);
  const versions = stated === undefined ? everywhere && AGENT_VERSIONS : requireVersions(stated);
  if (versions && versions.length > 1 && !everywhere) {
    throw new UsageError(
      `--agent "${text}" names several versions, and its command has no ${VERSION} that says which one to be`,
    );
  }
  return {
    ...name,
    ...(versions ? { versions } : {}),
    commandOf: (version) => splitCommandLine(line.replaceAll(VERSION, String(version))),
  };
}

function serverOption(text: string): ServerOption {
  const { label, line } = split(text, "server");
  return { ...(label === undefined ? {} : { name: requireName(label, "server") }), command: splitCommandLine(line) };
}

/** A first word with a slash or a quote is a program, whatever else is in it. */
function split(text: string, option: string): { readonly label?: string; readonly line: string } {
  const { label, line = "" } = /^\s*(?<label>[^\s"'/\\=]*)=(?<line>.*)$/s.exec(text)?.groups ?? {};
  const command = label === undefined ? text : line;
  if (command.trim() === "") throw new UsageError(`--${option} "${text}" has no command: write NAME=COMMAND`);
  return label === undefined ? { line: command } : { label, line: command };
}

function requireName(name: string, option: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(name)) return name;
  throw new UsageError(
    `"${name}" before the = of --${option} is no name: letters, digits, ".", "_" and "-", at most 32; ` +
      "a program whose own name has an = is written in quotes",
  );
}

function requireVersions(text: string): readonly number[] {
  const { from, to = from } = /^(?<from>[1-9][0-9]{0,5})(?:-(?<to>[1-9][0-9]{0,5}))?$/.exec(text)?.groups ?? {};
  const bounds = [Number(from), Number(to)] as const;
  if (bounds[0] === bounds[1] && isJudged(bounds[0])) return [bounds[0]];
  const within = AGENT_VERSIONS.filter((version) => bounds[0] <= version && version <= bounds[1]);
  if (within.length > 0 && bounds.every(isJudged)) return within;
  throw new UsageError(
    `"@${text}" is no version of an agent: there are ${AGENT_VERSIONS.join(", ")} and later ones; several are written as @49-51`,
  );
}

function requireNames<Option extends { readonly name?: string }>(options: Option[], option: string): Option[] {
  if (options.length === 1) return options;
  const names = options.map(({ name }) => name);
  if (names.includes(undefined)) {
    throw new UsageError(`several --${option} need a name each, as in --${option} "mine=./my-${option}"`);
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw new UsageError(`two --${option} have the name "${twice}"; give each a name of its own`);
  return options;
}
