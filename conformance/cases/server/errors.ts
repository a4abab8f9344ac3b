import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import type { StepResult } from "../../src/attach/target.ts";
import type { ServerCase } from "../../src/case.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { agentThatRefuses } from "../../src/mallory/agent/refusals.ts";
import type { Seen } from "../../src/peers/agent-peer/seen.ts";
import { expectFailure, expectSuccess, expectSynced, shows } from "./expect-step.ts";
import { outputOf, readyServer } from "./ready-server.ts";

/** Words no server says by itself. */
const MESSAGE = "The heron stands on berth seven.";
const REMEDY = "Ask the harbour master for another berth.";

/** One refusal that ends a step, and how often the refused call arrived. */
interface FinalRefusal {
  readonly call: "negotiate" | "offer" | "commit" | "start";
  readonly code: ErrorCode;
  readonly step: "sync" | "run";
  count(seen: Seen): number;
}

const FINAL_REFUSALS: readonly FinalRefusal[] = [
  {
    call: "negotiate",
    code: ErrorCode.ERROR_CODE_INSTANCE_CONFLICT,
    step: "sync",
    count: (seen) => seen.negotiations.length,
  },
  { call: "offer", code: ErrorCode.ERROR_CODE_QUOTA_EXCEEDED, step: "sync", count: (seen) => seen.syncs.length },
  { call: "commit", code: ErrorCode.ERROR_CODE_INTERNAL, step: "sync", count: (seen) => seen.syncs.length },
  { call: "start", code: ErrorCode.ERROR_CODE_NO_HOST, step: "run", count: (seen) => seen.refusedStarts },
];

/** Cases about what a server makes of a refusal. */
export const errorCases: readonly ServerCase[] = [
  ...FINAL_REFUSALS.map(
    ({ call, code, step }): ServerCase => ({
      id: `server-shows-error-of-${call}`,
      clauses: ["ERR-008"],
      title: `A server shows message and remedy of an error that ends its ${call}, and reports failure`,
      twin: "server-runs-an-operation",
      async run(context) {
        const { result } = await refusedStep(context, { call, step, code });

        expectFailure(result, `a refused ${call}`);
        expectShown(result);
      },
    }),
  ),
  ...FINAL_REFUSALS.map(
    ({ call, code, step, count }): ServerCase => ({
      id: `server-does-not-repeat-${call}`,
      clauses: ["ERR-009"],
      title: `A server does not repeat a ${call} that was refused with an error that is not retryable`,
      twin: `server-shows-error-of-${call}`,
      async run(context) {
        const { seen } = await refusedStep(context, { call, step, code });

        expectEqual(count(seen), 1, { code: "repeated", what: `calls refused at ${call}` });
      },
    }),
  ),
  {
    id: "server-shows-an-error-of-the-future",
    clauses: ["HS-005", "ERR-008"],
    title: "A server shows message and remedy of an error whose code it does not know, and reports failure",
    twin: "server-shows-error-of-negotiate",
    async run(context) {
      const { result } = await refusedStep(context, { call: "negotiate", step: "sync", code: 9_999 as ErrorCode });

      expectFailure(result, "a refused handshake");
      expectShown(result);
    },
  },
  {
    id: "server-and-a-passing-failure",
    clauses: ["ERR-008"],
    title: "A server that meets a retryable error repeats the call or reports failure with message and remedy",
    twin: "server-syncs",
    async run(context) {
      const error = { code: ErrorCode.ERROR_CODE_STORAGE_FAILED, message: MESSAGE, remedy: REMEDY };
      const agent = await context.agent(agentThatRefuses("negotiate", error, 1));
      const result = await (await readyServer(context, agent)).sync();

      if (result.exitCode === 0) expectSynced(result, agent);
      else expectShown(result);
      context.observe(result.exitCode === 0 ? "it repeats the call" : "it reports failure");
    },
  },
  {
    id: "server-reports-an-agent-that-is-not-there",
    clauses: ["ERR-008"],
    title: "A server that reaches no agent reports failure",
    twin: "server-syncs",
    async run(context) {
      const agent = await context.agent();
      const server = await readyServer(context, agent);
      await agent.close();

      expectFailure(await server.sync(), "a sync with nobody there");
    },
  },
];

async function refusedStep(
  context: Parameters<ServerCase["run"]>[0],
  { call, step, code }: Pick<FinalRefusal, "call" | "step" | "code">,
): Promise<{ result: StepResult; seen: Seen }> {
  const error = { code, message: MESSAGE, remedy: REMEDY, retryable: false };
  const agent = await context.agent(agentThatRefuses(call, error));
  const server = await readyServer(context, agent);
  if (step === "run") expectSuccess(await server.sync(), "the sync before the operation");

  const result = step === "run" ? await server.run("work") : await server.sync();
  agent.requireFaithful();
  return { result, seen: agent.seen };
}

function expectShown(result: StepResult): void {
  for (const [what, text] of Object.entries({ message: MESSAGE, remedy: REMEDY }))
    expectThat(shows(result, text), outputOf(result), {
      code: `${what}-not-shown`,
      clause: "ERR-008",
      what: `the ${what} “${text}”`,
    });
}
