import { ExitCode } from "../errors/exit-code.ts";

/**
 * Says what happens when stdout takes no more, as in `berth-server packages list | head -1`. An answer was there for the taking, so the program ends well; a run or sync under way
 * is interrupted as by Ctrl-C, so that no operation goes on unseen. A stderr that nobody reads stops nothing.
 */
export function endWhenReaderLeaves(): void {
  process.stdout.once("error", (error: NodeJS.ErrnoException) => {
    process.stdout.on("error", () => {}); // every further write fails again
    if (process.emit("SIGINT")) return;
    process.exit(error.code === "EPIPE" ? ExitCode.ok : ExitCode.internal);
  });
  process.stderr.on("error", () => {});
}
