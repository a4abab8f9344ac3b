import type { AgentMutant } from "../mutant.ts";
import { commitMutants } from "./commit.ts";
import { contentMutants } from "./content.ts";
import { diskMutants } from "./disk.ts";
import { errorsMutants } from "./errors.ts";
import { handshakeMutants } from "./handshake.ts";
import { hostMutants } from "./host.ts";
import { idleInstancesMutants } from "./idle-instances.ts";
import { instancingMutants } from "./instancing.ts";
import { manifestMutants } from "./manifest.ts";
import { operationEndMutants } from "./operation-end.ts";
import { operationOutputMutants } from "./operation-output.ts";
import { operationStartMutants } from "./operation-start.ts";
import { ownershipMutants } from "./ownership.ts";
import { pathMutants } from "./path.ts";
import { sessionsMutants } from "./sessions.ts";
import { syncStreamMutants } from "./sync-stream.ts";
import { tenancyMutants } from "./tenancy.ts";
import { transportMutants } from "./transport.ts";

/** Every broken agent, in the order of the specification. */
export const agentMutants: readonly AgentMutant[] = [
  ...transportMutants,
  ...handshakeMutants,
  ...sessionsMutants,
  ...instancingMutants,
  ...ownershipMutants,
  ...idleInstancesMutants,
  ...tenancyMutants,
  ...manifestMutants,
  ...pathMutants,
  ...syncStreamMutants,
  ...contentMutants,
  ...commitMutants,
  ...diskMutants,
  ...operationStartMutants,
  ...operationOutputMutants,
  ...operationEndMutants,
  ...hostMutants,
  ...errorsMutants,
];
