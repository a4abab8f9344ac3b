import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { PackageKind, type UpdateFileHeader, type UpdateFileRequest } from "@berth/proto/messages/sync/v44/file";
import { isPackageName } from "./canonical-manifest.ts";
import type { LegacyTree } from "./legacy-tree.ts";
import type { PeerState } from "./peer-state.ts";
import { Refused } from "./refusal.ts";
import { refusedPath } from "./refused-path.ts";

/** One UpdateFile as an agent of the suite's takes it: what is against a clause is blamed, and refused as an agent would. */
export class LegacyUpdate {
  readonly #state: PeerState;
  /** The tree that a header leads to. @throws {Refused} when the agent refuses. */
  readonly #begin: (header: UpdateFileHeader) => LegacyTree;
  readonly #parts: Uint8Array[] = [];
  #header: UpdateFileHeader | undefined;
  #tree: LegacyTree | undefined;

  constructor(state: PeerState, begin: (header: UpdateFileHeader) => LegacyTree) {
    this.#state = state;
    this.#begin = begin;
  }

  /** @throws {Refused} when the agent refuses the message. */
  take({ part }: UpdateFileRequest): void {
    if (part?.$case === "header" && this.#header === undefined) {
      this.#takeHeader(part.value);
      return;
    }
    if (part?.$case !== "content" || this.#header === undefined) {
      throw this.#outOfTurn(`${part?.$case ?? "a message with neither header nor content"} came out of turn`);
    }
    const { maxDataBytes } = this.#state.limits;
    if (maxDataBytes > 0 && part.value.length > maxDataBytes) {
      this.#state.blame(
        "HS-033",
        `content of ${part.value.length} bytes went over the ${maxDataBytes} of max_data_bytes`,
      );
      throw new Refused({ code: ErrorCode.ERROR_CODE_LIMIT_EXCEEDED, clause: "HS-030" });
    }
    this.#parts.push(part.value);
    if (this.#receivedBytes > this.#header.sizeBytes) throw this.#outOfTurn("more content came than was announced");
  }

  /** The server's side has ended. @throws {Refused} when the file is not whole. */
  end(): { header: UpdateFileHeader; content: Uint8Array } {
    const whole = this.#header !== undefined && this.#receivedBytes === this.#header.sizeBytes;
    // Refused and not blamed: a server may break an update off, and one that takes half a file for sent is found by the tree.
    if (this.#header === undefined || this.#tree === undefined || !whole) {
      throw new Refused({ code: ErrorCode.ERROR_CODE_UNEXPECTED_MESSAGE, clause: "LEG-025" });
    }
    const { path, modifiedMs, executable } = this.#header;
    const content = Buffer.concat(this.#parts);
    this.#tree.put({ package: this.#header.package!, path, modifiedMs, executable, content });
    return { header: this.#header, content };
  }

  #takeHeader(header: UpdateFileHeader): void {
    const tree = this.#begin(header);
    const { package: item, path } = header;
    const named = item?.kind === PackageKind.PACKAGE_KIND_EXTENSION || item?.kind === PackageKind.PACKAGE_KIND_HOST;
    if (!named || !isPackageName(item.name)) {
      this.#state.blame("LEG-024", `a package was named ${JSON.stringify(item)}`);
      throw new Refused({
        code: ErrorCode.ERROR_CODE_MALFORMED_REQUEST,
        clause: "LEG-024",
        details: { field: "package" },
      });
    }
    const fault = refusedPath(path);
    if (fault !== undefined || tree.clashes(item, path)) {
      if (fault !== undefined)
        this.#state.blame("SYNC-019", `the path ${JSON.stringify(path)} is refused: ${fault.rule}`);
      throw new Refused({ code: ErrorCode.ERROR_CODE_PATH_REFUSED, clause: "LEG-023" });
    }
    this.#header = header;
    this.#tree = tree;
  }

  get #receivedBytes(): bigint {
    return BigInt(this.#parts.reduce((sum, part) => sum + part.length, 0));
  }

  #outOfTurn(message: string): Refused {
    this.#state.blame("LEG-025", `in an UpdateFile ${message}`);
    return new Refused({ code: ErrorCode.ERROR_CODE_UNEXPECTED_MESSAGE, clause: "LEG-025" });
  }
}
