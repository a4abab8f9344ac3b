import type { Command } from "./process-group.ts";

/** What POSIX counts a limit of file sizes in. */
const BLOCK_BYTES = 512;

/**
 * A command whose program and everything it starts can let no file grow beyond a size, rounded down to 512 bytes. Writing more fails with
 * EFBIG, as it fails with ENOSPC where a disk is full: no root and no disk of one's own is needed for it.
 */
export function withFileSizeLimit(command: Command, maxBytes: number): Command {
  // Without the trap the system would end the program instead of refusing the write.
  const script = `trap '' XFSZ; ulimit -f ${Math.floor(maxBytes / BLOCK_BYTES)}; exec "$@"`;
  return ["sh", "-c", script, "sh", ...command];
}
