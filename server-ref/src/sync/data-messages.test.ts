import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { Codec } from "@berth/proto/messages/sync/v49/sync";
import fc from "fast-check";
import { ExitCode } from "../errors/exit-code.ts";
import type { AgentLimits } from "../handshake/agent-limits.ts";
import { FakeStore } from "../testing/fake-store.ts";
import { withTemporaryServer } from "../testing/temporary-server.ts";
import { createDataMessages } from "./data-messages.ts";
import type { MissingContents } from "./missing-contents.ts";

function limitsOf(maxDataBytes: number): AgentLimits {
  const none = Number.POSITIVE_INFINITY;
  return {
    maxDataBytes,
    maxMessageBytes: none,
    maxManifestBytes: none,
    maxFiles: none,
    instanceQuotaBytes: none,
    maxWaitMs: none,
    maxArgumentBytes: none,
  };
}

const kibibyte = 1024;

describe("data messages", () => {
  it("carry exactly what is missing, in an order agents take, whatever is there already and however it must be sent", async () => {
    await withTemporaryServer(async (server) => {
      const large = randomBytes(2300 * kibibyte);
      const shared = Buffer.alloc(1500 * kibibyte, "shared ");
      await server.publish("extension", "A", "1", { "1": "one", "2": "two", large, "z/3": "three" });
      await server.publish("extension", "B", "1", {
        "1": "one",
        "4": "four",
        m: randomBytes(900 * kibibyte),
        shared,
        y: randomBytes(200 * kibibyte),
      });
      await server.publish("extension", "C", "1", {
        shared,
        "5": "five",
        large,
        end: Buffer.alloc(70 * kibibyte, "end "),
      });
      const { wanted } = server.task();
      const digests = [...wanted.sizes.keys()];
      const contents = await readAllContents();

      const property = fc.asyncProperty(
        fc.subarray(digests),
        fc.option(fc.record({ of: fc.constantFrom(...digests), part: fc.double({ min: 0, max: 1, noNaN: true }) }), {
          nil: undefined,
        }),
        fc.constantFrom(64 * kibibyte, 100_003, 1024 * kibibyte, Number.POSITIVE_INFINITY),
        fc.boolean(),
        async (present, held, maxDataBytes, allowsZstd) => {
          const { store, missing } = begin(present, held);
          const asked = new Set(missing.keys());
          const expectedBytes = [...missing.values()].reduce(
            (sum, { sizeBytes, heldBytes }) => sum + sizeBytes - heldBytes,
            0,
          );
          let sentBytes = 0;
          for await (const data of createDataMessages(server.home, wanted.packages, missing, {
            limits: limitsOf(maxDataBytes),
            allowsZstd,
          })) {
            assert.ok(data.rawSize <= Math.min(maxDataBytes, 1024 * kibibyte));
            assert.ok(allowsZstd || data.codec === Codec.CODEC_IDENTITY);
            store.take(data, asked, wanted.sizes);
            sentBytes += data.rawSize;
          }
          assert.equal(sentBytes, expectedBytes);
          assert.equal(store.contents.size, digests.length);
        },
      );
      await fc.assert(property, { numRuns: 40 });

      function begin(present: readonly string[], held: { of: string; part: number } | undefined) {
        const store = new FakeStore();
        const missing: MissingContents = new Map();
        for (const [digest, sizeBytes] of wanted.sizes) {
          const content = contents.get(digest) ?? Buffer.alloc(0);
          if (present.includes(digest)) {
            store.contents.set(digest, content);
            continue;
          }
          const heldBytes = held?.of === digest ? Math.min(Math.floor(held.part * sizeBytes), sizeBytes - 1) : 0;
          if (heldBytes > 0) store.partials.set(digest, content.subarray(0, heldBytes));
          missing.set(digest, { heldBytes, sizeBytes });
        }
        return { store, missing };
      }

      async function readAllContents(): Promise<Map<string, Buffer>> {
        const store = new FakeStore();
        const missing = new Map([...wanted.sizes].map(([digest, sizeBytes]) => [digest, { heldBytes: 0, sizeBytes }]));
        const terms = { limits: limitsOf(Number.POSITIVE_INFINITY), allowsZstd: true };
        for await (const data of createDataMessages(server.home, wanted.packages, missing, terms))
          store.take(data, new Set(digests), wanted.sizes);
        return store.contents;
      }
    });
  }).timeout(30_000);

  it("stop before a wrong byte where a pack is damaged", async () => {
    await withTemporaryServer(async (server) => {
      await server.publish("extension", "A", "1", { a: randomBytes(5_000) });
      const { wanted } = server.task();
      await truncate(join(server.home.packsDirectory, wanted.packages[0]!.pack), 100);
      const missing = new Map([...wanted.sizes].map(([digest, sizeBytes]) => [digest, { heldBytes: 0, sizeBytes }]));
      const messages = createDataMessages(server.home, wanted.packages, missing, {
        limits: limitsOf(1e6),
        allowsZstd: true,
      });
      await assert.rejects(messages.next(), { exitCode: ExitCode.homeDamaged, remedy: /Publish it again/ });
    });
  });
});
