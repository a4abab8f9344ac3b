import { type FilePackage, type ListedFile, PackageKind } from "@berth/proto/messages/sync/v44/file";

/** A file as it stands in a tree of an agent of the suite's. */
export interface PlacedFile {
  readonly package: FilePackage;
  readonly path: string;
  readonly modifiedMs: bigint;
  readonly executable: boolean;
  readonly content: Uint8Array;
}

/** The tree of one instance, in memory. */
export class LegacyTree {
  readonly #files = new Map<string, PlacedFile>();

  constructor(files: readonly PlacedFile[]) {
    for (const file of files) this.put(file);
  }

  get files(): readonly PlacedFile[] {
    return [...this.#files.values()];
  }

  put(file: PlacedFile): void {
    this.#files.set(keyOf(file), file);
  }

  list(): ListedFile[] {
    return this.files.map(({ package: item, path, modifiedMs }) => ({ package: item, path, modifiedMs }));
  }

  /** Whether a path is a folder of the tree, or lies below one of its files (LEG-023). */
  clashes(item: FilePackage, path: string): boolean {
    const others = this.files.filter((file) => packageKeyOf(file.package) === packageKeyOf(item));
    return others.some((file) => file.path.startsWith(`${path}/`) || path.startsWith(`${file.path}/`));
  }

  /** Whether a host can be started by this entry (LEG-041). */
  canStart(host: string, entry: string): boolean {
    const key = keyOf({ package: { kind: PackageKind.PACKAGE_KIND_HOST, name: host }, path: entry });
    return this.#files.get(key)?.executable === true;
  }
}

/** The place of a file in any tree. */
export function keyOf({ package: item, path }: Pick<ListedFile, "package" | "path">): string {
  return JSON.stringify([packageKeyOf(item), path]);
}

/** Names of packages are compared without ASCII case (LEG-030), and hold nothing else. */
function packageKeyOf(item: FilePackage | undefined): string {
  return `${item?.kind} ${item?.name.toLowerCase()}`;
}
