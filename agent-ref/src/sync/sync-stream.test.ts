import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { chmod, readdir, readFile, rm, stat, unlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { zstdCompressSync } from "node:zlib";
import type { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import { describe, it } from "mocha";
import { assertGeneration, generationDirectory } from "../testing/assert-generation.ts";
import { refusedWith } from "../testing/refused-with.ts";
import { makeSample } from "../testing/sample.ts";
import {
  commitFrame,
  commitSync,
  dataFrame,
  dataFrames,
  offerFrame,
  offerSample,
  receiveNeed,
  syncSample,
} from "../testing/sample-sync.ts";
import { makeTestDirectory, startTestAgent } from "../testing/test-agent.ts";

const sample = makeSample(
  { "lib/a.txt": "alpha", "lib/b.txt": "beta", "lib/c.txt": "alpha", empty: "" },
  "#!/bin/sh\n",
);
const large = Buffer.alloc(900_000, "0123456789");

describe("a sync", () => {
  it("brings in a generation whole, with an executable host and nothing else", async () => {
    await using agent = await startTestAgent();
    const { sessionToken, instanceName } = await agent.client.negotiate();
    const committed = await syncSample(agent.client, sessionToken, sample);
    assert.deepEqual(Buffer.from(committed.manifestDigest), sample.digest);
    assert.equal(committed.receivedBytes, 19n);
    assert.equal(committed.reusedBytes, 0n);

    const directory = generationDirectory(agent.root, instanceName, sample);
    await assertGeneration(directory, sample);
    assert.equal((await stat(path.join(directory, "host/sample-host/bin/host"))).mode & 0o777, 0o555);
    assert.equal((await stat(path.join(directory, "extensions/Sample/lib/a.txt"))).mode & 0o777, 0o444);
  });

  it("asks for each missing content once, in the order of the manifest", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    const { stream, needed } = await offerSample(agent.client, sessionToken, sample);
    assert.deepEqual(
      [...needed.keys()],
      ["alpha", "beta", "#!/bin/sh\n"].map((text) => hash("sha256", text)),
    );
    await stream.cancel();
  });

  it("asks only for what changed, and links what it reuses within the instance", async () => {
    await using agent = await startTestAgent();
    const { sessionToken, instanceName } = await agent.client.negotiate();
    await syncSample(agent.client, sessionToken, sample);
    const next = makeSample({ "lib/a.txt": "alpha", "lib/b.txt": "gamma" }, "#!/bin/sh\n");
    const committed = await syncSample(agent.client, sessionToken, next);
    assert.equal(committed.receivedBytes, 5n);
    assert.equal(committed.reusedBytes, 15n);
    const file = path.join(generationDirectory(agent.root, instanceName, next), "extensions/Sample/lib/a.txt");
    assert.ok((await stat(file)).nlink > 1);
    await assertGeneration(generationDirectory(agent.root, instanceName, sample), sample);
  });

  it("gives one content at a plain and an executable path the rights of each", async () => {
    await using agent = await startTestAgent();
    const { sessionToken, instanceName } = await agent.client.negotiate();
    const both = makeSample({ tool: "#!/bin/sh\n" }, "#!/bin/sh\n");
    await syncSample(agent.client, sessionToken, both);
    const directory = generationDirectory(agent.root, instanceName, both);
    assert.equal((await stat(path.join(directory, "extensions/Sample/tool"))).mode & 0o111, 0);
    assert.equal((await stat(path.join(directory, "host/sample-host/bin/host"))).mode & 0o111, 0o111);
  });

  it("needs nothing for a generation that is already there", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    await syncSample(agent.client, sessionToken, sample);
    const { stream, needed } = await offerSample(agent.client, sessionToken, sample);
    assert.equal(needed.size, 0);
    assert.equal((await commitSync(stream)).receivedBytes, 0n);
    assert.equal((await agent.client.negotiate({ wantedManifestDigest: sample.digest })).generationPresent, true);
  });

  it("accepts a manifest without packages, and one that comes in parts", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    await syncSample(agent.client, sessionToken, makeSample({}));

    const stream = agent.client.openSync();
    const offer = offerFrame(sessionToken, sample);
    assert.ok(offer.$case === "offer");
    stream.send({ $case: "offer", value: { ...offer.value, manifest: sample.bytes.subarray(0, 10) } });
    stream.send({ $case: "manifestPart", value: { manifest: sample.bytes.subarray(10, 11) } });
    stream.send({ $case: "manifestPart", value: { manifest: sample.bytes.subarray(11) } });
    const needed = await receiveNeed(stream);
    for (const frame of dataFrames(sample, needed)) stream.send(frame);
    await commitSync(stream);
  });

  it("takes many contents in one zstd payload", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    const { stream, needed } = await offerSample(agent.client, sessionToken, sample);
    const contents = [...needed.keys()].map((digest) => sample.contents.get(digest)!);
    const raw = Buffer.concat(contents);
    const segments = contents.map((content) => ({
      digest: hash("sha256", content, "buffer"),
      offset: 0n,
      length: content.length,
    }));
    stream.send({
      $case: "data",
      value: { codec: Codec.CODEC_ZSTD, rawSize: raw.length, segments, payload: zstdCompressSync(raw) },
    });
    await commitSync(stream);
  });

  it("keeps two instances with the same content in different files", async () => {
    await using agent = await startTestAgent();
    const first = await agent.client.negotiate({ instanceId: "one" });
    const second = await agent.client.negotiate({ instanceId: "two" });
    await syncSample(agent.client, first.sessionToken, sample);
    const committed = await syncSample(agent.client, second.sessionToken, sample);
    assert.equal(committed.reusedBytes, 0n);
    const inodes = new Set<number>();
    for (const { instanceName } of [first, second]) {
      inodes.add((await stat(path.join(generationDirectory(agent.root, instanceName, sample), "manifest"))).ino);
    }
    assert.equal(inodes.size, 2);
  });

  it("lets a second offer of the same manifest wait, and find what the first brought", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    const first = await offerSample(agent.client, sessionToken, sample);
    const second = offerSample(agent.client, sessionToken, sample);
    for (const frame of dataFrames(sample, first.needed)) first.stream.send(frame);
    await commitSync(first.stream);
    const { stream, needed } = await second;
    assert.equal(needed.size, 0);
    await commitSync(stream);
  });

  it("keeps the three generations confirmed last, and those a session holds", async () => {
    await using agent = await startTestAgent();
    const holder = await agent.client.negotiate();
    await syncSample(agent.client, holder.sessionToken, sample);
    const { sessionToken, instanceName } = await agent.client.negotiate();
    const others = ["1", "2", "3", "4", "5"].map((text) => makeSample({ file: text }));
    for (const other of others) await syncSample(agent.client, sessionToken, other);
    const kept = await readdir(path.dirname(generationDirectory(agent.root, instanceName, sample)));
    const wanted = [sample, ...others.slice(2)].map(({ digest }) => digest.toString("hex"));
    assert.deepEqual(kept.sort(), wanted.sort());
  });
});

describe("an interrupted sync", () => {
  it("goes on within a content where it broke off", async () => {
    await using agent = await startTestAgent();
    const big = makeSample({ small: "small", big: large });
    const { sessionToken, instanceName } = await agent.client.negotiate();
    const first = await offerSample(agent.client, sessionToken, big);
    first.stream.send([...dataFrames(big, first.needed, 300_000)][0]!);
    const staged = path.join(
      agent.root,
      "instances",
      ...instanceName.split("/"),
      "staging",
      big.digest.toString("hex"),
    );
    await sizeReached(path.join(staged, "extensions/Sample/big"), 300_000);
    await first.stream.cancel();

    const second = await offerSample(agent.client, sessionToken, big);
    assert.equal(second.needed.get(hash("sha256", large)), 300_000);
    for (const frame of dataFrames(big, second.needed)) second.stream.send(frame);
    const committed = await commitSync(second.stream);
    assert.equal(committed.receivedBytes, 600_005n);
    await assertGeneration(generationDirectory(agent.root, instanceName, big), big);
  });

  it("can begin a content that is held in part again from 0", async () => {
    const root = await makeTestDirectory();
    const big = makeSample({ big: large });
    {
      await using agent = await startTestAgent({ root });
      const { sessionToken, instanceName } = await agent.client.negotiate();
      const { stream, needed } = await offerSample(agent.client, sessionToken, big);
      stream.send([...dataFrames(big, needed, 300_000)][0]!);
      const staged = path.join(root, "instances", ...instanceName.split("/"), "staging", big.digest.toString("hex"));
      await sizeReached(path.join(staged, "extensions/Sample/big"), 300_000);
      await stream.cancel();
    }
    await using agent = await startTestAgent({ root });
    const { sessionToken } = await agent.client.negotiate();
    const { stream, needed } = await offerSample(agent.client, sessionToken, big);
    assert.deepEqual([...needed.values()], [300_000]);
    for (const frame of dataFrames(big, new Map([[hash("sha256", large), 0]]))) stream.send(frame);
    await commitSync(stream);
    await rm(root, { recursive: true });
  });
});

describe("a damaged root", () => {
  const damages: Record<string, (directory: string) => Promise<void>> = {
    "a changed file": async (directory) => {
      const file = path.join(directory, "extensions/Sample/lib/a.txt");
      await chmod(file, 0o644);
      await writeFile(file, "alphA");
    },
    "a missing file": (directory) => unlink(path.join(directory, "extensions/Sample/lib/a.txt")),
    "a file too many": (directory) => writeFile(path.join(directory, "extensions/Sample/extra"), "x"),
    "a changed manifest": async (directory) => {
      await chmod(path.join(directory, "manifest"), 0o644);
      await writeFile(path.join(directory, "manifest"), "berth-manifest 1\n");
    },
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`with ${what} is noticed, and the next sync mends it`, async () => {
      const root = await makeTestDirectory();
      const wantedManifestDigest = sample.digest;
      let directory: string;
      {
        await using agent = await startTestAgent({ root });
        const { sessionToken, instanceName } = await agent.client.negotiate();
        directory = generationDirectory(root, instanceName, sample);
        await syncSample(agent.client, sessionToken, sample);
      }
      await damage(directory);
      await using agent = await startTestAgent({ root });
      const { sessionToken, generationPresent } = await agent.client.negotiate({ wantedManifestDigest });
      assert.equal(generationPresent, false);
      await syncSample(agent.client, sessionToken, sample);
      await assertGeneration(directory, sample);
      await rm(root, { recursive: true });
    });
  }

  for (const [what, text] of [
    ["is empty", ""],
    ["is cut short", '{"format":1,"rec'],
    ["names what is not there", `{"format":1,"recent":["${"0".repeat(64)}"]}`],
  ] as const) {
    it(`whose pointer ${what} is repaired, and loses nothing`, async () => {
      const root = await makeTestDirectory();
      let pointer: string;
      {
        await using agent = await startTestAgent({ root });
        const { sessionToken, instanceName } = await agent.client.negotiate();
        await syncSample(agent.client, sessionToken, sample);
        pointer = path.join(root, "instances", ...instanceName.split("/"), "current");
      }
      await writeFile(pointer, text);
      await using agent = await startTestAgent({ root });
      const recent = (JSON.parse(await readFile(pointer, "utf8")) as { recent: string[] }).recent;
      assert.deepEqual(recent, [sample.digest.toString("hex")]);
      assert.equal((await agent.client.negotiate({ wantedManifestDigest: sample.digest })).generationPresent, true);
      await rm(root, { recursive: true });
    });
  }
});

describe("a sync is refused", () => {
  const offered = (client: Parameters<typeof offerSample>[0], token: string) => offerSample(client, token, sample);

  it("with SESSION_UNKNOWN for a token nobody gave out", async () => {
    await using agent = await startTestAgent();
    await refusedWith("ERROR_CODE_SESSION_UNKNOWN", offered(agent.client, "guessed"));
  });

  it("with UNEXPECTED_MESSAGE for Data in place of an offer, an empty frame, and a message behind Commit", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    const early = agent.client.openSync();
    early.send(dataFrame(Buffer.from("alpha")));
    await refusedWith("ERROR_CODE_UNEXPECTED_MESSAGE", early.next());
    const empty = agent.client.openSync();
    empty.send(undefined);
    await refusedWith("ERROR_CODE_UNEXPECTED_MESSAGE", empty.next());
    const { stream, needed } = await offered(agent.client, sessionToken);
    for (const frame of dataFrames(sample, needed)) stream.send(frame);
    stream.send(commitFrame);
    stream.send(commitFrame);
    await refusedWith("ERROR_CODE_UNEXPECTED_MESSAGE", stream.next());
    assert.equal((await agent.client.negotiate({ wantedManifestDigest: sample.digest })).generationPresent, false);
  });

  it("with INCOMPLETE for a Commit before all content", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    const { stream } = await offered(agent.client, sessionToken);
    stream.send(commitFrame);
    assert.equal((await refusedWith("ERROR_CODE_INCOMPLETE", stream.next())).details.missing, "3");
  });

  it("with CONTENT_DIGEST_MISMATCH for other bytes, which are not kept", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    const { stream } = await offered(agent.client, sessionToken);
    const digest = hash("sha256", "alpha", "buffer");
    stream.send(dataFrame(Buffer.from("alphA"), { digest }));
    const refusal = await refusedWith("ERROR_CODE_CONTENT_DIGEST_MISMATCH", stream.next());
    assert.equal(refusal.details.digest, digest.toString("hex"));
    assert.equal((await offered(agent.client, sessionToken)).needed.get(digest.toString("hex")), 0);
  });

  it("with OUT_OF_ORDER for a gap, a piece too long, and a content begun before the last was whole", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    const alpha = { digest: hash("sha256", "alpha", "buffer") };
    for (const frames of [
      [dataFrame(Buffer.from("pha"), { ...alpha, offset: 2 })],
      [dataFrame(Buffer.from("alphabet"), alpha)],
      [dataFrame(Buffer.from("al"), alpha), dataFrame(Buffer.from("beta"))],
      [dataFrame(Buffer.from("al"), alpha), dataFrame(Buffer.from("al"), alpha)],
    ]) {
      const { stream } = await offered(agent.client, sessionToken);
      for (const frame of frames) stream.send(frame);
      await refusedWith("ERROR_CODE_OUT_OF_ORDER", stream.next());
    }
  });

  it("with UNEXPECTED_CONTENT for content nobody asked for, and for the same one twice", async () => {
    await using agent = await startTestAgent();
    const { sessionToken } = await agent.client.negotiate();
    for (const contents of [["delta"], ["alpha", "alpha"]]) {
      const { stream } = await offered(agent.client, sessionToken);
      for (const content of contents) stream.send(dataFrame(Buffer.from(content)));
      await refusedWith("ERROR_CODE_UNEXPECTED_CONTENT", stream.next());
    }
  });

  it("with INVALID_PAYLOAD for lengths, codecs and frames that do not fit", async () => {
    await using agent = await startTestAgent();
    const plain = await agent.client.negotiate({ features: [] });
    const zstd = await agent.client.negotiate();
    const payload = Buffer.from("alpha");
    const segment = { digest: hash("sha256", payload, "buffer"), offset: 0n, length: 5 };
    const data = { codec: Codec.CODEC_IDENTITY as Codec, rawSize: 5, segments: [segment], payload };
    const bomb = zstdCompressSync(Buffer.alloc(10_000_000));
    for (const [token, value] of [
      [zstd, { ...data, rawSize: 4 }],
      [zstd, { ...data, segments: [] }],
      [zstd, { ...data, segments: [{ ...segment, length: 0 }, segment] }],
      [zstd, { ...data, payload: Buffer.from("alph") }],
      [zstd, { ...data, codec: Codec.CODEC_ZSTD, payload: bomb }],
      [zstd, { ...data, codec: Codec.CODEC_ZSTD, payload: Buffer.from("not zstd") }],
      [zstd, { ...data, codec: Codec.CODEC_ZSTD, payload: zstdCompressSync(payload).subarray(0, -1) }],
      [zstd, { ...data, codec: Codec.CODEC_UNSPECIFIED }],
      [plain, { ...data, codec: Codec.CODEC_ZSTD, payload: zstdCompressSync(payload) }],
    ] as const) {
      const { stream } = await offered(agent.client, token.sessionToken);
      stream.send({ $case: "data", value: { ...value, segments: [...value.segments] } });
      await refusedWith("ERROR_CODE_INVALID_PAYLOAD", stream.next());
    }
  });

  it("at the offer for its digest, its size, its form, its paths, its files and its quota", async () => {
    await using agent = await startTestAgent({
      limits: { maxManifestBytes: 500n, maxFiles: 5, instanceQuotaBytes: 24n },
    });
    const { sessionToken } = await agent.client.negotiate();
    const refusal = (code: keyof typeof ErrorCode, digest: Buffer, bytes: Buffer) =>
      refusedWith(code, offerSample(agent.client, sessionToken, { ...sample, digest, bytes }));
    const text = (lines: string) => {
      const bytes = Buffer.from(lines);
      return [hash("sha256", bytes, "buffer"), bytes] as const;
    };
    const file = (path: string) => `file ${hash("sha256", "")} 0 ${path}\n`;

    await refusal("ERROR_CODE_INVALID_DIGEST", sample.digest.subarray(1), sample.bytes);
    await refusal("ERROR_CODE_MANIFEST_DIGEST_MISMATCH", hash("sha256", "", "buffer"), sample.bytes);
    await refusal("ERROR_CODE_INVALID_MANIFEST", ...text("berth-manifest 2\n"));
    await refusal("ERROR_CODE_PATH_REFUSED", ...text(`berth-manifest 1\nextension E 1\n${file("../x")}`));
    await refusal("ERROR_CODE_LIMIT_EXCEEDED", ...text(`berth-manifest 1\n${"x".repeat(500)}\n`));
    const six = ["a", "b", "c", "d", "e", "f"];
    const crowded = makeSample(Object.fromEntries(six.map((name) => [name, ""])));
    const few = await refusal("ERROR_CODE_LIMIT_EXCEEDED", crowded.digest, crowded.bytes);
    assert.ok(["max_files", "max_manifest_bytes"].includes(few.details.limit!));
    const heavy = makeSample({ a: "x".repeat(25) });
    await refusal("ERROR_CODE_QUOTA_EXCEEDED", heavy.digest, heavy.bytes);
    await syncSample(agent.client, sessionToken, makeSample({ a: "x".repeat(24) }));
  });

  it("with SYNC_IDLE when the server falls silent", async () => {
    await using agent = await startTestAgent({ limits: { syncIdleMs: 100n } });
    const { sessionToken } = await agent.client.negotiate();
    const { stream } = await offered(agent.client, sessionToken);
    await refusedWith("ERROR_CODE_SYNC_IDLE", stream.next());
  });
});

/** Answers once a file has as many bytes. */
async function sizeReached(file: string, bytes: number): Promise<void> {
  for (;;) {
    const size = await stat(file).then(
      (found) => found.size,
      () => 0,
    );
    if (size >= bytes) return;
    await new Promise(setImmediate);
  }
}
