import type { InstanceTree } from "../legacy/instance-tree.ts";
import type { TreeOperations } from "../legacy/tree-operations.ts";
import type { InstanceOperations } from "../operations/instance-operations.ts";
import type { Generations } from "../sync/generations.ts";

/** The isolated place an agent keeps for one server. There is one object for each name. */
export interface Instance {
  /** Its product directory and its own directory, separated by "/" (INST-050). */
  readonly name: string;
  /** The absolute path of its directory. */
  readonly directory: string;
  readonly generations: Generations;
  readonly operations: InstanceOperations;
  /** The files of the dialects 1 and 44. */
  readonly tree: InstanceTree;
  /** The operations of the dialects 1 and 44. */
  readonly treeOperations: TreeOperations;
}
