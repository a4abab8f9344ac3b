import { type Command, InvalidArgumentError, Option } from "commander";
import { Failure } from "../errors/failure.ts";
import { defaultHomeDirectory, type ServerHome, withServerHome } from "../home/server-home.ts";
import { createOutput, type Output } from "./output.ts";
import { terminal } from "./terminal.ts";

/** What every command takes. */
interface CommonOptions {
  readonly home: string;
  readonly json?: true;
}

/** What a command works with. */
export interface CommandContext {
  readonly home: ServerHome;
  readonly output: Output;
}

/** Adds the options every command takes, and the examples that end its help. */
export function frame(command: Command, examples: readonly string[]): Command {
  return command
    .addOption(homeOption(terminal().home))
    .option("--json", "answer in JSON")
    .addHelpText("after", formatExamples(examples));
}

function homeOption(home: string | undefined): Option {
  const option = new Option("--home <dir>", "the server's home directory").argParser(requireDirectoryName);
  return home === undefined
    ? option.env("BERTH_HOME").default(defaultHomeDirectory, "~/.berth-server")
    : option.default(home);
}

/** How the help of a command or of a group of commands ends. */
export function formatExamples(examples: readonly string[]): string {
  return `\nExamples:\n${examples.map((example) => `  $ berth-server ${example}`).join("\n")}`;
}

/** Opens the home, does the work, and turns a failure into words and an exit code. */
export async function runInFrame(
  options: CommonOptions,
  work: (context: CommandContext) => Promise<void> | void,
): Promise<void> {
  const output = createOutput(options.json === true);
  try {
    await withServerHome(options.home, (home) => work({ home, output }));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    output.fail(error);
    terminal().setExitCode(error.exitCode);
  }
}

/** The options of a command in its own words, together with the common ones. */
export type Options<Own = unknown> = CommonOptions & Own;

// An empty BERTH_HOME would make the current directory the home.
function requireDirectoryName(text: string): string {
  if (text === "") throw new InvalidArgumentError("A home is a directory.");
  return text;
}
