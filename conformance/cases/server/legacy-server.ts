import { mkdir, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import { PackageKind } from "@berth/proto/messages/sync/v44/file";
import type { StepResult } from "../../src/attach/target.ts";
import type { ServerContext } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import type { MaterialPackage } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { instanceName } from "../../src/peers/agent-peer/instance-name.ts";
import type { PlacedFile } from "../../src/peers/agent-peer/legacy-tree.ts";
import type { AgentPeer, AgentPeerOptions } from "../../src/peers/agent-peer.ts";
import { expectSuccess } from "./expect-step.ts";
import {
  addWords,
  ordinaryPackages,
  type Preparation,
  type ReadyServer,
  readyServer,
  requireDone,
} from "./ready-server.ts";

/** The time that files have where a case says no other: a multiple of 125 ms, which every file system and every language keeps exactly. */
export const USUAL_TIME_MS = 1_600_000_000_125;

/** What makes an agent of the suite's one of a legacy dialect: the highest version that has it, unless another is named. */
export function legacyAgent(dialect: LegacyDialect, version = dialect === 1 ? 42 : 46): AgentPeerOptions {
  return { dialects: dialect === 1 ? [1] : [1, 44], version };
}

/** A server with packages whose files have known times. */
export async function datedServer(
  context: ServerContext,
  agent: AgentPeer,
  { packages = ordinaryPackages, ...preparation }: Preparation = {},
): Promise<ReadyServer> {
  const server = await readyServer(context, agent, { ...preparation, packages: [] });
  for (const item of packages) await addDated(server, item);
  return server;
}

/** Loads a package whose files have the given times; gives the directory it was loaded from. */
export async function addDated(
  server: ReadyServer,
  item: MaterialPackage,
  timeOf: (path: string) => number = () => USUAL_TIME_MS,
): Promise<string> {
  const directory = await server.writePackage(item);
  for (const { path } of item.files) await setTime(join(directory, path), timeOf(path));
  requireDone(await server.step(...addWords(directory, item)));
  return directory;
}

/** Sets a file's modification time, and makes sure that the file system has taken it. */
export async function setTime(file: string, modifiedMs: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await utimes(file, modifiedMs / 1000, modifiedMs / 1000);
  const { mtimeNs } = await stat(file, { bigint: true });
  if (mtimeNs !== BigInt(modifiedMs) * 1_000_000n)
    throw new Error(`this file system made ${mtimeNs} of ${modifiedMs} ms`);
}

/** Files of packages as a tree holds them. */
export function placed(
  packages: readonly MaterialPackage[],
  timeOf: (path: string) => number = () => USUAL_TIME_MS,
): PlacedFile[] {
  return packages.flatMap((item) =>
    item.files.map(({ path, content, exec = false }) => ({
      package: { kind: kindOf(item), name: item.name },
      path,
      modifiedMs: BigInt(timeOf(path)),
      executable: exec,
      content,
    })),
  );
}

/** The files an agent holds for the server that greeted it last: in the instance of this InstanceId, or in its product's shared one. */
export function treeOf(agent: AgentPeer, instanceId = ""): readonly PlacedFile[] {
  const request = agent.seen.negotiations.at(-1);
  if (request === undefined) return [];
  const isolation = instanceId === "" ? Isolation.ISOLATION_PRODUCT : Isolation.ISOLATION_INSTANCE_ID;
  return agent.tree(instanceName({ ...request, instanceId }, isolation, ""));
}

/** Expects a sync to have ended well, and the tree to hold exactly these files. */
export function expectTreeSynced(
  result: StepResult,
  agent: AgentPeer,
  files: readonly PlacedFile[],
  instanceId?: string,
): void {
  agent.requireFaithful();
  expectSuccess(result, "the sync");
  const what = { code: "tree-wrong", clause: "LEG-030", what: "the files of the tree after a sync" };
  const tree = treeOf(agent, instanceId);
  expectEqual(linesOf(tree), linesOf(files), what);
  const times = { code: "time-wrong", clause: "LEG-031", what: "the files of the tree after a sync, with their times" };
  expectEqual(timesOf(tree), timesOf(files), times);
}

/** Expects exactly these files to have been sent since `before` updates. */
export function expectSent(agent: AgentPeer, paths: readonly string[], before = 0, clause = "LEG-030"): void {
  const sent = agent.seen.legacy.updates.slice(before).map(({ header }) => header.path);
  expectEqual(sent.toSorted(), paths.toSorted(), { code: "wrong-files", clause, what: "the files that were sent" });
}

function linesOf(files: readonly PlacedFile[]): string[] {
  return files
    .map(({ package: { kind, name }, path, executable, content }) => {
      const what = kind === PackageKind.PACKAGE_KIND_HOST ? "host" : "extension";
      const digest = sha256(content).toString("hex").slice(0, 12);
      return `${what} ${name} ${path}${executable ? " executable" : ""} ${digest}`;
    })
    .toSorted();
}

function timesOf(files: readonly PlacedFile[]): string[] {
  return files.map(({ package: item, path, modifiedMs }) => `${item.name} ${path} @${modifiedMs}`).toSorted();
}

function kindOf({ kind }: MaterialPackage): PackageKind {
  return kind === "host" ? PackageKind.PACKAGE_KIND_HOST : PackageKind.PACKAGE_KIND_EXTENSION;
}
