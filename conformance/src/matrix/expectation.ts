import { isBelowMinimum } from "../minimum-version.ts";
import type { Cell, Constellation, InstanceIds, Outcome } from "./cell.ts";

/** What a cell has to come out as, and what says so. */
export interface Expectation {
  readonly outcome: Outcome;
  /** The clauses the outcome follows from, the deciding one first. */
  readonly clauses: readonly [string, ...string[]];
  readonly because: string;
}

/** One rule: it decides every cell that all its conditions hold for and that no rule above it has decided. */
export interface Rule extends Expectation {
  readonly when: {
    readonly agentVersions?: { readonly from: number; readonly to: number };
    /** True: the product has a minimum version for instancing and is below it. */
    readonly belowMinimum?: boolean;
    readonly constellations?: readonly Constellation[];
    readonly instanceIds?: readonly InstanceIds[];
    readonly serverIdentity?: boolean;
  };
}

const UNTIL_42 = { from: 1, to: 42 };
const ONLY_43 = { from: 43, to: 43 };
const FROM_44_TO_46 = { from: 44, to: 46 };
const FROM_49 = { from: 49, to: Infinity };

/** The whole of the matrix, read from the clauses, as data: the first rule that holds decides. */
export const RULES: readonly Rule[] = [
  {
    when: { agentVersions: UNTIL_42 },
    outcome: "shared",
    clauses: ["LEG-011", "LEG-013"],
    because: "Agents up to 42 do not know an InstanceId and have one instance for all servers of a product.",
  },
  {
    when: { agentVersions: ONLY_43 },
    outcome: "shared",
    clauses: ["LEG-018", "LEG-012", "LEG-013"],
    because:
      "43 does not honour an InstanceId on every call, so servers send it none and share the product's instance.",
  },
  {
    when: { belowMinimum: true },
    outcome: "shared",
    clauses: ["INST-042", "INST-006"],
    because:
      "A product below its minimum version for instancing sends no InstanceId and is given the product's shared instance.",
  },
  {
    when: { agentVersions: FROM_44_TO_46, instanceIds: ["unset"] },
    outcome: "shared",
    clauses: ["LEG-014", "LEG-010"],
    because: "Without an InstanceId these agents give the product's shared instance.",
  },
  {
    when: { agentVersions: FROM_44_TO_46, instanceIds: ["equal"] },
    outcome: "shared",
    clauses: ["LEG-010", "LEG-017"],
    because: "Equal InstanceIds are one instance, and these agents know no owner who could be protected.",
  },
  {
    when: { agentVersions: FROM_44_TO_46, instanceIds: ["unique"] },
    outcome: "isolated",
    clauses: ["LEG-010", "LEG-019"],
    because: "Every call carries its server's InstanceId, and each InstanceId has an instance of its own.",
  },
  {
    when: { agentVersions: FROM_44_TO_46, instanceIds: ["one of two"] },
    outcome: "isolated",
    clauses: ["LEG-010", "LEG-014"],
    because: "One server has the instance of its InstanceId, the other the product's shared instance.",
  },
  {
    when: { agentVersions: FROM_49, instanceIds: ["equal"] },
    outcome: "refused",
    clauses: ["INST-030", "INST-031"],
    because:
      "The instance of an InstanceId belongs to the server that made it; another one is told to choose a unique value.",
  },
  {
    when: { agentVersions: FROM_49, instanceIds: ["unique"] },
    outcome: "isolated",
    clauses: ["INST-013"],
    because: "Each InstanceId has an instance of its own, whatever the addresses.",
  },
  {
    when: { agentVersions: FROM_49, instanceIds: ["one of two"] },
    outcome: "isolated",
    clauses: ["INST-013", "INST-016", "INST-022"],
    because: "One server has the instance of its InstanceId, the other that of its address or identity.",
  },
  {
    when: { agentVersions: FROM_49, instanceIds: ["unset"], serverIdentity: true },
    outcome: "isolated",
    clauses: ["INST-022"],
    because: "Each server has the instance of its own identity, whatever address it comes from.",
  },
  {
    when: { agentVersions: FROM_49, instanceIds: ["unset"], constellations: ["one server", "two addresses"] },
    outcome: "isolated",
    clauses: ["INST-016"],
    because: "Each address has an instance of its own.",
  },
  {
    when: { agentVersions: FROM_49, instanceIds: ["unset"], constellations: ["one address"] },
    outcome: "shared",
    clauses: ["INST-016"],
    because:
      "Two servers behind one address are one address to the agent: they need a unique InstanceId, or server-identity@1.",
  },
];

/**
 * What the clauses say of a cell.
 *
 * @throws {RangeError} when no rule decides it: the rules have a gap.
 */
export function expectationOf(cell: Cell, rules: readonly Rule[] = RULES): Expectation {
  const rule = rules.find(({ when }) => holds(when, cell));
  if (rule === undefined) throw new RangeError(`no rule decides ${JSON.stringify(cell)}`);
  return rule;
}

function holds(when: Rule["when"], cell: Cell): boolean {
  const { agentVersions, belowMinimum, constellations, instanceIds, serverIdentity } = when;
  return (
    (agentVersions === undefined ||
      (agentVersions.from <= cell.agentVersion && cell.agentVersion <= agentVersions.to)) &&
    (belowMinimum === undefined || belowMinimum === isBelowMinimum(cell)) &&
    (constellations === undefined || constellations.includes(cell.constellation)) &&
    (instanceIds === undefined || instanceIds.includes(cell.instanceIds)) &&
    (serverIdentity === undefined || serverIdentity === cell.serverIdentity)
  );
}
