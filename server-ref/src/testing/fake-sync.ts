import { strict as assert } from "node:assert";
import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import type { Data, SyncRequest, SyncResponse } from "@berth/proto/messages/sync/v49/sync";
import { sha256 } from "@berth/proto/rules/digest";
import type { ServerDuplexStream } from "@grpc/grpc-js";
import type { FakeAgent } from "./fake-agent-state.ts";
import { fakeRefusal } from "./fake-refusal.ts";

/** Answers one sync as spec/sync.md says, and writes down what was sent. A broken clause ends the stream with the words of the assertion. */
export async function answerSync(agent: FakeAgent, call: ServerDuplexStream<SyncRequest, SyncResponse>): Promise<void> {
  const { store } = agent;
  call.on("error", () => {});
  try {
    const frames = call[Symbol.asyncIterator]();
    const next = async () => ((await frames.next()).value as SyncRequest | undefined)?.frame;

    const first = await next();
    assert.ok(first?.$case === "offer", "SYNC-030: the offer comes first");
    const { sessionToken, manifestDigest, manifestSize } = first.value;
    agent.offers.push(first.value);
    const refusal = agent.behaviour.refuseSync?.(agent.offers.length);
    if (refusal) throw refusal;
    if (!agent.tokens.has(sessionToken)) throw fakeRefusal(ErrorCode.ERROR_CODE_SESSION_UNKNOWN);
    let manifest = Buffer.from(first.value.manifest);
    while (manifest.length < Number(manifestSize)) {
      const part = await next();
      assert.ok(part?.$case === "manifestPart", "SYNC-030: manifest parts come while bytes are outstanding");
      manifest = Buffer.concat([manifest, part.value.manifest]);
    }
    assert.ok(Buffer.from(sha256(manifest)).equals(manifestDigest), "SYNC-003: the digest is of the manifest");

    const missing = new Set(store.missingOf(manifest));
    const sizes = store.sizesOf(manifest);
    store.beginStream();
    call.write({ frame: { $case: "need", value: needOf(agent, missing) } });

    for (let frame = await next(); frame?.$case !== "commit"; frame = await next()) {
      assert.ok(frame?.$case === "data", `SYNC-030: data or commit follows, not ${frame?.$case}`);
      requireWithinLimits(agent, frame.value);
      agent.data.push(frame.value);
      store.take(frame.value, missing, sizes);
      agent.behaviour.afterData?.(agent.data.length);
    }
    assert.deepEqual(
      [...missing].filter((key) => !store.contents.has(key)),
      [],
      "SYNC-052: everything has arrived",
    );
    store.generations.add(Buffer.from(manifestDigest).toString("hex"));
    const committed = agent.behaviour.committedDigest ?? manifestDigest;
    call.write({
      frame: { $case: "committed", value: { manifestDigest: committed, receivedBytes: 0n, reusedBytes: 0n } },
    });
    call.end();
  } catch (error) {
    call.emit(
      "error",
      error instanceof assert.AssertionError
        ? fakeRefusal(ErrorCode.ERROR_CODE_MALFORMED_REQUEST, { message: error.message })
        : error,
    );
  }
}

function needOf({ store, behaviour }: FakeAgent, missing: ReadonlySet<string>) {
  const asked = [...missing, ...(behaviour.alsoAskFor ?? [])];
  const partials = [...store.partials].filter(([key]) => missing.has(key));
  return {
    missing: asked.map((key) => Buffer.from(key, "hex")),
    partials: partials.map(([key, held]) => ({ digest: Buffer.from(key, "hex"), heldBytes: BigInt(held.length) })),
    complete: true,
  };
}

function requireWithinLimits({ behaviour }: FakeAgent, { rawSize, codec }: Data): void {
  assert.ok(
    rawSize <= (behaviour.maxDataBytes || Number.POSITIVE_INFINITY),
    "HS-033: Data keeps within max_data_bytes",
  );
  assert.ok(
    codec === 1 || (behaviour.features ?? ["zstd@1"]).includes("zstd@1"),
    "HS-018: zstd only as a feature of the session",
  );
}
