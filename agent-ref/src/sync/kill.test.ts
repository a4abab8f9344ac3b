import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HandshakeServiceClient, type NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec, type SyncRequest, type SyncResponse, SyncServiceClient } from "@berth/proto/messages/sync/v49/sync";
import { formatManifest, type Manifest } from "@berth/proto/rules/manifest";
import { type ClientDuplexStream, credentials } from "@grpc/grpc-js";
import { after, before, describe, it } from "mocha";

const AGENT = fileURLToPath(new URL("../../bin/berth-agent.js", import.meta.url));
const NODE_MODULES = fileURLToPath(new URL("../../../node_modules/", import.meta.url));
const PIECE_BYTES = 512 * 1024;

/** A whole published package as one extension, with everything an upload of it needs. */
interface Release {
  readonly manifest: Uint8Array;
  readonly digest: Buffer;
  readonly contents: ReadonlyMap<string, Buffer>;
}

/** One sync under way: what was said so far, and the wire to say more. */
interface Upload {
  readonly stream: ClientDuplexStream<SyncRequest, SyncResponse>;
  readonly answers: AsyncIterator<SyncResponse>;
}

/** Where in a sync the agent is killed: at the moment `reach` comes back. */
interface KillPoint {
  readonly name: string;
  /** True when the agent had answered that the new generation is committed. */
  readonly committed?: boolean;
  reach(scene: Scene): Promise<unknown>;
}

interface Scene {
  readonly instanceDirectory: string;
  readonly token: string;
  readonly client: SyncServiceClient;
}

describe("an agent killed with SIGKILL in the middle of a sync", function () {
  this.timeout(60_000);
  const old = readRelease("5.9.2");
  const next = readRelease("5.9.3");
  let scratch: string;
  let baseRoot: string;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "berth-kill-"));
    baseRoot = join(scratch, "base");
    await using agent = await startAgent(baseRoot);
    await completeSync(agent.address, old);
  });

  after(() => rm(scratch, { recursive: true, force: true }));

  const points: KillPoint[] = [
    { name: "before the offer", reach: async () => {} },
    { name: "when the offer was sent", reach: async (scene) => offer(scene, next) },
    { name: "when it said what it needs", reach: (scene) => offered(scene) },
    ...[1, 2, 3, 5, 8, 13, 21].map((count) => ({
      name: `when ${count} Data were written`,
      reach: (scene: Scene) => sendData(scene, count),
    })),
    ...[1, 2, 3, 4].map((count) => ({
      name: `when staging holds ${count} files`,
      reach: ({ instanceDirectory, ...scene }: Scene) =>
        Promise.race([
          sendData({ instanceDirectory, ...scene }),
          seen(() => filesBelow(join(instanceDirectory, "staging")) >= count),
        ]),
    })),
    { name: "when all was sent but the commit", reach: (scene) => sendData(scene) },
    { name: "when the commit was sent", reach: (scene) => sendCommit(scene) },
    ...[8, 16, 32, 64, 128, 256].map((most) => ({
      name: `${most} turns of this process after the commit`,
      reach: async (scene: Scene) => {
        await sendCommit(scene);
        let turns = 0;
        await seen(() => ++turns > most);
      },
    })),
    {
      name: "when the directory of the new generation appears",
      reach: async (scene) => {
        await sendCommit(scene);
        await seen(() => existsSync(join(scene.instanceDirectory, "generations", next.digest.toString("hex"))));
      },
    },
    {
      name: "when the pointer to the current generation changes",
      reach: async (scene) => {
        const pointer = join(scene.instanceDirectory, "current");
        const was = readFileSync(pointer, "utf8");
        await sendCommit(scene);
        await seen(() => readFileSync(pointer, "utf8") !== was);
      },
    },
    {
      name: "when it said committed",
      committed: true,
      reach: async (scene) => {
        const { value } = await (await sendCommit(scene)).answers.next();
        assert.equal(value?.frame?.$case, "committed");
      },
    },
  ];

  it("is tried at twenty points or more", () => assert.ok(points.length >= 20));

  for (const [index, point] of points.entries()) {
    it(`has the old or the new generation whole: killed ${point.name}`, async () => {
      const root = join(scratch, `root-${index}`);
      await cp(baseRoot, root, { recursive: true });
      {
        await using agent = await startAgent(root);
        const { sessionToken, instanceName } = await negotiate(agent.address, old);
        const client = new SyncServiceClient(agent.address, credentials.createInsecure(), { "grpc.enable_retries": 0 });
        const scene = { client, token: sessionToken, instanceDirectory: join(root, "instances", instanceName) };
        await point.reach(scene);
        await agent.kill();
        client.close();
      }

      await using agent = await startAgent(root);
      const newOne = await negotiate(agent.address, next);
      if (point.committed) assert.ok(newOne.generationPresent, "what was committed is there");
      const present = newOne.generationPresent ? next : old;
      const { generationPresent, instanceName } = await negotiate(agent.address, present);
      assert.ok(generationPresent, "the old generation is there when the new one is not");
      const directory = join(root, "instances", instanceName);
      verifyOnDisk(directory, present);

      await completeSync(agent.address, next);
      verifyOnDisk(directory, next);
      await agent.kill();
      await rm(root, { recursive: true });
    });
  }

  function offer({ client, token }: Scene, release: Release): Upload {
    const stream = client.sync();
    // The kill cuts the stream; what that says to this side is not what is tested.
    stream.on("error", () => {});
    const answers = answersOf(stream);
    stream.write({
      frame: {
        $case: "offer",
        value: {
          sessionToken: token,
          manifestDigest: release.digest,
          manifestSize: BigInt(release.manifest.length),
          manifest: release.manifest,
        },
      },
    });
    return { stream, answers };
  }

  async function offered(
    scene: Scene,
    release = next,
  ): Promise<Upload & { missing: string[]; held: Map<string, number> }> {
    const upload = offer(scene, release);
    const missing: string[] = [];
    const held = new Map<string, number>();
    for (;;) {
      const { value } = await upload.answers.next();
      assert.equal(value?.frame?.$case, "need", "the answer to an offer is a Need");
      const need = value.frame.value;
      missing.push(...need.missing.map((digest: Uint8Array) => Buffer.from(digest).toString("hex")));
      for (const part of need.partials) held.set(Buffer.from(part.digest).toString("hex"), Number(part.heldBytes));
      if (need.complete) return { ...upload, missing, held };
    }
  }

  /** Sends what is missing, or so many Data of it, and comes back when the last was handed to the connection. */
  async function sendData(scene: Scene, most = Number.POSITIVE_INFINITY, release = next): Promise<Upload> {
    const upload = await offered(scene, release);
    let sent = 0;
    for (const digest of upload.missing) {
      const content = release.contents.get(digest);
      assert.ok(content, "only content of the manifest is missing");
      for (
        let offset = upload.held.get(digest) ?? 0;
        offset < content.length && sent < most;
        offset += PIECE_BYTES, sent += 1
      ) {
        const payload = content.subarray(offset, offset + PIECE_BYTES);
        const segments = [{ digest: Buffer.from(digest, "hex"), offset: BigInt(offset), length: payload.length }];
        const data = { codec: Codec.CODEC_IDENTITY, rawSize: payload.length, segments, payload };
        await new Promise((resolve) => upload.stream.write({ frame: { $case: "data", value: data } }, resolve));
      }
    }
    return upload;
  }

  async function sendCommit(scene: Scene, release = next): Promise<Upload> {
    const upload = await sendData(scene, Number.POSITIVE_INFINITY, release);
    await new Promise((resolve) => upload.stream.write({ frame: { $case: "commit", value: {} } }, resolve));
    upload.stream.end();
    return upload;
  }

  async function completeSync(address: string, release: Release): Promise<void> {
    const { sessionToken } = await negotiate(address, release);
    const client = new SyncServiceClient(address, credentials.createInsecure());
    try {
      const { answers } = await sendCommit({ client, token: sessionToken, instanceDirectory: "" }, release);
      const { value } = await answers.next();
      assert.equal(value?.frame?.$case, "committed");
    } finally {
      client.close();
    }
  }
});

function readRelease(version: string): Release {
  const folder = join(NODE_MODULES, `typescript-${version}`);
  const contents = new Map<string, Buffer>();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const content = readFileSync(file);
      const digest = createHash("sha256").update(content).digest("hex");
      contents.set(digest, content);
      return { path: file.slice(folder.length + 1), digest, sizeBytes: content.length, executable: false };
    });
  assert.ok(files.length > 100, "a whole published package");
  const manifest: Manifest = { packages: [{ kind: "extension", name: "typescript", version, files }] };
  const bytes = formatManifest(manifest);
  return { manifest: bytes, digest: createHash("sha256").update(bytes).digest(), contents };
}

async function negotiate(address: string, wanted: Release): Promise<NegotiateResponse> {
  const client = new HandshakeServiceClient(address, credentials.createInsecure());
  try {
    return await new Promise((resolve, reject) =>
      client.negotiate(
        {
          product: "Kill Test",
          productVersion: "1.0",
          serverId: "",
          instanceId: "",
          dialects: { lowest: 49, highest: 49 },
          features: [],
          wantedManifestDigest: wanted.digest,
        },
        (error, response) => (error ? reject(error) : resolve(response)),
      ),
    );
  } finally {
    client.close();
  }
}

/** Every file the manifest names has its content, and there is no other. */
function verifyOnDisk(instanceDirectory: string, release: Release): void {
  const directory = join(instanceDirectory, "generations", release.digest.toString("hex"));
  const lines = Buffer.from(release.manifest).toString("utf8").trimEnd().split("\n").slice(2);
  const named = new Map(lines.map((line) => [line.split(" ").slice(3).join(" "), line.split(" ")[1]]));
  const packageDirectory = join(directory, "extensions", "typescript");
  const found = readdirSync(packageDirectory, { recursive: true, withFileTypes: true }).filter(
    (entry) => !entry.isDirectory(),
  );
  for (const entry of found) {
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(packageDirectory.length + 1);
    assert.equal(createHash("sha256").update(readFileSync(file)).digest("hex"), named.get(path), path);
  }
  assert.equal(found.length, named.size, "every file of the manifest is there");
}

interface RunningAgent extends AsyncDisposable {
  readonly address: string;
  kill(): Promise<void>;
}

async function startAgent(root: string): Promise<RunningAgent> {
  const scratch = await mkdtemp(join(tmpdir(), "berth-ready-"));
  const readyFile = join(scratch, "ready.json");
  const child = spawn(process.execPath, [AGENT, "run"], {
    env: { PATH: process.env.PATH, BERTH_ROOT: root, BERTH_LISTEN: "127.0.0.1:0", BERTH_READY_FILE: readyFile },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const said: Buffer[] = [];
  child.stderr.on("data", (bytes: Buffer) => said.push(bytes));
  const exited = once(child, "exit");
  await Promise.race([
    seen(() => existsSync(readyFile)),
    exited.then(() => assert.fail(`the agent ended: ${Buffer.concat(said).toString()}`)),
  ]);
  const { address } = JSON.parse(await readFile(readyFile, "utf8")) as { address: string };
  await rm(scratch, { recursive: true });
  const kill = () => killed(child, exited);
  return { address, kill, [Symbol.asyncDispose]: kill };
}

async function killed(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  child.kill("SIGKILL");
  await exited;
}

/** Looks again and again, as fast as the event loop turns, until it sees `condition`. Bounded by the test's own time limit. */
async function seen(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function answersOf(stream: ClientDuplexStream<SyncRequest, SyncResponse>): AsyncIterator<SyncResponse> {
  return stream[Symbol.asyncIterator]() as AsyncIterator<SyncResponse>;
}

function filesBelow(directory: string): number {
  if (!existsSync(directory)) return 0;
  return readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
