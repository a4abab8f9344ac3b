import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readServerIdentity } from "../handshake/server-identity.ts";
import type { StoredAgent } from "../home/agents.ts";
import type { PackageKind } from "../home/packages.ts";
import { type ServerHome, withServerHome } from "../home/server-home.ts";
import { addPackage } from "../publishing/add-package.ts";
import type { SyncTask } from "../sync/bring-to-manifest.ts";
import { readWantedManifest } from "../sync/wanted-manifest.ts";

/** Files by their path; a leading "exec:" makes one executable. */
export type TestFiles = Readonly<Record<string, string | Uint8Array>>;

/** A server in a directory of its own, gone after the test. */
export interface TemporaryServer {
  readonly home: ServerHome;
  /** A directory beside the home. */
  readonly directory: string;
  writeFiles(name: string, files: TestFiles): Promise<string>;
  publish(kind: PackageKind, name: string, version: string, files: TestFiles): Promise<void>;
  /** What a sync or a run is given, as the command line would. */
  task(): Omit<SyncTask, "route"> & { readonly warnings: string[] };
}

export async function withTemporaryServer(work: (server: TemporaryServer) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "berth-server-test-"));
  try {
    await withServerHome(join(directory, "home"), (home) => work(createServer(home, directory)));
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** A plaintext agent on loopback. */
export function agentAt(port: number): StoredAgent {
  return {
    name: "fake",
    address: { host: "127.0.0.1", port },
    protection: { kind: "plaintext", beyondLoopback: false },
    source: undefined,
  };
}

function createServer(home: ServerHome, directory: string): TemporaryServer {
  async function writeFiles(name: string, files: TestFiles): Promise<string> {
    const root = join(directory, name);
    for (const [key, content] of Object.entries(files)) {
      const path = join(root, key.replace(/^exec:/, ""));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, content, { mode: key.startsWith("exec:") ? 0o755 : 0o644 });
    }
    return root;
  }
  return {
    home,
    directory,
    writeFiles,
    async publish(kind, name, version, files) {
      const root = await writeFiles(`${name}-${version}`, files);
      const entry = kind === "host" ? "bin/host" : undefined;
      await addPackage(home, { directory: root, kind, name, version, entry }, () => {}, new AbortController().signal);
    },
    task() {
      const warnings: string[] = [];
      return {
        home,
        identity: readServerIdentity(home),
        wanted: readWantedManifest(home),
        requiresIsolation: false,
        signal: new AbortController().signal,
        report: () => {},
        warn: (sentence) => warnings.push(sentence),
        warnings,
      };
    },
  };
}
