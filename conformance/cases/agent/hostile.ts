import { status } from "@grpc/grpc-js";
import { within } from "../../src/attach/within.ts";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { failed } from "../../src/expect/failed.ts";
import { dataWithDigestsOfOtherLength } from "../../src/mallory/server/digests-of-other-length.ts";
import { messageOfSize } from "../../src/mallory/server/message-of-size.ts";
import { neverRead } from "../../src/mallory/server/reader-that-never-reads.ts";
import { openRubbishConnections } from "../../src/mallory/server/rubbish-connections.ts";
import { floodWithSessions } from "../../src/mallory/server/session-flood.ts";
import { openSilentConnections } from "../../src/mallory/server/silent-connections.ts";
import { stallSync } from "../../src/mallory/server/stalled-sync.ts";
import { startForwarder } from "../../src/network/forwarder.ts";
import type { RawConnections } from "../../src/network/raw-connections.ts";
import { methods } from "../../src/peers/server-peer/methods.ts";
import { expectVersion, releaseNamed, standingInstance } from "./standing-instance.ts";
import { endOf } from "./sync.ts";

/** Cases of peers that behave badly below the messages: silence, rubbish, floods. */
export const hostileCases: readonly AgentCase[] = [
  {
    id: "silent-connections",
    clauses: ["HS-034"],
    title: "Connections that send nothing, half a preface, or stop within a frame do not keep others waiting",
    dialects: [1, 44, 49],
    async run(context) {
      const standing = await standingInstance(context);
      await expectTaken(context, openSilentConnections);
      await standing.expectUnchanged();
    },
  },
  {
    id: "rubbish-connections",
    clauses: ["HS-034", "ERR-007"],
    title: "Connections that send what is no HTTP/2 harm nobody else",
    dialects: [1, 44, 49],
    async run(context) {
      const standing = await standingInstance(context);
      await expectTaken(context, openRubbishConnections);
      await standing.expectUnchanged();
    },
  },
  {
    id: "stalled-sync",
    clauses: ["HS-034", "SYNC-058"],
    title:
      "A sync that stops in the middle of a message does not keep others waiting, in its own instance or elsewhere",
    async run(context) {
      const standing = await standingInstance(context);
      const forwarder = await startForwarder({ target: context.agent.address });
      context.onEnd(() => forwarder.close());
      const slow = await context.connect({ through: forwarder });
      const session = await slow.session({ instanceId: "slow" });
      const open = await slow.offerAccepted(session, releaseNamed("2.0.0"));
      const [digest] = open.lacking.missing;
      stallSync(forwarder, open, { digest: digest!, bytes: releaseNamed("2.0.0").contents.get(digest!)! });
      const neighbour = await context.connect();
      for (const instanceId of ["slow", "elsewhere"]) {
        const other = await neighbour.session({ instanceId });
        await neighbour.sync(other, releaseNamed("3.0.0"));
        await expectVersion(neighbour, other, "3.0.0");
      }
      await standing.expectUnchanged();
      const same = neighbour.offer(await neighbour.session({ instanceId: "slow" }), releaseNamed("2.0.0")).then(
        ({ kind }) => kind,
        () => undefined,
      );
      const how = (await within(same, context.scaledMs(1_000))) ?? "not answered for a second";
      context.observe(`an offer of the very manifest whose sync has stopped is ${how}`);
    },
  },
  {
    id: "reader-that-never-reads",
    clauses: ["HS-034", "OP-037"],
    title: "A server that asks for output and does not take it keeps no one else waiting",
    async run(context) {
      const standing = await standingInstance(context);
      const run = await standing.peer.run(standing.session, "count", ["20000"]);
      const forwarder = await startForwarder({ target: context.agent.address });
      context.onEnd(() => forwarder.close());
      const stuck = await context.connect({ through: forwarder });
      await stuck.session();
      neverRead(forwarder, stuck, standing.session, run.operationId);
      await standing.expectUnchanged();
    },
  },
  {
    id: "split-connection",
    clauses: ["HS-001"],
    title: "Bytes that trickle in are put together: pieces of a connection mean nothing",
    async run(context) {
      const forwarder = await startForwarder({ target: context.agent.address });
      context.onEnd(() => forwarder.close());
      forwarder.throttle("toTarget", 200_000);
      forwarder.delay({ toTarget: 5, fromTarget: 5 });
      const peer = await context.connect({ through: forwarder });
      const session = await peer.session();
      await peer.sync(session, releaseNamed("1.0.0"), { dataBytes: 1_000 });
      await peer.run(session, "version");
    },
  },
  {
    id: "message-over-its-limit",
    clauses: ["HS-030", "HS-031", "ERR-007"],
    title:
      "A message at max_message_bytes is taken, one byte more is refused with RESOURCE_EXHAUSTED, and the agent goes on",
    dialects: [1, 44, 49],
    async run(context) {
      const standing = await standingInstance(context);
      const most = standing.session.limits?.maxMessageBytes ?? 0;
      if (most === 0 || most > 64 << 20) context.notApplicable(`max_message_bytes is ${most}`);
      const at = await standing.peer.callRaw(methods.negotiate.path, messageOfSize(most));
      const reached = at.kind === "refused" && at.refusal.status === status.INVALID_ARGUMENT;
      expectThat(reached, at.kind === "refused" ? `${status[at.refusal.status]}: ${at.refusal.text}` : "an answer", {
        code: "limit-too-early",
        clause: "HS-031",
        what: `a greeting of ${most} bytes to be read, and refused for its missing product`,
      });
      const over = await standing.peer.callRaw(methods.negotiate.path, messageOfSize(most + 1));
      const actual = over.kind === "refused" ? over.refusal.status : status.OK;
      expectEqual(status[actual], "RESOURCE_EXHAUSTED", {
        code: "status-wrong",
        clause: "HS-030",
        what: `the status of ${most + 1} bytes`,
      });
      await standing.expectUnchanged();
    },
  },
  {
    id: "data-with-a-digest-of-other-length",
    clauses: ["SYNC-045", "ERR-001"],
    title: "A segment whose digest is not 32 bytes is refused",
    twin: "content-in-any-order",
    async run(context) {
      const standing = await standingInstance(context);
      for (const [digestBytes, data] of dataWithDigestsOfOtherLength()) {
        const open = await standing.peer.offerAccepted(standing.session, releaseNamed("2.0.0"));
        await open.stream.send({ $case: "data", value: data });
        const result = await endOf(open.stream);
        const refused =
          result.kind === "refused" &&
          result.refusal.status === status.INVALID_ARGUMENT &&
          result.refusal.error !== undefined;
        const what = {
          code: "not-refused",
          clause: "SYNC-045",
          what: `a digest of ${digestBytes} bytes to be refused`,
        };
        expectThat(refused, JSON.stringify(result), what);
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "flood-of-sessions",
    clauses: ["HS-022", "ERR-007"],
    title: "Hundreds of sessions of one server do not end one another before their time",
    async run(context) {
      const standing = await standingInstance(context);
      const flooder = await context.connect({ from: "127.0.0.66" });
      await floodWithSessions(flooder);
      expectAnswered(
        await standing.peer.start(standing.session, { name: "version" }),
        "a start after the flood",
        "HS-022",
      );
      await standing.expectUnchanged();
    },
  },
];

/** Opens connections that stay open until the case ends; that the agent takes each is what the clause asks for. */
async function expectTaken(
  { agent, onEnd }: AgentContext,
  open: (address: string) => Promise<RawConnections>,
): Promise<void> {
  try {
    onEnd((await open(agent.address)).close);
  } catch (error) {
    const expected = "every connection to be taken, whatever the others send";
    throw failed({ code: "connection-not-taken", clause: "HS-034", expected, actual: (error as Error).message });
  }
}
