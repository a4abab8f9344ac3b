import type { Command } from "commander";
import { drive, type RunCommandLine } from "../driver/drive.ts";
import { driverInputInvalid } from "../errors/driver-failures.ts";
import { createOutput } from "./output.ts";
import { terminal } from "./terminal.ts";

/** `driver`. A step can be any command line, which is run with `runCommandLine`. */
export function addDriverCommand(program: Command, runCommandLine: RunCommandLine): void {
  program
    .command("driver")
    .description("run the steps of a conformance suite, asked for on stdin and answered on stdout (berth.driver.v1)")
    .addHelpText("after", "\nExamples:\n  $ berth-conformance server --driver -- berth-server driver")
    .action(async () => {
      try {
        await drive(process.stdin, process.stdout, runCommandLine);
      } catch (error) {
        const failure = driverInputInvalid(error);
        createOutput(false).fail(failure);
        terminal().setExitCode(failure.exitCode);
      }
    });
}
