import { join } from "node:path";
import type { ServerMutant } from "../mutant.ts";
import type { ServerParts } from "../server-parts.ts";

type Home = Parameters<ServerParts["publishing/remove-package"]["removePackage"]>[0];
type PathRule = NonNullable<ReturnType<ServerParts["rules/path"]["checkPath"]>>["rule"];

/** Broken publishing: what belongs to a package, what is loaded, and which paths are taken. */
export const packagesMutants: readonly ServerMutant[] = [
  {
    id: "hidden-files-left-out",
    clause: "SYNC-004",
    breaks: "It leaves files whose name begins with a dot out of a package.",
    part: "publishing/walk-package",
    mutate: ({ walkPackage }) => ({
      walkPackage: async (directory) => (await walkPackage(directory)).filter(({ path }) => !/(^|\/)\./.test(path)),
    }),
  },
  {
    id: "empty-files-left-out",
    clause: "SYNC-004",
    breaks: "It leaves files without content out of a package.",
    part: "publishing/walk-package",
    mutate: ({ walkPackage }) => ({
      walkPackage: async (directory) => (await walkPackage(directory)).filter(({ sizeBytes }) => sizeBytes > 0),
    }),
  },
  {
    id: "files-with-a-star-left-out",
    clause: "SYNC-004",
    breaks: "It leaves files out of a package whose names one system cannot hold and agents take.",
    part: "publishing/walk-package",
    mutate: ({ walkPackage }) => ({
      walkPackage: async (directory) => (await walkPackage(directory)).filter(({ path }) => !/[?*]/.test(path)),
    }),
  },
  {
    id: "real-packages-without-files-over-4-mib",
    clause: "SYNC-004",
    breaks: "It leaves files of more than 4 MiB out of a package.",
    part: "publishing/walk-package",
    mutate: ({ walkPackage }) => ({
      walkPackage: async (directory) =>
        (await walkPackage(directory)).filter(({ sizeBytes }) => sizeBytes <= 4 * 1024 * 1024),
    }),
  },
  {
    id: "manifest-of-the-first-sync",
    clause: "SYNC-004",
    breaks: "It goes on naming what it had loaded when it first made a manifest.",
    part: "sync/wanted-manifest",
    mutate: ({ readWantedManifest }) => {
      const first = new Map<string, ReturnType<typeof readWantedManifest>>();
      return {
        readWantedManifest: (home) => {
          const wanted = first.get(home.directory) ?? readWantedManifest(home);
          first.set(home.directory, wanted);
          return wanted;
        },
      };
    },
  },
  {
    id: "removed-package-still-named",
    clause: "SYNC-004",
    breaks: "It says that a package is removed, and names it as before.",
    part: "publishing/remove-package",
    mutate: ({ removePackage }) => ({ removePackage: (home, key) => removePackage(withoutDeleting(home), key) }),
  },
  {
    id: "removed-package-still-sent",
    clause: "LEG-030",
    breaks: "It says that a package is removed, and sends its files as before.",
    part: "publishing/remove-package",
    mutate: ({ removePackage }) => ({ removePackage: (home, key) => removePackage(withoutDeleting(home), key) }),
  },
  ...Object.entries({
    "backslashes-and-colons-published": "forbidden-character",
    "trailing-dots-and-spaces-published": "trailing-dot-or-space",
    "long-paths-published": "too-long",
    "decomposed-paths-published": "not-normalized",
    "reserved-names-published": "reserved-name",
  } satisfies Record<string, PathRule>).map(
    ([id, unchecked]): ServerMutant => ({
      id,
      clause: "SYNC-019",
      breaks: `It publishes paths that agents refuse by the rule ${unchecked}.`,
      part: "rules/path",
      mutate: ({ checkPath }) => ({
        checkPath: (path) => {
          const fault = checkPath(path);
          return fault?.rule === unchecked ? undefined : fault;
        },
      }),
    }),
  ),
  {
    id: "colliding-paths-published",
    clause: "SYNC-019",
    breaks: "It publishes paths of which one is equal to another but for case, or a folder of it.",
    part: "rules/path-set",
    mutate: () => ({ createPathSet: () => ({ add: () => undefined }) }),
  },
  {
    id: "refused-path-unnamed",
    clause: "SYNC-019",
    breaks: "It refuses to publish a path, and does not say which.",
    part: "errors/package-failures",
    mutate: ({ pathRefused }) => ({
      pathRefused: (fault) => pathRefused({ ...fault, message: "A path cannot be published." }),
    }),
  },
  {
    id: "broken-rule-unnamed",
    clause: "SYNC-019",
    breaks: "It refuses to publish a path, and does not say by which rule.",
    part: "errors/package-failures",
    mutate: ({ pathRefused }) => ({
      pathRefused: (fault) => {
        const [path = ""] = /".*"/s.exec(fault.message) ?? [];
        return Object.assign(pathRefused(fault), { message: `The file ${path} cannot be published.` });
      },
    }),
  },
];

/** The home, out of which nothing is deleted. */
function withoutDeleting(home: Home): Home {
  const database = new Proxy(home.database, {
    get(original, name) {
      if (name === "prepare")
        return (sql: string) => original.prepare(sql.startsWith("DELETE") ? "SELECT ? AS kept" : sql);
      const value: unknown = Reflect.get(original, name, original);
      return typeof value === "function" ? value.bind(original) : value;
    },
  });
  return { ...home, database, packsDirectory: join(home.packsDirectory, "elsewhere") };
}
