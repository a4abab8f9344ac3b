/** The packages and files a server wants, as the canonical text of SYNC-001 states them. */
export interface Manifest {
  packages: Package[];
}

/** A named, versioned set of at least one file. There is at most one host. */
export type Package = ExtensionPackage | HostPackage;

/** What a server has loaded. */
export interface ExtensionPackage {
  kind: "extension";
  name: string;
  version: string;
  files: ManifestFile[];
}

/** What runs operations. */
export interface HostPackage {
  kind: "host";
  name: string;
  version: string;
  /** The path of the file that starts a host process: one of the package's executable files. */
  entry: string;
  files: ManifestFile[];
}

/** One file of a package. */
export interface ManifestFile {
  /** Relative to the package, `/`-separated (SYNC-010 to SYNC-017). */
  path: string;
  /** The SHA-256 of the content in 64 lower-case hexadecimal digits. */
  digest: string;
  /** The length of the content, a safe integer. */
  sizeBytes: number;
  /** Whether the file can be executed (SYNC-059). */
  executable: boolean;
}

/** One content, which can stand at several paths. */
export interface Content {
  digest: string;
  sizeBytes: number;
}
