import { clashingPaths, isReservedName, refusedPath } from "./refused-path.ts";

/** A manifest as it was sent, taken apart. */
export interface SentManifest {
  readonly packages: readonly SentPackage[];
}

/** One package of it. */
interface SentPackage {
  readonly kind: "extension" | "host";
  readonly name: string;
  readonly version: string;
  /** The entry point of a host. */
  readonly entry?: string;
  readonly files: readonly SentFile[];
}

/** One file of a package. */
export interface SentFile {
  readonly path: string;
  /** SHA-256, 64 lower-case hexadecimal digits. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
}

/** What keeps a text from being a canonical manifest. */
export class ManifestFault extends Error {
  /** The clause that says so: SYNC-001 or one about paths. */
  readonly clause: string;
  /** Counted from 1. */
  readonly line: number;

  constructor(clause: string, line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.clause = clause;
    this.line = line;
  }
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const VERSION = /^[A-Za-z0-9._+-]{1,64}$/;
const PACKAGE_LINE =
  /^(?:extension (?<extension>[^ ]*) (?<extensionVersion>[^ ]*)|host (?<host>[^ ]*) (?<hostVersion>[^ ]*) (?<entry>.*))$/s;
const FILE_LINE = /^(?<kind>file|exec) (?<digest>[0-9a-f]{64}) (?<size>0|[1-9][0-9]{0,15}) (?<path>.*)$/s;
const BYTE_ORDER_MARK = 0xef;

/**
 * Reads a manifest and holds it against the canonical form of SYNC-001, line by line.
 *
 * @throws {ManifestFault} at the first line that is not canonical.
 */
export function readCanonicalManifest(bytes: Uint8Array): SentManifest {
  const lines = splitIntoLines(bytes);
  const packages: (SentPackage & { files: SentFile[]; line: number })[] = [];

  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (number === 1) {
      if (line !== "berth-manifest 1") throw new ManifestFault("SYNC-001", 1, "it is not `berth-manifest 1`");
    } else if (line.startsWith("file ") || line.startsWith("exec ")) {
      const owner = packages.at(-1);
      if (owner === undefined) throw new ManifestFault("SYNC-001", number, "a file stands before any package");
      owner.files.push(readFile(line, number));
    } else {
      packages.push({ ...readPackage(line, number), files: [], line: number });
    }
  }

  for (const item of packages) requireOrderlyFiles(item);
  requireOrderlyPackages(packages);
  requireOneSizeEach(packages);
  return { packages };
}

function splitIntoLines(bytes: Uint8Array): string[] {
  if (bytes[0] === BYTE_ORDER_MARK) throw new ManifestFault("SYNC-001", 1, "it begins with a byte order mark");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ManifestFault("SYNC-001", 1, "the manifest is not UTF-8");
  }
  const lines = text.split("\n");
  if (lines.pop() !== "") throw new ManifestFault("SYNC-001", lines.length + 1, "the last line has no line feed");
  if (lines.length === 0) throw new ManifestFault("SYNC-001", 1, "the manifest is empty");
  return lines;
}

function readPackage(line: string, number: number): Omit<SentPackage, "files"> {
  const groups = PACKAGE_LINE.exec(line)?.groups;
  if (groups === undefined)
    throw new ManifestFault("SYNC-001", number, `neither a package nor a file: ${JSON.stringify(line)}`);

  const kind = groups.extension !== undefined ? "extension" : "host";
  const name = groups.extension ?? groups.host ?? "";
  const version = groups.extensionVersion ?? groups.hostVersion ?? "";
  if (!isPackageName(name))
    throw new ManifestFault("SYNC-001", number, `the name ${JSON.stringify(name)} is outside its rule`);
  if (!VERSION.test(version))
    throw new ManifestFault("SYNC-001", number, `the version ${JSON.stringify(version)} is outside its rule`);
  return groups.entry === undefined ? { kind, name, version } : { kind, name, version, entry: groups.entry };
}

/** Whether a package may have this name (SYNC-001). */
export function isPackageName(name: string): boolean {
  return NAME.test(name) && !name.endsWith(".") && !isReservedName(name);
}

function readFile(line: string, number: number): SentFile {
  const groups = FILE_LINE.exec(line)?.groups;
  if (groups === undefined)
    throw new ManifestFault("SYNC-001", number, `not a canonical file line: ${JSON.stringify(line)}`);

  const sizeBytes = Number(groups.size);
  if (!Number.isSafeInteger(sizeBytes)) throw new ManifestFault("SYNC-001", number, "the size is not below 2^53");
  const path = groups.path ?? "";
  const fault = refusedPath(path);
  if (fault !== undefined)
    throw new ManifestFault(fault.clause, number, `the path ${JSON.stringify(path)} is refused: ${fault.rule}`);
  return { path, digest: groups.digest ?? "", sizeBytes, executable: groups.kind === "exec" };
}

function requireOrderlyFiles(item: SentPackage & { line: number }): void {
  const paths = item.files.map((file) => file.path);
  if (paths.length === 0) throw new ManifestFault("SYNC-001", item.line, "the package has no file");

  const clash = clashingPaths(paths);
  if (clash !== undefined)
    throw new ManifestFault("SYNC-015", item.line, `${JSON.stringify(clash[0])} and ${JSON.stringify(clash[1])} clash`);
  const late = paths.findIndex((path, index) => index > 0 && compareBytes(paths[index - 1]!, path) >= 0);
  if (late > 0)
    throw new ManifestFault("SYNC-001", item.line + 1 + late, `${JSON.stringify(paths[late])} is not in byte order`);
  if (item.kind === "host" && !item.files.some((file) => file.executable && file.path === item.entry))
    throw new ManifestFault("SYNC-001", item.line, "the entry point is none of the package's `exec` files");
}

function requireOrderlyPackages(packages: readonly (SentPackage & { line: number })[]): void {
  const seen = new Set<string>();
  let previous = "";

  for (const { kind, name, line } of packages) {
    const folded = `${kind} ${name.toLowerCase()}`;
    if (seen.has(folded)) throw new ManifestFault("SYNC-001", line, `a second ${kind} is named ${name}`);
    seen.add(folded);
    // `extension` sorts before `host`, so that one comparison holds both orders.
    const key = `${kind} ${name}`;
    if (compareBytes(previous, key) >= 0) throw new ManifestFault("SYNC-001", line, `${key} is not in order`);
    previous = key;
  }
  const secondHost = packages.filter((item) => item.kind === "host")[1];
  if (secondHost !== undefined) throw new ManifestFault("SYNC-001", secondHost.line, "there is a second host");
}

function requireOneSizeEach(packages: readonly (SentPackage & { line: number })[]): void {
  const sizes = new Map<string, number>();
  for (const { files, line } of packages) {
    for (const { digest, sizeBytes } of files) {
      if ((sizes.get(digest) ?? sizeBytes) !== sizeBytes)
        throw new ManifestFault("SYNC-001", line, `the content ${digest} has two sizes`);
      sizes.set(digest, sizeBytes);
    }
  }
}

function compareBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one, "utf8"), Buffer.from(other, "utf8"));
}
