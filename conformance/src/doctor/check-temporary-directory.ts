import { execFileSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeTemporaryDirectory } from "../attach/temporary-directory.ts";
import { type Finding, good, note, reasonOf, trouble } from "./finding.ts";

const ELSEWHERE = "set TMPDIR to a directory that is";
const NEEDED_BYTES = 512 * 1024 * 1024;

/** Roots and homes of targets, and the directories of cases, are made in the system's temporary directory. */
export function* checkTemporaryDirectory(): Generator<Finding> {
  let directory: string;
  try {
    directory = makeTemporaryDirectory("berth-doctor-");
  } catch (error) {
    yield trouble("temporary directory", `${tmpdir()}: ${reasonOf(error)}`, `${ELSEWHERE} there and writable`);
    return;
  }
  try {
    yield good("temporary directory", `${tmpdir()} is writable`);
    yield executing(directory);
    yield space(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The suite's host is a script that an agent starts from its root. */
function executing(directory: string): Finding {
  const script = join(directory, "script");
  try {
    writeFileSync(script, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
    execFileSync(script, { stdio: "ignore" });
    return good("programs there", "can be started");
  } catch (error) {
    return trouble("programs there", reasonOf(error), `${ELSEWHERE} on a file system without noexec`);
  }
}

function space(directory: string): Finding {
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const found = `${Math.floor(free / 1024 / 1024)} MiB free`;
  if (free >= NEEDED_BYTES) return good("space there", found);
  return note(
    "space there",
    found,
    `free some: a run with real packages needs up to ${NEEDED_BYTES / 1024 / 1024} MiB`,
  );
}
