import { hash } from "node:crypto";
import { formatManifest, type Manifest, type ManifestFile } from "@berth/proto/rules/manifest";

/** A manifest with the contents it names. */
export interface Sample {
  readonly bytes: Buffer;
  readonly digest: Buffer;
  /** By their SHA-256 in hexadecimal digits. */
  readonly contents: ReadonlyMap<string, Buffer>;
  /** What a generation of it holds, by the path below its directory. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** One extension of the files, and a host whose one executable file has the content `host`, if there is one. */
export function makeSample(extension: Readonly<Record<string, string | Buffer>>, host?: string): Sample {
  const contents = new Map<string, Buffer>();
  const files = new Map<string, Buffer>();
  const place = (directory: string, path: string, content: string | Buffer, executable: boolean): ManifestFile => {
    const bytes = Buffer.from(content);
    const digest = hash("sha256", bytes, "hex");
    contents.set(digest, bytes);
    files.set(`${directory}/${path}`, bytes);
    return { path, digest, sizeBytes: bytes.length, executable };
  };

  const extensionFiles = Object.entries(extension)
    .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([path, content]) => place("extensions/Sample", path, content, false));
  const manifest: Manifest = { packages: [] };
  if (extensionFiles.length > 0) {
    manifest.packages.push({ kind: "extension", name: "Sample", version: "1.0.0", files: extensionFiles });
  }
  if (host !== undefined) {
    const hostFiles = [place("host/sample-host", "bin/host", host, true)];
    manifest.packages.push({
      kind: "host",
      name: "sample-host",
      version: "1.0.0",
      entry: "bin/host",
      files: hostFiles,
    });
  }
  const bytes = Buffer.from(formatManifest(manifest));
  return { bytes, digest: hash("sha256", bytes, "buffer"), contents, files };
}
