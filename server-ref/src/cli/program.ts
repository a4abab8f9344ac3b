import { Command } from "commander";
import { readOwnVersion } from "../home/own-version.ts";
import { addAgentsCommands } from "./agents-commands.ts";
import { addHistoryCommand } from "./history-command.ts";
import { addPackagesCommands } from "./packages-commands.ts";
import { addRunCommand } from "./run-command.ts";
import { addSettingsCommands } from "./settings-commands.ts";
import { addSyncCommand } from "./sync-command.ts";

const exitCodes = `
Exit codes:
    0  done
    2  a command line, setting or package that cannot be right
    3  not found
    4  already exists
    5  the agent cannot be reached
    6  the agent refused
    7  refused for the sake of transport security
    8  the home is damaged or cannot be read
    9  the sync broke off
   10  the operation ended without an exit code
  130  interrupted
   70  a fault of this program
  run ends with the operation's own exit code.`;

/** The command line of `berth-server`. */
export function createProgram(): Command {
  const program = new Command("berth-server")
    .description(
      "The reference server of the Berth protocol: publishes packages, brings agents to them, and runs operations there.",
    )
    .version(readOwnVersion())
    .enablePositionalOptions()
    .showHelpAfterError("(see berth-server --help)")
    .addHelpText("after", exitCodes)
    .exitOverride();
  addSettingsCommands(program);
  addPackagesCommands(program);
  addAgentsCommands(program);
  addSyncCommand(program);
  addRunCommand(program);
  addHistoryCommand(program);
  return program;
}
