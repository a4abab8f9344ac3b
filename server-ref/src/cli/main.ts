import { endWhenReaderLeaves } from "./reader-left.ts";
import { runCommandLine } from "./run-command-line.ts";

endWhenReaderLeaves();
await runCommandLine(process.argv.slice(2));
