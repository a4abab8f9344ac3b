import { ErrorCode, Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import { z } from "zod";
import type { ServerInstallation, StepResult } from "../src/attach/target.ts";
import type { Greeted } from "../src/matrix/observation.ts";
import { HarnessError } from "../src/runner/failure.ts";
import { type Host, program } from "./hosts.ts";

/** The installation of a server with its home in `home`, whose steps are run on a host. A cluster's nodes are several of one home. */
export function serverOnHost(host: Host, home: string): ServerInstallation {
  const step = async (...words: string[]): Promise<StepResult> => ({
    ...(await host.run(program(...words), { BERTH_HOME: home })),
    signal: null,
  });
  return {
    home,
    step,
    begin: (...words) => ({
      ended: step(...words),
      kill() {
        throw new HarnessError("a step on another host cannot be killed");
      },
    }),
  };
}

const synced = z.object({ instance: z.string(), isolation: z.string(), sentBytes: z.number() });
const failed = z.object({ error: z.object({ clause: z.string(), exitCode: z.number() }) });

/** The reference server's own exit code for "the agent refused", and the clause by which it names the refusal of an InstanceId in use. */
const REFUSED_EXIT_CODE = 6;
const CONFLICT_CLAUSE = "INST-030";

/** What the reference server says of a sync that it did, with `--json`. */
export interface SyncAnswer {
  readonly instance: string;
  /** In the specification's words, such as `ADDRESS`. */
  readonly isolation: string;
  readonly sentBytes: number;
}

/** Reads the answer of `sync --json`. */
export function syncAnswerOf({ exitCode, stdout, stderr }: StepResult): SyncAnswer {
  if (exitCode !== 0) throw new Error(`the sync ended with ${exitCode}: ${stderr}`);
  return synced.parse(JSON.parse(stdout));
}

/** What the agent answered the greeting of such a sync, as the server tells it. */
export function greetedOf(result: StepResult): Greeted {
  if (result.exitCode === REFUSED_EXIT_CODE) {
    const { error } = failed.parse(JSON.parse(result.stderr));
    const code = error.clause === CONFLICT_CLAUSE ? ErrorCode.ERROR_CODE_INSTANCE_CONFLICT : 0;
    return { kind: "refused", code };
  }
  const { instance, isolation } = syncAnswerOf(result);
  return { kind: "instance", name: instance, isolation: Isolation[`ISOLATION_${isolation}` as keyof typeof Isolation] };
}
