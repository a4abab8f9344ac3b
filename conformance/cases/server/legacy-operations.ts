import { ErrorCode } from "@berth/proto/messages/handshake/v1/handshake";
import { OperationState } from "@berth/proto/messages/sync/v49/operation";
import type { ServerCase } from "../../src/case.ts";
import type { LegacyDialect } from "../../src/dialect.ts";
import { expectEqual, expectThat } from "../../src/expect/equal.ts";
import { agentThatCutsBeforeAnswering } from "../../src/mallory/agent/cuts.ts";
import { agentThatPausesBeforeUpdated } from "../../src/mallory/agent/pauses.ts";
import { agentThatForgetsSessions, agentThatRefuses } from "../../src/mallory/agent/refusals.ts";
import type { OperationScript } from "../../src/peers/agent-peer/options.ts";
import type { AgentPeerOptions } from "../../src/peers/agent-peer.ts";
import { expectFailure, expectSuccess, shows } from "./expect-step.ts";
import { datedServer, expectTreeSynced, legacyAgent, placed } from "./legacy-server.ts";
import { ordinaryPackages, outputOf } from "./ready-server.ts";

const LEGACY: readonly LegacyDialect[] = [1, 44];
const BEGUN = [[{ stream: "stdout", data: "begun" }]] as const;

/** Ends that are no success, by name. */
const FAILURES: Readonly<Record<string, { script: OperationScript; fault?: AgentPeerOptions }>> = {
  "exit-code-1": { script: { stages: BEGUN, exitCode: 1 } },
  "exit-code-127": { script: { exitCode: 127 } },
  "host-not-started": { script: { state: OperationState.OPERATION_STATE_HOST_NOT_STARTED } },
  "host-died": { script: { stages: BEGUN, state: OperationState.OPERATION_STATE_HOST_DIED } },
  "timed-out": { script: { stages: BEGUN, state: OperationState.OPERATION_STATE_TIMED_OUT } },
  "no-end": { script: { stages: BEGUN, withoutEnd: true } },
  "no-end-and-no-output": { script: { withoutEnd: true } },
  "cut-after-output": { script: { stages: BEGUN }, fault: agentThatCutsBeforeAnswering("run", 9) },
  "cut-before-output": { script: {}, fault: agentThatCutsBeforeAnswering("run", 9) },
};

const MESSAGE = "The heron stands on berth seven.";
const REMEDY = "Ask the harbour master for another berth.";

/** Cases of spec/legacy.md, "Operations", that bind servers, and of failures in the dialects 1 and 44. */
export const legacyOperationsCases: readonly ServerCase[] = LEGACY.flatMap((dialect): ServerCase[] => {
  const runs = `server-runs-an-operation-in-dialect-${dialect}`;
  return [
    {
      id: runs,
      clauses: ["LEG-047", "LEG-032"],
      title: "A server updates the tree, runs an operation with its arguments, shows both streams and reports success",
      dialects: [dialect],
      async run(context) {
        const stages = [
          [{ stream: "stdout", data: "good " }],
          [{ stream: "stderr", data: "a note\n" }],
          [{ stream: "stdout", data: "morning\n" }],
        ] as const;
        const agent = await context.agent({ ...legacyAgent(dialect), operations: { greet: { stages } } });
        const server = await datedServer(context, agent);

        const result = await server.run("greet", "Ada", "two words", "");

        expectTreeSynced(result, agent, placed(ordinaryPackages));
        expectThat(result.stdout.includes("good morning"), result.stdout, { code: "output-lost", what: "its output" });
        expectThat(result.stderr.includes("a note"), result.stderr, { code: "output-lost", what: "its notes" });
        const [run] = agent.seen.legacy.runs;
        expectEqual(
          [run?.host, run?.entry, run?.name, run?.arguments],
          ["suite-host", "bin/host", "greet", ["Ada", "two words", ""]],
          { code: "operation-changed", what: "host, entry, name and arguments" },
        );
      },
    },
    {
      id: `server-awaits-updates-in-dialect-${dialect}`,
      clauses: ["LEG-032"],
      title: "A server starts no operation before every UpdateFile is answered",
      dialects: [dialect],
      twin: runs,
      async run(context) {
        const agent = await context.agent({
          ...legacyAgent(dialect),
          ...agentThatPausesBeforeUpdated(context.scaledMs(250)),
        });
        const server = await datedServer(context, agent);

        const result = await server.run("work");

        agent.requireFaithful();
        expectTreeSynced(result, agent, placed(ordinaryPackages));
        expectEqual(agent.seen.legacy.runs.length, 1, { code: "not-run", what: "operations that were run" });
      },
    },
    ...Object.entries(FAILURES).map(
      ([name, { script, fault }]): ServerCase => ({
        id: `server-reports-${name}-in-dialect-${dialect}`,
        clauses: fault === undefined ? ["LEG-047"] : ["LEG-047", "LEG-048"],
        title: `A server reports an operation as failed that ends so: ${name.replaceAll("-", " ")}; and does not repeat it`,
        dialects: [dialect],
        twin: runs,
        async run(context) {
          const agent = await context.agent({ ...legacyAgent(dialect), ...fault, operations: { fail: script } });
          const server = await datedServer(context, agent);

          const result = await server.run("fail");

          agent.requireFaithful();
          expectFailure(result, "the operation", "LEG-047");
          const what = "how often the operation was run";
          expectEqual(agent.seen.legacy.runs.length, 1, { code: "repeated", clause: "LEG-048", what });
        },
      }),
    ),
    ...(["list", "update", "run"] as const).map(
      (call): ServerCase => ({
        id: `server-negotiates-again-for-${call}-in-dialect-${dialect}`,
        clauses: ["HS-026"],
        title: `A server whose ${call} is refused with SESSION_UNKNOWN negotiates again and sees the operation through`,
        dialects: [dialect],
        twin: runs,
        async run(context) {
          const agent = await context.agent({ ...legacyAgent(dialect), ...agentThatForgetsSessions(call) });
          const server = await datedServer(context, agent);

          const result = await server.run("work");

          expectTreeSynced(result, agent, placed(ordinaryPackages));
          const { negotiations, legacy } = agent.seen;
          const what = "calls of Negotiate, and operations";
          expectEqual([negotiations.length >= 2, legacy.runs.length], [true, 1], {
            code: "not-negotiated-again",
            what,
          });
        },
      }),
    ),
    ...(["list", "update", "run"] as const).map(
      (call): ServerCase => ({
        id: `server-shows-error-of-${call}-in-dialect-${dialect}`,
        clauses: ["ERR-008", "ERR-009"],
        title: `A server shows message and remedy of an error that ends its ${call}, reports failure, and does not repeat it`,
        dialects: [dialect],
        twin: runs,
        async run(context) {
          const code = call === "run" ? ErrorCode.ERROR_CODE_NO_HOST : ErrorCode.ERROR_CODE_INTERNAL;
          const error = { code, message: MESSAGE, remedy: REMEDY };
          // A call that is repeated is answered well, which shows.
          const agent = await context.agent({ ...legacyAgent(dialect), ...agentThatRefuses(call, error, 1) });
          const server = await datedServer(context, agent);

          const result = await server.run("work");

          agent.requireFaithful();
          expectFailure(result, `an operation whose ${call} was refused`, "ERR-009");
          for (const text of [MESSAGE, REMEDY]) {
            const what = `the words “${text}”`;
            expectThat(shows(result, text), outputOf(result), { code: "error-not-shown", clause: "ERR-008", what });
          }
          const what = "operations that were run";
          expectEqual(agent.seen.legacy.runs.length, 0, { code: "repeated", clause: "ERR-009", what });
        },
      }),
    ),
    {
      id: `server-keeps-argument-limit-in-dialect-${dialect}`,
      clauses: ["HS-033"],
      title: "A server runs an operation whose name and arguments are max_argument_bytes long, and none a byte longer",
      dialects: [dialect],
      twin: runs,
      async run(context) {
        const agent = await context.agent({ ...legacyAgent(dialect), limits: { maxArgumentBytes: 16 } });
        const server = await datedServer(context, agent);
        expectSuccess(await server.run("work", "twelve-bytes"), "an operation at the limit");
        // Twelve characters, and thirteen bytes.
        expectFailure(await server.run("work", "douze-octèts"), "an operation over the limit");
        agent.requireFaithful();
        expectEqual(agent.seen.legacy.runs.length, 1, { code: "limit-ignored", what: "operations that were run" });
      },
    },
  ];
});
