import { CommanderError } from "commander";
import { ExitCode } from "../errors/exit-code.ts";
import { createProgram } from "./program.ts";
import { terminal } from "./terminal.ts";

/** Runs one command line to its end, on the terminal it is connected to. Never rejects. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  const { print, setExitCode } = terminal();
  try {
    await createProgram(runCommandLine).parseAsync(words, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      setExitCode(error.exitCode === 0 ? ExitCode.ok : ExitCode.invalidInput);
      return;
    }
    const reason = error instanceof Error ? error.stack : String(error);
    await print("stderr", `error: A fault of berth-server itself: ${reason}\n`);
    setExitCode(ExitCode.internal);
  }
}
