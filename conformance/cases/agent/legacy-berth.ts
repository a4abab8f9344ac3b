import type { NegotiateRequest, NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { type ListedFile, PackageKind } from "@berth/proto/messages/sync/v44/file";
import { HostEnd, hostEndToJSON, type RunOperationRequest } from "@berth/proto/messages/sync/v44/host";
import type { AgentContext } from "../../src/case.ts";
import { isLegacy, type LegacyDialect } from "../../src/dialect.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { failed } from "../../src/expect/failed.ts";
import type { MaterialPackage } from "../../src/material/release.ts";
import type { TreeFile } from "../../src/peers/server-peer/legacy-calls.ts";
import type { LegacyRun, RunCall } from "../../src/peers/server-peer/legacy-run.ts";
import type { ServerPeer, ServerPeerOptions } from "../../src/peers/server-peer.ts";

/** A time that files have where a case says no other. */
export const USUAL_TIME_MS = 1_600_000_000_000n;

/** The InstanceId of a case's own in the dialect 44, so that its tree is not the one it has in the dialect 1. */
const USUAL_INSTANCE_ID = "suite";

/** A session in the dialect 1 or 44 of a server that keeps the clauses: its calls hold its InstanceId where the dialect has it. */
export interface LegacyBerth {
  readonly peer: ServerPeer;
  readonly session: NegotiateResponse;
  readonly dialect: LegacyDialect;
  /** What its calls hold. */
  readonly instanceId: string;
  /** The tree's files, each as `KIND NAME PATH @TIME`, in order. */
  list(): Promise<string[]>;
  /** Sends every file of some packages; a refusal is the agent's failure. */
  put(...packages: readonly MaterialPackage[]): Promise<void>;
  /** Sends one file; a refusal is the agent's failure. */
  putFile(file: TreeFile): Promise<void>;
  /** Runs an operation of the suite's host; a refusal is the agent's failure. */
  run(name: string, args?: readonly string[], request?: Partial<RunOperationRequest>): Promise<LegacyRun>;
  /** Begins an operation that writes `text` and runs on. */
  begin(name: string, args: readonly string[], text: string): Promise<RunCall>;
}

/** How a session of a legacy dialect is made. */
export interface LegacyBerthOptions {
  readonly dialect: LegacyDialect;
  /** In the dialect 44 what greeting and calls hold, in the dialect 1 what the greeting alone holds. */
  readonly instanceId?: string;
  readonly request?: Partial<NegotiateRequest>;
  readonly peer?: ServerPeerOptions;
  /** The clause that a refused call breaks, where a case is about that; otherwise the one that asks for the call. */
  readonly clause?: string;
}

/** Opens a session in a legacy dialect. */
export async function legacyBerth(context: AgentContext, options: LegacyBerthOptions): Promise<LegacyBerth> {
  const { dialect, instanceId: greeted = dialect === 44 ? USUAL_INSTANCE_ID : "", request, clause } = options;
  const instanceId = dialect === 44 ? greeted : "";
  const peer = await context.connect(options.peer);
  const dialects = { lowest: 1, highest: dialect };
  const session = await peer.session({ instanceId: greeted, ...request, dialects });
  const calls = peer.legacy;

  const berth: LegacyBerth = {
    peer,
    session,
    dialect,
    instanceId,
    list: async () => linesOf(expectAnswered(await calls.list(session, instanceId), "ListFiles", clause ?? "LEG-020")),
    async put(...packages) {
      for (const file of packages.flatMap((item) => treeFilesOf(item))) await berth.putFile(file);
    },
    async putFile(file) {
      const what = `the update of ${JSON.stringify(file.path)}`;
      expectAnswered(await calls.update(session, file, { instanceId }), what, clause ?? "LEG-021");
    },
    async run(name, args = [], more = {}) {
      const run = await calls.run(session, { name, arguments: [...args], instanceId, ...more });
      return expectAnswered(run, `operation ${name}`, clause ?? "LEG-040");
    },
    async begin(name, args, text) {
      const running = calls.begin(session, { name, arguments: [...args], instanceId });
      context.onEnd(() => running.call.cancel());
      expectAnswered(await running.awaitOutput(text), `operation ${name}`, clause ?? "LEG-040");
      return running;
    },
  };
  return berth;
}

/** Does work in every legacy dialect that the agent speaks, one after another. */
export async function inEachLegacyDialect(
  context: AgentContext,
  work: (dialect: LegacyDialect) => Promise<void>,
): Promise<void> {
  for (const dialect of context.dialects) if (isLegacy(dialect)) await work(dialect);
}

/** The files of a package as an update sends them. */
export function treeFilesOf(item: MaterialPackage, modifiedMs = USUAL_TIME_MS): TreeFile[] {
  const host = item.kind === "host";
  const kind = host ? PackageKind.PACKAGE_KIND_HOST : PackageKind.PACKAGE_KIND_EXTENSION;
  return item.files.map(({ path, content, exec = false }) => ({
    package: { kind, name: item.name },
    path,
    modifiedMs,
    executable: exec,
    content,
  }));
}

/** One file of an extension. */
export function treeFile(
  name: string,
  path: string,
  content: string | Uint8Array,
  more: Partial<Pick<TreeFile, "modifiedMs" | "executable">> = {},
): TreeFile {
  const kind = PackageKind.PACKAGE_KIND_EXTENSION;
  return {
    package: { kind, name },
    path,
    modifiedMs: USUAL_TIME_MS,
    executable: false,
    content: Buffer.from(content),
    ...more,
  };
}

/** Files of a list as lines that can be compared. */
export function linesOf(files: readonly Pick<ListedFile, "package" | "path" | "modifiedMs">[]): string[] {
  return files
    .map(({ package: item, path, modifiedMs }) => {
      const kind = item?.kind === PackageKind.PACKAGE_KIND_HOST ? "host" : "extension";
      return `${kind} ${item?.name} ${path} @${modifiedMs}`;
    })
    .toSorted();
}

/** Expects a tree to hold exactly these files, with these times. */
export async function expectTree(berth: LegacyBerth, files: readonly TreeFile[], clause: string): Promise<void> {
  const what = `the files of the tree in the dialect ${berth.dialect}`;
  expectEqual(await berth.list(), linesOf(files), { code: "tree-wrong", clause, what });
}

/** Expects an operation to have ended so. */
export function expectHostEnd({ end }: Pick<LegacyRun, "end">, how: HostEnd, clause: string, exitCode = 0): void {
  const words = (each: HostEnd, code: number) =>
    `${hostEndToJSON(each).replace("HOST_END_", "")}${each === HostEnd.HOST_END_EXITED ? ` with ${code}` : ""}`;
  if (end.how === how && end.exitCode === exitCode) return;
  throw failed({
    code: "end-wrong",
    clause,
    expected: `the end ${words(how, exitCode)}`,
    actual: `${words(end.how, end.exitCode)}${end.reason && ` (${end.reason})`}`,
  });
}

/** Expects the host of a tree to be of this version, which the host itself says. */
export async function expectHostVersion(berth: LegacyBerth, version: string, clause: string): Promise<void> {
  const run = await berth.run("version");
  expectHostEnd(run, HostEnd.HOST_END_EXITED, "LEG-045");
  const what = "the version that the host says it is";
  expectEqual(run.stdout, `${version}\n`, { code: "wrong-tree", clause, what });
}

/** Expects what an operation reads from an extension's file. */
export async function expectContent(berth: LegacyBerth, file: TreeFile, clause: string): Promise<void> {
  const { stdout } = await berth.run("show", [file.package.name, file.path]);
  const what = `the content of ${JSON.stringify(file.path)} as an operation reads it`;
  expectEqual(stdout, Buffer.from(file.content).toString(), { code: "content-wrong", clause, what });
}
