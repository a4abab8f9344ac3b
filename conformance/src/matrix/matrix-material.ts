import { chmod, mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MaterialPackage } from "../material/release.ts";
import { extensionOf, hostOf } from "../material/shell-host.ts";

/** The extension whose one file tells whose files an operation sees. */
const EXTENSION = "marker";
const FILE = "marker.txt";

/** When the files of the two servers were modified: two times, the later one first, so that nothing rests on which is newer. */
export const MODIFIED = { one: new Date("2026-01-02T03:04:05Z"), two: new Date("2025-06-07T08:09:10Z") };

/**
 * `show` writes the marker. `hold READY GO` makes the file READY, waits for the file GO and then writes the marker, so that something can
 * happen to the files of an operation while it runs.
 */
const script = `#!/bin/sh
case $1 in
  show) ;;
  hold) : > "$2"; until [ -e "$3" ]; do sleep 0.01; done ;;
  *) exit 127 ;;
esac
cat "$BERTH_EXTENSIONS/${EXTENSION}/${FILE}"
`;

/** What the servers of the matrix load: the same host, and an extension of one name whose file says which server it is of. */
export function packagesOf(marker: string): readonly MaterialPackage[] {
  return [extensionOf(EXTENSION, { [FILE]: marker }), hostOf(script)];
}

/**
 * Writes a package to a directory, all files with one modification time. Two servers need two times: in the older dialects time alone
 * tells that a file is another one.
 */
export async function writePackage(item: MaterialPackage, directory: string, modified: Date): Promise<void> {
  for (const { path, content, exec } of item.files) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    if (exec) await chmod(file, 0o755);
    await utimes(file, modified, modified);
  }
}
