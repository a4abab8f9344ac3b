import { formatDigest, sha256 } from "@berth/proto/rules/digest";
import {
  countFiles,
  distinctContents,
  formatManifest,
  type Manifest,
  type Package,
  parseManifest,
  sumFileBytes,
} from "@berth/proto/rules/manifest";
import { databaseDamaged } from "../errors/home-failures.ts";
import { filesOf, listPackages, type StoredFile, type StoredPackage } from "../home/packages.ts";
import type { ServerHome } from "../home/server-home.ts";

/** A loaded package with its files. */
export interface WantedPackage extends StoredPackage {
  readonly files: StoredFile[];
}

/** What this server wants on every agent: exactly the packages it has loaded, with every file of each (SYNC-004). */
export interface WantedManifest {
  /** The canonical form (SYNC-003). */
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
  readonly digestText: string;
  readonly packages: readonly WantedPackage[];
  readonly fileCount: number;
  readonly fileBytes: bigint;
  /** The size of every content by its digest in hexadecimal, without the content of no bytes. */
  readonly sizes: ReadonlyMap<string, number>;
}

/** Makes the manifest of the loaded packages. Throws `homeDamaged` where the database holds what no manifest can name. */
export function readWantedManifest(home: ServerHome): WantedManifest {
  const packages = listPackages(home)
    .filter(({ loaded }) => loaded)
    .map((one) => ({ ...one, files: filesOf(home, one.id) }));
  const manifest: Manifest = { packages: packages.map(describe) };
  const bytes = format(home, manifest);
  const digest = sha256(bytes);
  return {
    bytes,
    digest,
    digestText: formatDigest(digest),
    packages,
    fileCount: countFiles(manifest),
    fileBytes: sumFileBytes(manifest),
    sizes: new Map(
      distinctContents(manifest).flatMap(({ digest, sizeBytes }) =>
        sizeBytes > 0 ? [[digest, sizeBytes] as const] : [],
      ),
    ),
  };
}

function describe({ kind, name, version, entry, files }: WantedPackage): Package {
  return kind === "host" ? { kind, name, version, entry: entry ?? "", files } : { kind, name, version, files };
}

// Checked when published; checked again because a database can be damaged in ways that SQLite does not see.
function format(home: ServerHome, manifest: Manifest): Uint8Array {
  try {
    const bytes = formatManifest(manifest);
    const parsed = parseManifest(bytes);
    if (parsed.ok) return bytes;
    throw new RangeError(parsed.message);
  } catch (error) {
    if (error instanceof RangeError)
      throw databaseDamaged(home.databaseFile, `its packages make no valid manifest: ${error.message}`, error);
    throw error;
  }
}
