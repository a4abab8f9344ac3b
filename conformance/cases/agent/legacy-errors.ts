import { NegotiateRequest } from "@berth/proto/messages/handshake/v1/handshake";
import { ListFilesRequest, UpdateFileRequest } from "@berth/proto/messages/sync/v44/file";
import { RunOperationRequest } from "@berth/proto/messages/sync/v44/host";
import { status } from "@grpc/grpc-js";
import type { AgentCase } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import type { CodeName } from "../../src/expect/code-table.ts";
import { expectThat } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { shellHost } from "../../src/material/shell-host.ts";
import type { CallResult } from "../../src/peers/server-peer/call-result.ts";
import { headerOf } from "../../src/peers/server-peer/legacy-calls.ts";
import { methods } from "../../src/peers/server-peer/methods.ts";
import { inEachLegacyDialect, legacyBerth, treeFile } from "./legacy-berth.ts";
import { standingInstance } from "./standing-instance.ts";

const RAW_METHODS = ["list", "update", "run"] as const;
/** A field of number 500 that holds a text: what a later version could add. */
const UNKNOWN_FIELD = Buffer.concat([Buffer.from([0xa2, 0x1f, 5]), Buffer.from("later")]);

/** Cases of spec/errors.md and of the transport clauses, in the dialects 1 and 44. */
export const legacyErrorsCases: readonly AgentCase[] = [
  {
    id: "legacy-message-malformed",
    clauses: ["HS-003", "ERR-007"],
    title: "A message that is not valid Protobuf is answered with INTERNAL or INVALID_ARGUMENT, on every legacy method",
    dialects: [1, 44],
    twin: "handshake-answered",
    async run(context) {
      const standing = await standingInstance(context);
      const malformed: Record<string, Buffer> = {
        "a length beyond the end": Buffer.from([0x0a, 0xff, 0x01, 0x41]),
        "a number that never ends": Buffer.alloc(20, 0xff),
        "a message cut short": Buffer.from([0x0a]),
      };
      for (const [what, bytes] of Object.entries(malformed)) {
        expectMalformed(await standing.peer.callRaw(methods.negotiate.path, bytes), `${what} to Negotiate`);
        for (const method of RAW_METHODS) {
          expectMalformed(await standing.peer.legacy.sendRaw(method, bytes), `${what} to ${method}`);
        }
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "legacy-fields-unknown",
    clauses: ["HS-004"],
    title: "Fields the agent does not know are ignored, in every legacy call",
    dialects: [1, 44],
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        await berth.put(shellHost());
        const { peer, session, instanceId } = berth;
        const { sessionToken } = session;
        const greeting = NegotiateRequest.encode({
          product: context.product,
          productVersion: "1.0",
          serverId: "",
          instanceId,
          dialects: { lowest: 1, highest: dialect },
          features: [],
          wantedManifestDigest: new Uint8Array(),
        }).finish();
        const answered = await peer.callRaw(methods.negotiate.path, Buffer.concat([greeting, UNKNOWN_FIELD]));
        expectAnswered(answered, "a greeting with unknown fields", "HS-004");
        const file = treeFile("later", "file.txt", "");
        const run = {
          sessionToken,
          instanceId,
          host: "suite-host",
          entry: "bin/host",
          name: "version",
          arguments: [],
          timeoutMs: 0n,
        };
        const requests = {
          list: ListFilesRequest.encode({ sessionToken, instanceId }).finish(),
          update: UpdateFileRequest.encode(headerOf(session, file, { instanceId })).finish(),
          run: RunOperationRequest.encode(run).finish(),
        };
        for (const method of RAW_METHODS) {
          const sent = await peer.legacy.sendRaw(method, Buffer.concat([requests[method], UNKNOWN_FIELD]));
          expectAnswered(sent, `${method} with unknown fields`, "HS-004");
        }
      });
    },
  },
  {
    id: "legacy-refusals-are-whole",
    clauses: ["ERR-003", "ERR-001", "ERR-004", "ERR-005", "ERR-006"],
    title:
      "Refusals of every legacy call carry the status, retryable, phase, words and clause that their code asks for",
    dialects: [1, 44],
    twin: "handshake-answered",
    async run(context) {
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        const { peer, session, instanceId } = berth;
        const forged = { ...session, sessionToken: "0".repeat(32) };
        const unnamed = { ...treeFile("a", "b", "c"), package: { kind: 1, name: "" } as const };
        const refusals: [CodeName, CallResult<unknown>][] = [
          ["INVALID_PRODUCT", await peer.negotiate({ product: "" })],
          ["SESSION_UNKNOWN", await peer.legacy.list(forged, instanceId)],
          ["SESSION_UNKNOWN", await peer.legacy.run(forged, { instanceId })],
          ["MALFORMED_REQUEST", await peer.legacy.update(session, unnamed, { instanceId })],
          ["NO_HOST", await peer.legacy.run(session, { instanceId })],
        ];
        await berth.put(shellHost());
        refusals.push(["INVALID_ARGUMENTS", await peer.legacy.run(session, { instanceId, name: "" })]);
        for (const [code, result] of refusals) expectRefusal(result, "a call", { code });
      });
    },
  },
  {
    id: "legacy-faults-in-order",
    clauses: ["ERR-011", "HS-021", "LEG-041", "LEG-024"],
    title: "Of several faults in one call the first in the order of the table is answered",
    dialects: [1, 44],
    twin: "legacy-refusals-are-whole",
    async run(context) {
      const clause = "ERR-011";
      await inEachLegacyDialect(context, async (dialect) => {
        const berth = await legacyBerth(context, { dialect });
        const { peer, session, instanceId } = berth;
        const forged = { ...session, sessionToken: "0".repeat(32) };
        const bad = { ...treeFile("a", "../b", "c"), package: { kind: 0, name: "" } as const };
        const run = { instanceId, name: "", arguments: ["\0"] };
        const unknown = { code: "SESSION_UNKNOWN", clause } as const;
        const forgedUpdate = await peer.legacy.update(forged, bad, { instanceId });
        expectRefusal(forgedUpdate, "a bad file with a bad token", unknown);
        expectRefusal(await peer.legacy.run(forged, run), "a bad operation with a bad token", unknown);
        const update = await peer.legacy.update(session, bad, { instanceId });
        expectRefusal(update, "a bad package and a bad path", { code: "MALFORMED_REQUEST", clause });
        const ran = await peer.legacy.run(session, run);
        expectRefusal(ran, "a bad name without a host", { code: "NO_HOST", clause });
      });
    },
  },
  {
    id: "sessions-are-of-their-dialect",
    clauses: ["HS-021"],
    title: "A session of one dialect is worth nothing in the calls of another",
    dialects: [1, 44, 49],
    twin: "handshake-answered",
    async run(context) {
      const standing = await standingInstance(context);
      const { peer, session } = standing;
      const legacy = session.dialect !== 49;
      const others = legacy
        ? {
            StartOperation: await peer.start(session, { name: "version" }),
            Sync: await peer.offer(session, standing.release),
          }
        : {
            ListFiles: await peer.legacy.list(session),
            UpdateFile: await peer.legacy.update(session, treeFile("a", "b", "c")),
            RunOperation: await peer.legacy.run(session, {}),
          };
      for (const [method, result] of Object.entries(others)) {
        const what = `${method} with a session of the dialect ${session.dialect}`;
        // An agent that speaks no such dialect does not know the method (HS-002).
        if (result.kind === "refused" && result.refusal.status === status.UNIMPLEMENTED) continue;
        expectRefusal(result, what, { code: "SESSION_UNKNOWN", clause: "HS-021" });
      }
      await standing.expectUnchanged();
    },
  },
];

function expectMalformed(result: CallResult<unknown>, what: string): void {
  const actual = result.kind === "refused" ? result.refusal.status : status.OK;
  const allowed = actual === status.INTERNAL || actual === status.INVALID_ARGUMENT;
  expectThat(allowed, status[actual], {
    code: "status-wrong",
    clause: "HS-003",
    what: `${what} to end with INTERNAL or INVALID_ARGUMENT`,
  });
}
