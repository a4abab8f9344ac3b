import { Isolation, NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { StartOperationRequest } from "@berth/proto/messages/sync/v49/operation";
import { SyncRequest } from "@berth/proto/messages/sync/v49/sync";
import { status } from "@grpc/grpc-js";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import type { CodeName } from "../../src/expect/code-table.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { failed } from "../../src/expect/failed.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import type { CallResult } from "../../src/peers/server-peer/call-result.ts";
import { methods } from "../../src/peers/server-peer/methods.ts";
import { releaseNamed, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

const unary = [methods.negotiate, methods.start, methods.read, methods.cancel, methods.abandon] as const;

/** A field of number 500 that holds a text: what a later version could add. */
const unknownField = Buffer.concat([Buffer.from([0xa2, 0x1f, 5]), Buffer.from("later")]);

/** Cases of spec/errors.md and of the transport clauses of spec/handshake.md. */
export const errorsCases: readonly AgentCase[] = [
  {
    id: "method-unknown",
    clauses: ["HS-002", "ERR-007"],
    title: "A method or a service the agent does not know is answered with UNIMPLEMENTED",
    dialects: [1, 44, 49],
    twin: "handshake-answered",
    async run(context) {
      const standing = await standingInstance(context);
      for (const path of [
        "/berth.sync.v49.SyncService/Teleport",
        "/berth.sync.v999.SyncService/Sync",
        "/berth.handshake.v1.HandshakeService/negotiate",
        "/nothing.Known/AtAll",
      ]) {
        const result = await standing.peer.callRaw(path, Buffer.alloc(0));
        expectStatus(result, `the method ${path}`, "HS-002", [status.UNIMPLEMENTED]);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "message-malformed",
    clauses: ["HS-003", "ERR-007"],
    title: "A message that is not valid Protobuf is answered with INTERNAL or INVALID_ARGUMENT, on every method",
    twin: "handshake-answered",
    async run(context) {
      const standing = await standingInstance(context);
      const malformed: Record<string, Buffer> = {
        "a length beyond the end": Buffer.from([0x0a, 0xff, 0x01, 0x41]),
        "a number that never ends": Buffer.alloc(20, 0xff),
        "a wire type that does not exist": Buffer.from([0x0f, 0x00]),
        "a message cut short": Buffer.from([0x0a]),
      };
      const allowed = [status.INTERNAL, status.INVALID_ARGUMENT];
      for (const [what, bytes] of Object.entries(malformed)) {
        for (const { path } of unary) {
          expectStatus(await standing.peer.callRaw(path, bytes), `${what} to ${path}`, "HS-003", allowed);
        }
        const stream = standing.peer.stream();
        await stream.sendBytes(bytes);
        expectStatus(await endOf(stream), `${what} on a sync`, "HS-003", allowed);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "fields-unknown",
    clauses: ["HS-004"],
    title: "Fields the agent does not know are ignored, in greetings, operations and syncs",
    async run(context) {
      const { peer, session, release } = await standingInstance(context);
      const greeting = NegotiateRequest.encode({
        product: context.product,
        productVersion: "1.0",
        serverId: "",
        instanceId: "",
        dialects: { lowest: 1, highest: 49 },
        features: [],
        wantedManifestDigest: release.digest,
      }).finish();
      const answered = await peer.callRaw(
        methods.negotiate.path,
        Buffer.concat([unknownField, greeting, unknownField]),
      );
      const response = methods.negotiate.responseDeserialize(
        expectAnswered(answered, "a greeting with unknown fields", "HS-004"),
      );
      const facts = [response.generationPresent, response.isolation, response.instanceName];
      expectEqual<unknown>(facts, [true, Isolation.ISOLATION_ADDRESS, session.instanceName], {
        code: "unknown-field-minded",
        what: "the answer",
      });

      const { sessionToken } = session;
      const start = {
        sessionToken,
        operationId: uuidFrom(context.random),
        name: "version",
        arguments: [],
        waitMs: 0n,
        timeoutMs: 0n,
      };
      const bytes = Buffer.concat([StartOperationRequest.encode(start).finish(), unknownField]);
      expectAnswered(await peer.callRaw(methods.start.path, bytes), "a start with unknown fields", "HS-004");
      await peer.readToEnd(session, start.operationId);

      const stream = peer.stream();
      const offer = {
        sessionToken,
        manifestDigest: release.digest,
        manifestSize: BigInt(release.manifest.length),
        manifest: release.manifest,
      };
      await stream.sendBytes(
        Buffer.concat([SyncRequest.encode({ frame: { $case: "offer", value: offer } }).finish(), unknownField]),
      );
      const event = await stream.next();
      stream.cancel();
      if (event.kind === "refused") expectAnswered(event, "an offer with unknown fields", "HS-004");
    },
  },
  {
    id: "refusals-are-whole",
    clauses: ["ERR-003", "ERR-001", "ERR-004", "ERR-005", "ERR-006"],
    title: "Refusals of every service carry the status, retryable, phase, words and clause that their code asks for",
    twin: "handshake-answered",
    async run(context) {
      const { peer, session, release } = await standingInstance(context);
      const id = uuidFrom(context.random);
      const fresh = await peer.session();
      const early = await peer.offerAccepted(session, releaseNamed("2.0.0"));
      const refusals: [CodeName, CallResult<unknown>][] = [
        ["INVALID_PRODUCT", await peer.negotiate({ product: "" })],
        ["MALFORMED_REQUEST", await peer.negotiate({ dialects: undefined })],
        ["INVALID_DIGEST", await peer.negotiate({ wantedManifestDigest: Buffer.alloc(1) })],
        ["INSTANCING_UNSUPPORTED", await peer.negotiate({ product: "Otter", productVersion: "1", instanceId: "x" })],
        ["SESSION_UNKNOWN", await peer.read({ ...session, sessionToken: "0".repeat(32) }, id)],
        ["MANIFEST_DIGEST_MISMATCH", await peer.offer(session, { ...release, digest: Buffer.alloc(32) })],
        ["INCOMPLETE", await early.commit()],
        ["NO_GENERATION", await peer.start(fresh, { name: "version" })],
        ["INVALID_ARGUMENTS", await peer.start(session, { name: "" })],
        ["INVALID_OPERATION_ID", await peer.abandon(session, "x")],
        ["OPERATION_UNKNOWN", await peer.cancel(session, id)],
      ];
      for (const [code, result] of refusals) expectRefusal(result, "a call", { code });
    },
  },
  {
    id: "refusals-close-nothing",
    clauses: ["ERR-002", "ERR-007", "ERR-001"],
    title: "A hundred refusals on one connection leave it open and every other call served",
    twin: "handshake-answered",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const running = await peer.begin(session, "hold");
      const waiting = peer.read(session, running.operationId, { cursor: running.nextCursor, waitMs: 20_000n });
      await Promise.all(
        Array.from({ length: 100 }, async (_, index) => {
          const result = await peer.negotiate({ product: "x".repeat(65 + index) });
          expectRefusal(result, "a product too long", { code: "INVALID_PRODUCT" });
        }),
      );
      await peer.abandon(session, running.operationId);
      expectAnswered(await waiting, "a read that waited meanwhile", "ERR-007");
      await standing.expectUnchanged();
    },
  },
];

function expectStatus(result: CallResult<unknown>, what: string, clause: string, allowed: readonly status[]): void {
  const expected = `${what} to end with ${allowed.map((each) => status[each]).join(" or ")}`;
  if (result.kind === "answered") throw failed({ code: "not-refused", clause, expected, actual: "it was answered" });
  const { status: actual, text } = result.refusal;
  expectThat(allowed.includes(actual), `${status[actual]}: ${text}`, { code: "status-wrong", clause, what: expected });
}
