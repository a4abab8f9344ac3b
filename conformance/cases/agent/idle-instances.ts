import { setTimeout as pause } from "node:timers/promises";
import type { NegotiateResponse } from "@berth/proto/messages/handshake/v1/handshake";
import type { LaunchedAgent, RequestedLimits } from "../../src/attach/target.ts";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectAnswered } from "../../src/expect/answered.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { expectRefusal } from "../../src/expect/refusal.ts";
import { uuidFrom } from "../../src/material/uuid.ts";
import type { StandingOptions } from "./standing.ts";
import { expectVersion, type StandingInstance, standingInstance } from "./standing-instance.ts";

const INSTANCE_IDLE_MS = 400;
const SESSION_IDLE_MS = 200;

/** Cases of spec/instancing.md, "Instances that nobody uses". */
export const idleInstancesCases: readonly AgentCase[] = [
  {
    id: "instance-kept-for-its-session",
    clauses: ["INST-060"],
    title: "An instance in which a session lives is kept, however long that session makes no call",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const target = await launchAgent(context, { instanceIdleMs: INSTANCE_IDLE_MS });
      const { peer, session } = await standingInstance(context, { peer: { target } });
      await outlast(context, session);
      await expectVersion(peer, session, "1.0.0-standing");
    },
  },
  {
    id: "instance-kept-for-its-operation",
    clauses: ["INST-060"],
    title: "An instance in which an operation runs is kept when its sessions have ended",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const target = await launchAgent(context, { instanceIdleMs: INSTANCE_IDLE_MS, sessionIdleMs: SESSION_IDLE_MS });
      const { peer, session, release } = await standingInstance(context, { peer: { target } });
      const { operationId } = await peer.begin(session, "hold");
      await outlast(context, session);
      const again = await peer.session({ wantedManifestDigest: release.digest });
      expectEqual(again.generationPresent, true, {
        code: "instance-removed",
        clause: "INST-060",
        what: "generation_present in an instance whose operation runs",
      });
      expectAnswered(await peer.abandon(again, operationId), "giving the operation up", "INST-060");
    },
  },
  {
    id: "idle-instance-removed",
    clauses: ["INST-062"],
    title: "An instance that has been idle for long is removed",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const { peer, release } = await abandonedInstance(context);
      const again = await peer.session({ wantedManifestDigest: release.digest });
      expectEqual(again.generationPresent, false, {
        code: "idle-instance-kept",
        clause: "INST-062",
        what: "generation_present in an instance that was idle for longer than instance_idle_ms",
      });
    },
  },
  {
    id: "removed-instance-is-new",
    clauses: ["INST-061"],
    title:
      "Whoever asks for an instance that was removed finds neither owner, operation nor content, and brings everything",
    abilities: ["launch"],
    timed: true,
    async run(context) {
      const request = { instanceId: "left behind", serverId: uuidFrom(context.random) };
      const { peer, release, operationId, watched } = await abandonedInstance(context, request);
      if (await watched.isThere())
        context.notApplicable("the agent keeps an idle instance for longer than this case waits");
      const successor = { ...request, serverId: uuidFrom(context.random) };
      const session = expectAnswered(
        await peer.negotiate(successor),
        "another server of a removed instance",
        "INST-061",
      );
      expectRefusal(await peer.read(session, operationId), "a read of an operation of the removed instance", {
        code: "OPERATION_UNKNOWN",
        clause: "INST-061",
      });
      const { lacking } = await peer.sync(session, release);
      expectEqual(lacking.missing, [...release.contents.keys()], {
        code: "content-left",
        clause: "INST-061",
        what: "the contents that have to be sent",
      });
      await expectVersion(peer, session, "1.0.0-standing");
    },
  },
];

async function launchAgent(context: AgentContext, limits: RequestedLimits): Promise<LaunchedAgent> {
  const target = await context.agent.launch({ limits });
  context.onEnd(() => target.stop());
  return target;
}

/** Waits until an instance that nobody used since the session began would have been removed (INST-062), with time to spare. */
async function outlast(context: AgentContext, { limits }: NegotiateResponse): Promise<void> {
  const idleMs = Number(limits?.instanceIdleMs);
  if (idleMs === 0 || idleMs > 2_000) context.notApplicable(`instance_idle_ms stays at ${idleMs}`);
  await pause(SESSION_IDLE_MS + 2 * idleMs + context.scaledMs(500));
}

/** An instance with a generation and an operation, from which everybody has gone for longer than it has to be kept. */
interface AbandonedInstance extends StandingInstance {
  readonly operationId: string;
  /** One like it, by which to see whether the agent has removed them. */
  readonly watched: { isThere(): Promise<boolean> };
}

async function abandonedInstance(
  context: AgentContext,
  request: StandingOptions["request"] = {},
): Promise<AbandonedInstance> {
  const target = await launchAgent(context, { instanceIdleMs: INSTANCE_IDLE_MS, sessionIdleMs: SESSION_IDLE_MS });
  const likeIt = { instanceId: "watched" };
  const { peer, release } = await standingInstance(context, { request: likeIt, peer: { target } });
  const standing = await standingInstance(context, { request, peer: { target } });
  const { operationId } = await standing.peer.run(standing.session, "version");
  const { sessionIdleMs } = standing.session.limits ?? { sessionIdleMs: 0n };
  if (Number(sessionIdleMs) !== SESSION_IDLE_MS) context.notApplicable(`session_idle_ms stays at ${sessionIdleMs}`);
  await outlast(context, standing.session);
  const isThere = async () =>
    (await peer.session({ ...likeIt, wantedManifestDigest: release.digest })).generationPresent;
  return { ...standing, operationId, watched: { isThere } };
}
