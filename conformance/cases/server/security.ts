import type { ServerCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { makeCertificate } from "../../src/peers/agent-peer/certificate.ts";
import { startSilentTls } from "../../src/peers/agent-peer/silent-tls.ts";
import { expectFailure, expectSuccess, expectSynced } from "./expect-step.ts";
import { emptyServer, outputOf, readyServer, setProduct } from "./ready-server.ts";

/** Cases about plaintext, TLS and pins. */
export const securityCases: readonly ServerCase[] = [
  {
    id: "server-refuses-plaintext-beyond-loopback",
    clauses: ["SEC-002"],
    title: "A server does not connect without TLS to an address that is not loopback",
    twin: "server-connects-beyond-loopback-when-told",
    async run(context) {
      const agent = await context.agent();
      // Not a loopback address, yet it leads to this very machine: whoever connects is seen, and nothing leaves the machine.
      const server = await serverWithoutAgent(context);
      const added = await server.step("agents", "add", "far", `0.0.0.0:${agent.port}`, "--plaintext");

      const result = added.exitCode === 0 ? await server.sync() : added;

      expectFailure(result, "plaintext beyond loopback");
      expectEqual(agent.seen.connections, 0, { code: "connected", what: "connections" });
    },
  },
  {
    id: "server-connects-beyond-loopback-when-told",
    clauses: ["SEC-002"],
    title:
      "A server connects without TLS to an address that is not loopback when its operator says so in so many words",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(
        context,
        { address: `0.0.0.0:${agent.port}` },
        {
          agentOptions: ["--plaintext", "--insecure-plaintext-beyond-loopback"],
        },
      );

      expectSynced(await server.sync(), agent);
    },
  },
  {
    id: "server-syncs-over-tls-with-the-right-pin",
    clauses: ["SEC-003"],
    title: "A server syncs over TLS with an agent whose certificate has the pin its operator set",
    async run(context) {
      const certificate = await makeCertificate();
      const agent = await context.agent({ certificate });
      const server = await readyServer(context, agent, { agentOptions: ["--pin", certificate.sha256] });

      expectSynced(await server.sync(), agent);
      expectSuccess(await server.run("work"), "an operation over TLS");
      agent.requireFaithful();
    },
  },
  {
    id: "server-sends-nothing-under-a-wrong-pin",
    clauses: ["SEC-003"],
    title: "A server sends nothing over TLS to an agent whose certificate does not have the pin",
    twin: "server-syncs-over-tls-with-the-right-pin",
    async run(context) {
      const certificate = await makeCertificate();
      const agent = await startSilentTls(certificate);
      context.onEnd(() => agent.close());
      const server = await readyServer(context, agent, { agentOptions: ["--pin", almost(certificate.sha256)] });
      const step = server.begin("sync", "far");
      let ended = false;
      const end = step.ended.then((result) => {
        ended = true;
        agent.wake();
        return result;
      });

      const settled = await agent.until(() => ended || agent.applicationBytes > 0, context.scaledMs(60_000));
      if (!ended) step.kill("SIGKILL");
      const result = await end;

      expectEqual(agent.applicationBytes, 0, { code: "sent-to-a-stranger", what: "bytes inside TLS" });
      expectThat(settled, "it had to be killed", { code: "step-hung", what: "the sync to end" });
      expectFailure(result, "a sync with a stranger");
    },
  },
  {
    id: "server-refuses-tls-without-a-pin",
    clauses: ["SEC-004"],
    title: "A server refuses to use TLS with an agent for which no pin was set",
    twin: "server-syncs-over-tls-with-the-right-pin",
    async run(context) {
      const certificate = await makeCertificate();
      const agent = await context.agent({ certificate });
      const server = await serverWithoutAgent(context);
      const added = await server.step("agents", "add", "far", agent.address);

      const result = added.exitCode === 0 ? await server.sync() : added;

      expectFailure(result, "TLS without a pin");
      expectEqual(agent.seen.negotiations.length, 0, { code: "negotiated", what: "calls of Negotiate" });
    },
  },
  {
    id: "server-shows-thumbprints",
    clauses: ["SEC-003"],
    title: "A server refuses a certificate with another pin, and whether it shows both thumbprints is recorded",
    twin: "server-syncs-over-tls-with-the-right-pin",
    async run(context) {
      const [own, other] = [await makeCertificate(), await makeCertificate()];
      const agent = await context.agent({ certificate: other });
      const server = await readyServer(context, agent, { agentOptions: ["--pin", own.sha256] });

      const result = await server.sync();

      expectEqual(agent.seen.negotiations.length, 0, { code: "negotiated", what: "calls of Negotiate" });
      expectFailure(result, "a sync with an agent of another certificate");
      // What the specification says of a refusal without asking for it.
      const shown = outputOf(result).toLowerCase().replaceAll(":", "");
      context.observe(`the thumbprint that was met is ${shown.includes(other.sha256) ? "" : "not "}shown`);
      context.observe(`the thumbprint that was expected is ${shown.includes(own.sha256) ? "" : "not "}shown`);
    },
  },
];

/** A thumbprint that differs in its last digit alone. */
function almost(sha256: string): string {
  return sha256.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"));
}

async function serverWithoutAgent(context: Parameters<ServerCase["run"]>[0]): ReturnType<typeof emptyServer> {
  const server = await emptyServer(context);
  await setProduct(context, server);
  return server;
}
