import { Option } from "commander";

/** What `isolationOption` makes of the command line. */
export interface IsolationOptions {
  readonly requireIsolation?: true;
}

/** `--require-isolation`, for every command that sends something to an agent (INST-043). */
export function isolationOption(): Option {
  return new Option(
    "--require-isolation",
    "send and start nothing where the agent gives this server less isolation than its settings ask for",
  );
}
