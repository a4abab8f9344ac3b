import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { LaunchedAgent } from "../../src/attach/target.ts";
import type { AgentCase, AgentContext } from "../../src/case.ts";
import { expectEqual } from "../../src/expect/equal.ts";
import { failed } from "../../src/expect/failed.ts";
import { TargetUnreachable } from "../../src/runner/failure.ts";
import { releaseNamed } from "./standing-instance.ts";

/** Cases of spec/security.md, and of where an agent listens. */
export const securityCases: readonly AgentCase[] = [
  {
    id: "listens-on-loopback-ipv6",
    clauses: ["INST-015", "INST-050"],
    title: "A server that comes by IPv6 has its address in canonical form in the name of its instance",
    abilities: ["launch"],
    async run(context) {
      const target = await launchedAt(context, "[::1]:0");
      if (!target) return context.notApplicable("the agent does not listen on [::1]");
      const peer = await context.connect({ target });
      const session = await peer.session({ product: "Caravel" });
      expectEqual(session.instanceName, "p-caravel/a-_3a_3a1", {
        code: "instance-wrong",
        clause: "INST-015",
        what: "the instance_name of a server at ::1",
      });
      expectEqual(session.isolation, Isolation.ISOLATION_ADDRESS, { code: "isolation-wrong", what: "its isolation" });
      await peer.sync(session, releaseNamed("1.0.0"));
    },
  },
  {
    id: "listens-beyond-loopback-only-when-told",
    clauses: ["SEC-001"],
    title: "Asked to listen without TLS on an address that is not loopback, the agent does not listen there",
    dialects: [1, 44, 49],
    abilities: ["launch"],
    twin: "handshake-answered",
    async run(context) {
      for (const address of ["0.0.0.0:0", "[::]:0"]) {
        const target = await launchedAt(context, address);
        if (!target) continue;
        if (isLoopback(target.address)) {
          context.observe(`asked for ${address}, it listens on ${target.address}`);
          continue;
        }
        throw failed({
          code: "listens-beyond-loopback",
          expected: `an agent that does not listen on ${address} without TLS and without being told to in so many words`,
          actual: `it listens on ${target.address}`,
        });
      }
    },
  },
];

function isLoopback(address: string): boolean {
  return /^(?:127\.|\[?::1\]?:|localhost:)/.test(address);
}

/** An agent of the case's own that was asked to listen there; undefined when it does not start. */
async function launchedAt(context: AgentContext, listen: string): Promise<LaunchedAgent | undefined> {
  try {
    const target = await context.agent.launch({ environment: { BERTH_LISTEN: listen } });
    context.onEnd(() => target.stop());
    return target;
  } catch (error) {
    if (error instanceof TargetUnreachable) return undefined;
    throw error;
  }
}
