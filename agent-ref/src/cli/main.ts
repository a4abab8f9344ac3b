import { readFileSync } from "node:fs";
import { Command } from "commander";
import { certificateCommand } from "./certificate-command.ts";
import { EXIT_CODE_HELP } from "./exit-codes.ts";
import { reportFailure } from "./failure.ts";
import { runCommand } from "./run-command.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
};

const program = new Command("berth-agent")
  .description("The reference agent of the Berth protocol: takes packages from servers and runs their operations.")
  .version(version)
  .addHelpText("after", EXIT_CODE_HELP);
for (const command of [runCommand(), certificateCommand()]) program.addCommand(command);
for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) command.exitOverride();

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
