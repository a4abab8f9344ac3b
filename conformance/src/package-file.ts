import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The path of a file in this package's own folder, wherever the package stands and whether it runs compiled or not. */
export function packageFile(name: string): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no package.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return join(folder, name);
}
