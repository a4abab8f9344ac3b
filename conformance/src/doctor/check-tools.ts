import { spawnSync } from "node:child_process";
import { type Finding, good, trouble } from "./finding.ts";

/** What the script uses that the suite has agents run as their host (src/material/shell-host.ts). */
export const HOST_TOOLS = ["cat", "env", "find", "ls", "mkdir", "sha256sum", "sleep", "sort", "wc"] as const;

/** A shell and the usual tools, where the agent runs; by address that can be another machine, which this cannot see. */
export function* checkTools(): Generator<Finding> {
  if (spawnSync("sh", ["-c", "exit 7"]).status !== 7) {
    yield trouble("sh", "it is not there, or does not run", "install a POSIX shell as /bin/sh");
    return;
  }
  yield good("sh", "runs");
  const missing = HOST_TOOLS.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (missing.length === 0) yield good("tools of the host", HOST_TOOLS.join(" "));
  else
    yield trouble(
      "tools of the host",
      `${missing.join(" ")} not found`,
      "install them (coreutils, findutils), or mend PATH",
    );
}
