import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { eventually } from "../../src/expect/eventually.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import { standingInstance } from "./standing-instance.ts";

const conflict = { code: "INSTANCE_CONFLICT", clause: "INST-030" } as const;

/** Cases of spec/instancing.md, "Ownership". */
export const ownershipCases: readonly AgentCase[] = [
  {
    id: "owner-keeps-its-instance",
    clauses: ["INST-031", "INST-033", "INST-023"],
    title: "The owner of an instance gets it again, in any case of its server_id and from every address",
    async run(context) {
      const request = ownedRequest(context);
      const first = await (await context.connect()).session(request);
      for (const from of ["127.0.0.1", "127.0.0.2", "127.0.0.3"]) {
        const peer = await context.connect({ from });
        for (const serverId of [request.serverId, request.serverId.toUpperCase()]) {
          const { instanceName } = await peer.session({ ...request, serverId });
          const what = { code: "instance-changed", clause: "INST-033", what: `the owner's instance from ${from}` };
          expectEqual(instanceName, first.instanceName, what);
        }
      }
    },
  },
  {
    id: "owned-instance-refused-to-another",
    clauses: ["INST-030", "INST-031", "ERR-006"],
    title: "Another server_id, or none, asking for an owned instance is refused with the setting to change",
    twin: "owner-keeps-its-instance",
    async run(context) {
      const request = ownedRequest(context);
      const standing = await standingInstance(context, { request });
      for (const serverId of [uuidFrom(context.random), uuidFrom(context.random), ""]) {
        for (const instanceId of [request.instanceId, ` ${request.instanceId.toUpperCase()}\t`]) {
          for (const from of ["127.0.0.1", "127.0.0.2"]) {
            const peer = await context.connect({ from });
            const result = await peer.negotiate({ ...request, serverId, instanceId });
            const error = expectRefusal(result, `the server ${serverId || "without server_id"}`, conflict);
            expectEqual(/Agent\.InstanceId/.test(error.remedy), true, {
              code: "remedy-wrong",
              clause: "INST-030",
              what: "the remedy names Agent.InstanceId",
            });
            expectEqual(JSON.stringify(error).toLowerCase().includes(request.serverId), false, {
              code: "secret-leaked",
              clause: "ERR-010",
              what: "the owner's server_id in the error",
            });
          }
        }
      }
      await standing.expectUnchanged();
    },
  },
  {
    id: "instance-without-owner-is-taken",
    clauses: ["INST-031"],
    title: "An instance that only servers without server_id used is taken by the first server_id, and then owned",
    async run(context) {
      const request = ownedRequest(context);
      const anonymous = { ...request, serverId: "" };
      const peers = [await context.connect(), await context.connect({ from: "127.0.0.2" })];
      for (const peer of peers) await peer.session(anonymous);
      await peers[0]!.session(request);
      for (const peer of peers) {
        const taken = { ...conflict, clause: "INST-031" }; // what is refused is clear; that there is an owner is in question
        expectRefusal(await peer.negotiate(anonymous), "a server without server_id, after it was taken", taken);
      }
      await peers[1]!.session(request);
    },
  },
  {
    id: "ownership-counts-per-product",
    clauses: ["INST-031", "INST-005"],
    title: "Equal InstanceIds of different products have owners of their own",
    async run(context) {
      const peer = await context.connect();
      const request = ownedRequest(context);
      await peer.session(request);
      await peer.session({ ...request, product: `${context.product}x`, serverId: uuidFrom(context.random) });
    },
  },
  {
    id: "shared-instance-has-no-owner",
    clauses: ["INST-034", "INST-006"],
    title: "The shared instance of a product opens to every server_id and to none",
    async run(context) {
      const peer = await context.connect();
      for (const serverId of [uuidFrom(context.random), uuidFrom(context.random), ""]) {
        const session = await peer.session({ product: "Otter", productVersion: "2.0", serverId });
        const what = { code: "isolation-wrong", clause: "INST-006", what: "the isolation of an old Otter" };
        expectEqual(session.isolation, Isolation.ISOLATION_PRODUCT, what);
      }
    },
  },
  {
    id: "owner-remembered-across-restart",
    clauses: ["INST-031"],
    title: "An owner is remembered across restarts of the agent",
    abilities: ["launch", "restart"],
    twin: "owner-keeps-its-instance",
    async run(context) {
      const target = await context.agent.launch();
      context.onEnd(() => target.stop());
      const request = ownedRequest(context);
      await (await context.connect({ target })).session(request);
      await target.restart();
      const peer = await context.connect({ target });
      const other = await peer.negotiate({ ...request, serverId: uuidFrom(context.random) });
      expectRefusal(other, "another server after a restart", { ...conflict, clause: "INST-031" });
      await peer.session(request);
    },
  },
  {
    id: "ownership-ends-after-its-window",
    clauses: ["INST-032"],
    title: "Once the owner has been away longer than ownership_window_ms another server takes the instance over",
    abilities: ["launch"],
    timed: true,
    twin: "owned-instance-refused-to-another",
    async run(context) {
      const target = await context.agent.launch({ limits: { ownershipWindowMs: 500 } });
      context.onEnd(() => target.stop());
      const request = ownedRequest(context);
      const peer = await context.connect({ target });
      const { limits } = await peer.session(request);
      const windowMs = Number(limits?.ownershipWindowMs);
      if (windowMs === 0 || windowMs > 2_000) context.notApplicable(`ownership_window_ms stays at ${windowMs}`);
      const successor = { ...request, serverId: uuidFrom(context.random) };
      expectRefusal(await peer.negotiate(successor), "another server within the window", conflict);
      const late = {
        code: "takeover-refused",
        clause: "INST-032",
        expected: "a takeover after the window",
        actual: "none",
      };
      await eventually(
        async () => {
          const result = await peer.negotiate(successor);
          if (result.kind === "answered") return true;
          expectRefusal(result, "another server before the takeover", conflict);
          return undefined;
        },
        windowMs + context.scaledMs(3_000),
        late,
      );
      expectRefusal(await peer.negotiate(request), "the former owner after the takeover", conflict);
    },
  },
  {
    id: "owner-present-keeps-its-window",
    clauses: ["INST-032", "INST-030"],
    title: "An owner whose session makes calls is not away, however long it has not greeted the agent",
    abilities: ["launch"],
    timed: true,
    twin: "ownership-ends-after-its-window",
    async run(context) {
      const target = await context.agent.launch({ limits: { ownershipWindowMs: 1000 } });
      context.onEnd(() => target.stop());
      const request = ownedRequest(context);
      const { peer, session } = await standingInstance(context, { request, peer: { target } });
      const windowMs = Number(session.limits?.ownershipWindowMs);
      if (windowMs === 0 || windowMs > 2_000) context.notApplicable(`ownership_window_ms stays at ${windowMs}`);
      const holding = await peer.begin(session, "hold");
      const other = await context.connect({ target });
      const enoughMs = performance.now() + windowMs * 1.5;
      while (performance.now() < enoughMs) {
        const read = { cursor: holding.nextCursor, waitMs: BigInt(Math.round(windowMs / 5)) };
        expectAnswered(await peer.read(session, holding.operationId, read), "a read of the owner");
        const result = await other.negotiate({ ...request, serverId: uuidFrom(context.random) });
        expectRefusal(result, "another server while the owner makes calls", conflict);
      }
      await peer.abandon(session, holding.operationId);
    },
  },
];

function ownedRequest(context: AgentContext) {
  return { instanceId: `own-${uuidFrom(context.random)}`, serverId: uuidFrom(context.random) };
}
