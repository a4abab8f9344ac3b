/** The products of the matrix: two on each side of a minimum version for instancing, and one without a minimum. */
const PRODUCTS = [
  { product: "BuildMaster", productVersion: "6.1.19" },
  { product: "BuildMaster", productVersion: "6.1.20" },
  { product: "Otter", productVersion: "2.2.9" },
  { product: "Otter", productVersion: "2.2.10" },
  { product: "Another", productVersion: "1.0" },
] as const;

/** The agents of the matrix. */
export const AGENT_VERSIONS = [42, 43, 44, 45, 46, 49, 50, 51] as const;

/** How many servers there are, and how the agent sees them. */
const CONSTELLATIONS = ["one server", "two addresses", "one address"] as const;

/** What the operators set: for one server `unset` or `unique`; for two servers also the same on both, or on one of the two. */
const INSTANCE_IDS = ["unset", "unique", "equal", "one of two"] as const;

/** Whose server and whose agent it is, where several implementations of either are judged: the names they were given. */
export interface Names {
  readonly server?: string;
  readonly agent?: string;
}

export type Constellation = (typeof CONSTELLATIONS)[number];
export type InstanceIds = (typeof INSTANCE_IDS)[number];

/** One question of the matrix: what happens between these servers and this agent. */
export interface Cell extends Names {
  readonly product: string;
  readonly productVersion: string;
  readonly agentVersion: number;
  readonly constellation: Constellation;
  readonly instanceIds: InstanceIds;
  /** Whether the servers offer `server-identity@1`; agents below 49 do not know it, and have cells without it only. */
  readonly serverIdentity: boolean;
}

/**
 * What becomes of the servers of a cell: each has its own files (`isolated`), they have one set of files between them and with every other
 * server of the product (`shared`), or one of them is turned away with the reason (`refused`).
 */
export type Outcome = "isolated" | "shared" | "refused";

/** The permanent name of a cell, such as `BuildMaster-6.1.20/46/two-addresses/unset`; the implementations' names in front, where it has any. */
export function cellId(cell: Cell): string {
  const words = [
    ...[cell.server, cell.agent].filter((name) => name !== undefined),
    `${cell.product}-${cell.productVersion}`,
    String(cell.agentVersion),
    cell.constellation,
    cell.instanceIds,
    ...(cell.serverIdentity ? ["server-identity"] : []),
  ];
  return words.join("/").replaceAll(" ", "-");
}

/** The InstanceId that the operator of the first or the second server sets, given two that differ; undefined for none. */
export function instanceIdOf(
  { instanceIds }: Cell,
  index: 0 | 1,
  unique: readonly [string, string],
): string | undefined {
  switch (instanceIds) {
    case "unset":
      return undefined;
    case "unique":
      return unique[index];
    case "equal":
      return unique[0];
    case "one of two":
      return index === 0 ? unique[0] : undefined;
  }
}

/** True for a version whose cells the rules decide: one of the matrix, or a newer one, which is held to the newest dialect. */
export function isJudged(agentVersion: number): boolean {
  const known: readonly number[] = AGENT_VERSIONS;
  return known.includes(agentVersion) || agentVersion > Math.max(...known);
}

/** Every cell there is of agents of these versions, product by product and agent by agent. */
export function allCells(agentVersions: readonly number[] = AGENT_VERSIONS, names: Names = {}): Cell[] {
  return PRODUCTS.flatMap((product) =>
    agentVersions.flatMap((agentVersion) =>
      CONSTELLATIONS.flatMap((constellation) =>
        instanceIdsOf(constellation).flatMap((instanceIds) =>
          (agentVersion >= 49 ? [false, true] : [false]).map((serverIdentity) => ({
            ...names,
            ...product,
            agentVersion,
            constellation,
            instanceIds,
            serverIdentity,
          })),
        ),
      ),
    ),
  );
}

function instanceIdsOf(constellation: Constellation): readonly InstanceIds[] {
  return constellation === "one server" ? ["unset", "unique"] : INSTANCE_IDS;
}
