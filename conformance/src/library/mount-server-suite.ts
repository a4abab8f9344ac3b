import type { Suite } from "mocha";
import { readCatalogue } from "../cli/catalogue.ts";
import { openServerRun } from "../cli/judge-server.ts";
import { caseOptionsOf, knownFailuresIn, type MountOptions, unwatched } from "./mount-options.ts";
import { mountRun } from "./mount-run.ts";

/** How the server is driven, and what is judged. */
export interface ServerMountOptions extends MountOptions {
  /** The command that runs one step, or the driver, and its arguments; the contract is in SERVER.md. */
  readonly command: readonly [string, ...string[]];
  /** True when the command is one program that takes steps as messages (berth.driver.v1). */
  readonly driver?: boolean;
}

/**
 * Mounts the cases that judge a server in a suite of mocha, as `mountAgentSuite` does for an agent.
 *
 * @throws {Error} when the options cannot be understood, or nothing would be mounted.
 */
export function mountServerSuite(suite: Suite, options: ServerMountOptions): void {
  const { command, driver: byDriver = false, profile, shard } = options;
  const catalogue = readCatalogue();
  const knownFailures = knownFailuresIn(options);
  const caseOptions = caseOptionsOf(options);
  mountRun(suite, {
    catalogue: catalogue.serverCases,
    clauses: catalogue.clauses,
    selecting: { filter: options.filter, shard },
    open: () =>
      openServerRun({
        command,
        byDriver,
        profile,
        shard,
        options: caseOptions,
        catalogue,
        knownFailures,
        interruption: unwatched,
      }),
  });
}
