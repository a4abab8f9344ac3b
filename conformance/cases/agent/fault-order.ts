import type { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import type { CodeName } from "../../src/expect/code-table.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { manifestOf, type Release } from "../../src/material/release.ts";
import { sha256 } from "../../src/material/sha256.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { dataOf } from "../../src/peers/server-peer/data-frames.ts";
import { releaseNamed, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

const clause = "ERR-011";

/** Cases of ERR-011: calls with several faults at once. What each fault is refused with alone is judged by the cases of its own clause. */
export const faultOrderCases: readonly AgentCase[] = [
  {
    id: "greeting-faults-in-order",
    clauses: [clause, "HS-010", "INST-001", "INST-002", "INST-021", "INST-011", "HS-023"],
    title: "Of several faults in one greeting the first in the order of the table is answered",
    twin: "handshake-answered",
    async run(context) {
      const peer = await context.connect();
      const faults: [CodeName, Partial<NegotiateRequest>][] = [
        ["INVALID_PRODUCT", { product: "" }],
        ["INVALID_PRODUCT_VERSION", { productVersion: "x" }],
        ["INVALID_SERVER_ID", { serverId: "x" }],
        ["INVALID_INSTANCE_ID", { instanceId: "\u00e9" }],
        ["MALFORMED_REQUEST", { dialects: { lowest: 0, highest: 0 } }],
        ["INVALID_DIGEST", { wantedManifestDigest: Buffer.alloc(3) }],
      ];
      for (const [index, [code]] of faults.slice(0, -1).entries()) {
        const request = Object.assign({}, ...faults.slice(index).map(([, fault]) => fault));
        const what = `a greeting with ${faults.length - index} faults`;
        expectRefusal(await peer.negotiate(request), what, { code, clause });
      }
      const [code, last] = faults.at(-1)!;
      expectRefusal(await peer.negotiate(last), "a greeting with the last fault alone", { code, clause: "HS-023" });
      const late = {
        dialects: { lowest: 4_000_000_000, highest: 4_000_000_001 },
        product: "Otter",
        productVersion: "1",
        instanceId: "x",
      };
      const both = await peer.negotiate({ ...late, wantedManifestDigest: Buffer.alloc(3) });
      expectRefusal(both, "a bad digest with dialects too high", { code: "INVALID_DIGEST", clause });
      const early = "dialects too high with an InstanceId too early";
      expectRefusal(await peer.negotiate(late), early, { code: "AGENT_TOO_OLD", clause });
    },
  },
  {
    id: "offer-faults-in-order",
    clauses: [clause, "HS-021", "SYNC-039", "SYNC-032", "SYNC-002"],
    title: "Of several faults in one offer the first in the order of the table is answered",
    twin: "sync-whole",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const good = releaseNamed("2.0.0");
      const forged = { ...session, sessionToken: "0".repeat(32) };
      const short = { ...good, digest: good.digest.subarray(1) };
      expectRefusal(await peer.offer(forged, short), "a bad digest with a bad token", {
        code: "SESSION_UNKNOWN",
        clause,
      });

      const most = session.limits?.maxManifestBytes ?? 0n;
      if (most > 0n) {
        const { sessionToken } = session;
        const tooLarge = { manifestDigest: short.digest, manifestSize: most + 1n, manifest: Buffer.alloc(0) };
        const stream = peer.stream();
        await stream.send({ $case: "offer", value: { sessionToken, ...tooLarge } });
        const both = "a bad digest of a manifest over max_manifest_bytes";
        expectRefusal(await endOf(stream), both, { code: "INVALID_DIGEST", clause });
      }

      for (const [what, manifest] of [
        ["that is not canonical", "no manifest at all\n"],
        ["with a path that is refused", `berth-manifest 1\nextension a 1\nfile ${"0".repeat(64)} 1 ../a\n`],
      ] as const) {
        const lying: Release = { ...manifestOf(manifest), digest: sha256(Buffer.from("another")) };
        const mismatch = { code: "MANIFEST_DIGEST_MISMATCH", clause } as const;
        expectRefusal(await peer.offer(session, lying), `a manifest ${what}, of another digest`, mismatch);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "data-faults-in-order",
    clauses: [clause, "HS-030", "SYNC-041", "SYNC-045"],
    title: "Of several faults in one Data the first in the order of the table is answered",
    twin: "sync-whole",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const bytes = Buffer.from("nobody asked for this");
      const unasked = dataOf([{ digest: sha256(bytes).toString("hex"), offset: 7, bytes }]);
      const most = session.limits?.maxDataBytes ?? 0;
      for (const [what, code, value] of [
        ["content that nobody asked for, at an offset that is wrong", "UNEXPECTED_CONTENT", unasked],
        ["such content with lengths that lie", "INVALID_PAYLOAD", { ...unasked, rawSize: bytes.length + 1 }],
        ["lengths that lie, over max_data_bytes", "LIMIT_EXCEEDED", { ...unasked, rawSize: most + 1 }],
      ] as const) {
        if (code === "LIMIT_EXCEEDED" && most === 0) continue;
        const { stream } = await peer.offerAccepted(session, releaseNamed("2.0.0"));
        await stream.send({ $case: "data", value });
        expectRefusal(await endOf(stream), what, { code, clause });
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "operation-faults-in-order",
    clauses: [clause, "HS-021", "OP-014", "OP-012", "OP-011", "OP-001"],
    title: "Of several faults in one start the first in the order of the table is answered",
    twin: "operation-runs",
    async run(context) {
      const { peer, session } = await standingInstance(context);
      const fresh = await peer.session();
      const { operationId } = await peer.run(session, "version");
      const bad = { operationId: "x", name: "", arguments: ["\0"] };
      const forged = { ...fresh, sessionToken: "0".repeat(32) };
      const everything = await peer.start(forged, bad);
      expectRefusal(everything, "a start with everything wrong", { code: "SESSION_UNKNOWN", clause });
      const badId = await peer.start(fresh, bad);
      expectRefusal(badId, "a start with a bad id and more", { code: "INVALID_OPERATION_ID", clause });
      const withId = { ...bad, operationId };
      const known = await peer.start(fresh, withId);
      expectRefusal(known, "a known id with bad arguments", { code: "INVALID_ARGUMENTS", clause });
      const reused = { operationId, name: "version", arguments: ["another"] };
      const other = await peer.start(fresh, reused);
      expectRefusal(other, "a known id with other arguments", { code: "OPERATION_ID_REUSED", clause });
      const repeat = await peer.start(fresh, { operationId, name: "version" });
      expectAnswered(repeat, "a repeat without a generation", "OP-010");
      const unknown = { ...bad, operationId: uuidFrom(context.random) };
      const fresher = await peer.start(fresh, unknown);
      expectRefusal(fresher, "a new id with bad arguments", { code: "INVALID_ARGUMENTS", clause });
      const first = await peer.start(fresh, { name: "version", operationId: uuidFrom(context.random) });
      expectRefusal(first, "a new id without a generation", { code: "NO_GENERATION", clause: "OP-001" });
    },
  },
];
