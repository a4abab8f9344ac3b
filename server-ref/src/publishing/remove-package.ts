import { rmSync } from "node:fs";
import { join } from "node:path";
import { inTransaction } from "../home/database.ts";
import { findPackage, type PackageKey, type StoredPackage } from "../home/packages.ts";
import type { ServerHome } from "../home/server-home.ts";

/** Forgets a package version and deletes its pack. No other version is loaded in its place. Throws `notFound`. */
export function removePackage(home: ServerHome, key: PackageKey): StoredPackage {
  const removed = inTransaction(home.database, () => {
    const found = findPackage(home, key);
    home.database.prepare("DELETE FROM packages WHERE id = ?").run(found.id);
    return found;
  });
  // After the commit: a pack without a row is a leftover, which the next add clears away; a row without a pack would be damage.
  rmSync(join(home.packsDirectory, removed.pack), { force: true });
  return removed;
}
