import type { Suite } from "mocha";
import { readCatalogue } from "../cli/catalogue.ts";
import { openServerRun } from "../cli/judge-server.ts";
import { requireProductVersion } from "../cli/require-product-version.ts";
import { USUAL_PRODUCT_VERSION } from "../product-version.ts";
import { caseOptionsOf, knownFailuresIn, type MountOptions, unwatched } from "./mount-options.ts";
import { mountRun } from "./mount-run.ts";

/** How the server is driven, and what is judged. */
export interface ServerMountOptions extends MountOptions {
  /** The command that runs one step, or the driver, and its arguments; the contract is in SERVER.md. */
  readonly command: readonly [string, ...string[]];
  /** True when the command is one program that takes steps as messages (berth.driver.v1). */
  readonly driver?: boolean;
  /** What the server is judged as, such as `Otter 2.2.10`; a product without a minimum version for instancing when absent. */
  readonly as?: string;
}

/**
 * Mounts the cases that judge a server in a suite of mocha, as `mountAgentSuite` does for an agent.
 *
 * @throws {Error} when the options cannot be understood, or nothing would be mounted.
 */
export function mountServerSuite(suite: Suite, options: ServerMountOptions): void {
  const { command, driver: byDriver = false, as, profile, shard } = options;
  const productVersion = as === undefined ? USUAL_PRODUCT_VERSION : requireProductVersion(as);
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
        byImage: false,
        byDriver,
        productVersion,
        profile,
        shard,
        options: caseOptions,
        catalogue,
        knownFailures,
        interruption: unwatched,
      }),
  });
}
