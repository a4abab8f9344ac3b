import type { ServerMutant } from "../mutant.ts";
import { operationsMutants } from "./operations.ts";

/** Every broken server, in the order of the specification. */
export const serverMutants: readonly ServerMutant[] = [...operationsMutants];
