import { Command } from "commander";
import type { RunCommandLine } from "../driver/drive.ts";
import { readOwnVersion } from "../home/own-version.ts";
import { addAgentsCommands } from "./agents-commands.ts";
import { addDriverCommand } from "./driver-command.ts";
import { addHistoryCommand } from "./history-command.ts";
import { addPackagesCommands } from "./packages-commands.ts";
import { addRunCommand } from "./run-command.ts";
import { addSettingsCommands } from "./settings-commands.ts";
import { addSyncCommand } from "./sync-command.ts";
import { terminal } from "./terminal.ts";

const exitCodes = `
Exit codes:
    0  done
    2  a command line, setting or package that cannot be right, or a Node older than 24
    3  not found
    4  already exists
    5  the agent cannot be reached
    6  the agent refused
    7  refused for the sake of transport security
    8  the home is damaged, or cannot be read or written
    9  the sync broke off, or the agent does not keep to the protocol
   10  the operation ended without an exit code
   11  the agent gives less isolation than --require-isolation asks for
   70  a fault of this program
  130  interrupted
run ends with the operation's own exit code where there is one.`;

const examples = `
Examples:
  $ berth-server packages add ./host --kind host --name node-host --version 2.0.0 --entry bin/host
  $ berth-server agents add local 127.0.0.1:44949
  $ berth-server sync local
  $ berth-server run local deploy --force

Every command takes --home and --json; see berth-server COMMAND --help.`;

/** The command line of `berth-server`; `runCommandLine` runs another one. */
export function createProgram(runCommandLine: RunCommandLine): Command {
  const program = new Command("berth-server")
    .description(
      "The reference server of the Berth protocol: publishes packages, brings agents to them, and runs operations there.",
    )
    .version(readOwnVersion())
    .enablePositionalOptions()
    .showHelpAfterError("(see berth-server --help)")
    .addHelpText("after", exitCodes)
    .addHelpText("after", examples)
    .configureOutput({
      writeOut: (text) => void terminal().print("stdout", text),
      writeErr: (text) => void terminal().print("stderr", text),
    })
    .exitOverride();
  addSettingsCommands(program);
  addPackagesCommands(program);
  addAgentsCommands(program);
  addSyncCommand(program);
  addRunCommand(program);
  addHistoryCommand(program);
  addDriverCommand(program, runCommandLine);
  return program;
}
