import { CommanderError } from "commander";
import { ExitCode } from "../errors/exit-code.ts";
import { createProgram } from "./program.ts";
import { endWhenReaderLeaves } from "./reader-left.ts";

endWhenReaderLeaves();

try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.invalidInput;
  } else {
    process.stderr.write(
      `error: A fault of berth-server itself: ${error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = ExitCode.internal;
  }
}
