import { sha256 } from "./sha256.ts";

/** A file of a package, in memory. */
export interface MaterialFile {
  readonly path: string;
  readonly content: Uint8Array;
  /** True for a file that can be executed (SYNC-059). */
  readonly exec?: boolean;
}

/** A package as a server would have it loaded. */
export type MaterialPackage =
  | {
      readonly kind: "extension";
      readonly name: string;
      readonly version: string;
      readonly files: readonly MaterialFile[];
    }
  | {
      readonly kind: "host";
      readonly name: string;
      readonly version: string;
      /** The path of the file that starts the host. */
      readonly entry: string;
      readonly files: readonly MaterialFile[];
    };

/** A manifest with all it names: what a server brings an instance to. */
export interface Release {
  readonly manifest: Uint8Array;
  /** The SHA-256 of the manifest: 32 bytes. */
  readonly digest: Uint8Array;
  /** Every content by its digest in hexadecimal digits, in the order of first appearance in the manifest. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/**
 * Writes packages as a manifest in canonical form (SYNC-001): it puts packages and files in order, and checks nothing else,
 * so that a case can write any path and any name.
 */
export function releaseOf(...packages: readonly MaterialPackage[]): Release {
  const ordered = packages.toSorted((a, b) => byBytes(a.kind, b.kind) || byBytes(a.name, b.name));
  const contents = new Map<string, Uint8Array>();
  const lines = ["berth-manifest 1"];
  for (const item of ordered) {
    const entry = item.kind === "host" ? ` ${item.entry}` : "";
    lines.push(`${item.kind} ${item.name} ${item.version}${entry}`);
    for (const file of item.files.toSorted((a, b) => byBytes(a.path, b.path))) {
      const digest = sha256(file.content).toString("hex");
      contents.set(digest, file.content);
      lines.push(`${file.exec ? "exec" : "file"} ${digest} ${file.content.length} ${file.path}`);
    }
  }
  return { ...manifestOf(`${lines.join("\n")}\n`), contents };
}

/** Takes any bytes as a manifest and gives them their true digest: for manifests with one fault in them. */
export function manifestOf(manifest: string | Uint8Array): Release {
  const bytes = Buffer.from(manifest);
  return { manifest: bytes, digest: sha256(bytes), contents: new Map() };
}

/** The sum of the sizes of all contents, each counted once. */
export function contentBytes(release: Release): number {
  return [...release.contents.values()].reduce((sum, content) => sum + content.length, 0);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
