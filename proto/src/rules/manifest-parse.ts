import { foldAscii } from "./ascii.ts";
import { comparePackages, MANIFEST_HEADER } from "./manifest-format.ts";
import { parseManifestLine } from "./manifest-line.ts";
import type { Manifest, ManifestFile, Package } from "./manifest-types.ts";
import { checkPath, type PathFault, type PathRule } from "./path.ts";
import { createPathSet, type PathSet } from "./path-set.ts";
import { compareUtf8 } from "./utf8-order.ts";

/** Why a manifest is refused: the first fault, read from the top. */
export type ManifestFault =
  | { ok: false; code: "INVALID_MANIFEST"; line: number; clause: string; message: string }
  | { ok: false; code: "PATH_REFUSED"; line: number; rule: PathRule; clause: string; message: string };

/** A manifest, or why it is refused. */
export type ParsedManifest = { ok: true; manifest: Manifest } | ManifestFault;

const LINE_FEED = 0x0a;

/**
 * Reads a manifest and accepts exactly the canonical form (SYNC-001) with paths that are not refused (SYNC-010 to SYNC-017): formatting
 * what it returns gives the same bytes. Lines are counted from 1. Takes time and memory in proportion to the bytes.
 */
export function parseManifest(bytes: Uint8Array): ParsedManifest {
  const text = decodeStrictly(bytes);
  if (text === undefined) return invalid(firstLineOutsideUtf8(bytes), "The line is not valid UTF-8.");

  const reader = new ManifestReader();
  for (let start = 0, line = 1; start < text.length || line === 1; line++) {
    const end = text.indexOf("\n", start);
    if (end === -1) return invalid(line, "The line does not end with a line feed.");
    const fault = reader.take(line, text.slice(start, end));
    if (fault) return fault;
    start = end + 1;
  }
  return reader.finish();
}

/** A byte order mark stays in the text, where it makes the first line differ from the header. */
function decodeStrictly(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Line by line is sound, because no byte of a longer UTF-8 sequence is a line feed. */
function firstLineOutsideUtf8(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0, end = bytes.indexOf(LINE_FEED); end !== -1; line++) {
    if (decodeStrictly(bytes.subarray(start, end)) === undefined) return line;
    start = end + 1;
    end = bytes.indexOf(LINE_FEED, start);
  }
  return line;
}

/** Takes the lines one after another and holds each against those before it. */
class ManifestReader {
  readonly #packages: Package[] = [];
  readonly #namesInUse = new Set<string>();
  readonly #sizes = new Map<string, number>();
  #paths: PathSet = createPathSet();
  #packageLine = 0;

  take(line: number, text: string): ManifestFault | undefined {
    if (line === 1)
      return text === MANIFEST_HEADER ? undefined : invalid(1, `The first line is not "${MANIFEST_HEADER}".`);
    const parsed = parseManifestLine(text);
    switch (parsed.kind) {
      case "package":
        return this.#closePackage() ?? this.#openPackage(line, parsed.package);
      case "file":
        return this.#addFile(line, parsed.file);
      case "fault":
        return invalid(line, parsed.message);
    }
  }

  finish(): ParsedManifest {
    return this.#closePackage() ?? { ok: true, manifest: { packages: this.#packages } };
  }

  #openPackage(line: number, one: Package): ManifestFault | undefined {
    const last = this.#packages.at(-1);
    if (last?.kind === "host" && one.kind === "host") return invalid(line, "There is a second host.");
    if (last && comparePackages(last, one) > 0) return invalid(line, "The package is out of order.");
    const nameInUse = `${one.kind} ${foldAscii(one.name)}`;
    if (this.#namesInUse.has(nameInUse)) return invalid(line, "Another package has this name, at most in other case.");
    this.#namesInUse.add(nameInUse);
    this.#packages.push(one);
    this.#paths = createPathSet();
    this.#packageLine = line;
    return undefined;
  }

  #addFile(line: number, file: ManifestFile): ManifestFault | undefined {
    const files = this.#packages.at(-1)?.files;
    if (!files) return invalid(line, "The file belongs to no package.");
    const refused = checkPath(file.path) ?? this.#paths.add(file.path);
    if (refused) return refusedPath(line, refused);
    const last = files.at(-1);
    if (last && compareUtf8(last.path, file.path) > 0) return invalid(line, "The file is out of order.");
    const size = this.#sizes.get(file.digest);
    if (size === undefined) this.#sizes.set(file.digest, file.sizeBytes);
    else if (size !== file.sizeBytes) return invalid(line, "The digest stands with another size above.");
    files.push(file);
    return undefined;
  }

  /** What can be said of a package only once all its files are known. */
  #closePackage(): ManifestFault | undefined {
    const last = this.#packages.at(-1);
    if (!last) return undefined;
    if (last.files.length === 0) return invalid(this.#packageLine, "The package has no file.");
    if (last.kind === "host" && !last.files.some((file) => file.executable && file.path === last.entry)) {
      return invalid(this.#packageLine, "The entry point is none of the package's exec files.");
    }
    return undefined;
  }
}

function invalid(line: number, message: string): ManifestFault {
  return { ok: false, code: "INVALID_MANIFEST", line, clause: "SYNC-001", message };
}

function refusedPath(line: number, { rule, clause, message }: PathFault): ManifestFault {
  return { ok: false, code: "PATH_REFUSED", line, rule, clause, message };
}
