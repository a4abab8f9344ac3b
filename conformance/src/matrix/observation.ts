import { ErrorCode, Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import { z } from "zod";
import type { Outcome } from "./cell.ts";

/** What an agent answered a server's last greeting. */
export type Greeted =
  | { readonly kind: "instance"; readonly name: string; readonly isolation: number }
  | { readonly kind: "refused"; readonly code: number };

/** What was seen in a cell. */
export interface Observation {
  readonly outcome: Outcome | "unclear";
  /** In words, for people: which instances, whose files, which error. */
  readonly words: string;
}

const instance = z.object({ instanceName: z.string(), isolation: z.number() });
const refusal = z.object({ status: z.number(), error: z.object({ code: z.number() }).optional() });

/** Reads what a tap saw coming back of Negotiate; undefined for what is neither an answer nor an error. */
export function greetedOf(message: unknown): Greeted | undefined {
  const answered = instance.safeParse(message);
  if (answered.success) {
    return { kind: "instance", name: answered.data.instanceName, isolation: answered.data.isolation };
  }
  const refused = refusal.safeParse(message);
  return refused.success ? { kind: "refused", code: refused.data.error?.code ?? 0 } : undefined;
}

/** What a single server's greeting comes to. */
export function observeOne(greeted: Greeted | undefined): Observation {
  if (greeted === undefined) return { outcome: "unclear", words: "the server sent no greeting that was answered" };
  if (greeted.kind === "refused") return { outcome: "refused", words: `refused with ${errorName(greeted.code)}` };
  const outcome = greeted.isolation === Isolation.ISOLATION_PRODUCT ? "shared" : "isolated";
  return { outcome, words: `the instance ${greeted.name}` };
}

/** What two servers' greetings come to: one instance or two, or one server turned away. */
export function observeTwo(first: Greeted | undefined, second: Greeted | undefined): Observation {
  if (first === undefined || second === undefined) {
    return { outcome: "unclear", words: "a server sent no greeting that was answered" };
  }
  if (first.kind === "refused" || second.kind === "refused") {
    const [which, code] =
      first.kind === "refused" ? ["first", first.code] : ["second", (second as { code: number }).code];
    return { outcome: "refused", words: `the ${which} server is refused with ${errorName(Number(code))}` };
  }
  return first.name === second.name
    ? { outcome: "shared", words: `both in the instance ${first.name}` }
    : { outcome: "isolated", words: `the instances ${first.name} and ${second.name}` };
}

function errorName(code: number): string {
  const name = Object.entries(ErrorCode).find(([, value]) => value === code)?.[0];
  return name?.replace("ERROR_CODE_", "") ?? `an error of code ${code}`;
}
