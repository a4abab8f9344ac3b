import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

type DataMessages = ReturnType<ServerParts["sync/data-messages"]["createDataMessages"]>;

/** Broken content: what is sent, in which order, and which bytes. */
export const contentMutants: readonly ServerMutant[] = [
  {
    id: "content-sent-twice",
    clause: "SYNC-040",
    breaks: "It sends every Data a second time.",
    part: "sync/data-messages",
    mutate: sending(async function* (messages) {
      for await (const data of messages) {
        yield data;
        yield data;
      }
    }),
  },
  {
    id: "last-content-left-out",
    clause: "SYNC-040",
    breaks: "It leaves out the last Data.",
    part: "sync/data-messages",
    mutate: sending(async function* (messages) {
      let last: Awaited<ReturnType<DataMessages["next"]>>["value"];
      for await (const data of messages) {
        if (last) yield last;
        last = data;
      }
    }),
  },
  {
    id: "contents-interleaved",
    clause: "SYNC-040",
    breaks: "It begins every content before it goes on with the first.",
    part: "sync/data-messages",
    mutate: ({ createDataMessages }) => ({
      createDataMessages: async function* (home, packages, missing, terms) {
        const continuations = [];
        for await (const data of createDataMessages(home, packages, missing, { ...terms, allowsZstd: false })) {
          let start = 0;
          for (const segment of data.segments) {
            const payload = data.payload.subarray(start, start + segment.length);
            const slice = { ...data, rawSize: segment.length, segments: [segment], payload };
            start += segment.length;
            if (segment.offset > 0n) continuations.push(slice);
            else yield slice;
          }
        }
        yield* continuations;
      },
    }),
  },
  {
    id: "needs-ignored",
    clause: "SYNC-040",
    breaks: "It sends every content of the manifest, whatever the agent asks for.",
    part: "sync/missing-contents",
    mutate: ({ createMissingContents }) => ({
      createMissingContents: (sizes) => {
        const { missing } = createMissingContents(sizes);
        for (const [digest, sizeBytes] of sizes) missing.set(digest, { heldBytes: 0, sizeBytes });
        return { missing, add: () => {} };
      },
    }),
  },
  {
    id: "shared-content-sent-for-each-package",
    clause: "SYNC-040",
    breaks: "It sends a content once for each package that has it.",
    part: "sync/data-messages",
    mutate: ({ createDataMessages }) => ({
      createDataMessages: async function* (home, packages, missing, terms) {
        for (const one of packages as readonly Loaded[]) {
          const own = new Set(one.files.map(({ digest }) => digest));
          const ofPackage = new Map([...missing].filter(([digest]) => own.has(digest)));
          yield* createDataMessages(home, [one], ofPackage, terms);
        }
      },
    }),
  },
  {
    id: "changed-packages-sent-whole",
    clause: "SYNC-040",
    breaks: "From its second sync on it sends all contents, of which the agent lacks only some.",
    part: "sync/data-messages",
    mutate: ({ createDataMessages }) => {
      const synced = new Set<string>();
      return {
        createDataMessages: (home, packages, missing, terms) => {
          const files = synced.has(home.directory) ? (packages as readonly Loaded[]).flatMap((one) => one.files) : [];
          synced.add(home.directory);
          for (const { digest, sizeBytes } of files)
            if (sizeBytes > 0) missing.set(digest, { heldBytes: 0, sizeBytes });
          return createDataMessages(home, packages, missing, terms);
        },
      };
    },
  },
  {
    id: "first-byte-changed",
    clause: "SYNC-047",
    breaks: "It keeps packages with the first byte of some contents changed.",
    part: "publishing/frame-codec",
    mutate: ({ codeFrame }) => ({
      codeFrame: (raw) => codeFrame(withFirstByteChanged(raw)),
    }),
  },
  {
    id: "compressed-bytes-changed",
    clause: "SYNC-047",
    breaks: "It changes the first byte of what it compresses.",
    part: "publishing/frame-codec",
    mutate: ({ codeFrame }) => ({
      codeFrame: async (raw) => {
        const coded = await codeFrame(raw);
        return coded.codec === "zstd" ? codeFrame(withFirstByteChanged(raw)) : coded;
      },
    }),
  },
  {
    id: "bytes-in-reverse",
    clause: "SYNC-047",
    breaks: "It sends the bytes of a Data in reverse order.",
    part: "sync/data-messages",
    mutate: ({ createDataMessages }) => ({
      createDataMessages: async function* (home, packages, missing, terms) {
        for await (const data of createDataMessages(home, packages, missing, { ...terms, allowsZstd: false }))
          yield { ...data, payload: data.payload.toReversed() };
      },
    }),
  },
  {
    id: "directory-read-at-the-sync",
    clause: "SYNC-047",
    breaks: "It sends what the directory of a package holds at the sync, under the digests of when it was added.",
    part: "home/packages",
    mutate: ({ markLoaded, listPackages, filesOf }) => {
      const directories = new Map<string, string>();
      const keyOf = (home: Home, id: number) => `${id} ${home.directory}`;
      return {
        markLoaded(home, source) {
          const { directory } = source as { directory?: string };
          if (directory !== undefined) directories.set(keyOf(home, source.id), directory);
          markLoaded(home, source);
        },
        listPackages(home) {
          const packages = listPackages(home);
          for (const one of packages) {
            const directory = directories.get(keyOf(home, one.id));
            if (directory !== undefined) packAgain(home, one, filesOf(home, one.id), directory);
          }
          return packages;
        },
      };
    },
  },
];

type Packages = ServerParts["home/packages"];
type Home = Parameters<Packages["listPackages"]>[0];

/** Puts the bytes that files have now into a pack; only one that holds each file as it is, one after another, is touched. */
function packAgain(
  home: Home,
  { id, pack }: ReturnType<Packages["listPackages"]>[number],
  files: ReturnType<Packages["filesOf"]>,
  directory: string,
): void {
  const location = join(home.packsDirectory, pack);
  const before = readFileSync(location);
  if (before.length !== files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)) return;
  let start = 0;
  const contents = files.map(({ path, sizeBytes }) => {
    const packed = before.subarray(start, start + sizeBytes);
    start += sizeBytes;
    const file = join(directory, path);
    const now = existsSync(file) ? readFileSync(file) : packed;
    return now.length === sizeBytes ? now : packed;
  });
  const after = Buffer.concat(contents);
  writeFileSync(location, after);
  const storedDigest = createHash("sha256").update(after).digest();
  home.database.prepare("UPDATE frames SET stored_digest = ? WHERE package_id = ?").run(storedDigest, id);
}

/** A package as `readWantedManifest` makes it. */
type Loaded = Parameters<ServerParts["sync/data-messages"]["createDataMessages"]>[1][number] & {
  readonly files: readonly { readonly digest: string; readonly sizeBytes: number }[];
};

function withFirstByteChanged(raw: Uint8Array): Buffer {
  const changed = Buffer.from(raw);
  changed[0] = (changed[0] ?? 0) ^ 1;
  return changed;
}

function sending(send: (messages: DataMessages) => DataMessages) {
  return ({ createDataMessages }: ServerParts["sync/data-messages"]): Partial<ServerParts["sync/data-messages"]> => ({
    createDataMessages: (...words) => send(createDataMessages(...words)),
  });
}
