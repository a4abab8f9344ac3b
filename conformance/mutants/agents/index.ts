import type { AgentMutant } from "../mutant.ts";
import { commitMutants } from "./commit.ts";
import { contentMutants } from "./content.ts";
import { diskMutants } from "./disk.ts";
import { errorsMutants } from "./errors.ts";
import { faultOrderMutants } from "./fault-order.ts";
import { handshakeMutants } from "./handshake.ts";
import { idleInstancesMutants } from "./idle-instances.ts";
import { instancingMutants } from "./instancing.ts";
import { legacyErrorsMutants } from "./legacy-errors.ts";
import { legacyFilesMutants } from "./legacy-files.ts";
import { legacyHandshakeMutants } from "./legacy-handshake.ts";
import { legacyInstancesMutants } from "./legacy-instances.ts";
import { legacyIsolationMutants } from "./legacy-isolation.ts";
import { legacyOperationEndMutants } from "./legacy-operation-end.ts";
import { legacyOperationsMutants } from "./legacy-operations.ts";
import { legacyPathsMutants } from "./legacy-paths.ts";
import { legacySessionsMutants } from "./legacy-sessions.ts";
import { legacyUpdateInPlaceMutants } from "./legacy-update-in-place.ts";
import { legacyUpdatesMutants } from "./legacy-updates.ts";
import { legacyUpgradeMutants } from "./legacy-upgrade.ts";
import { manifestMutants } from "./manifest.ts";
import { operationCallMutants } from "./operation-call.ts";
import { operationEndMutants } from "./operation-end.ts";
import { operationHostMutants } from "./operation-host.ts";
import { operationLifeMutants } from "./operation-life.ts";
import { operationOutputMutants } from "./operation-output.ts";
import { operationReadMutants } from "./operation-read.ts";
import { operationRestartMutants } from "./operation-restart.ts";
import { operationStartMutants } from "./operation-start.ts";
import { operationStateMutants } from "./operation-state.ts";
import { ownershipMutants } from "./ownership.ts";
import { pathMutants } from "./path.ts";
import { sessionEndMutants } from "./session-end.ts";
import { sessionsMutants } from "./sessions.ts";
import { syncStreamMutants } from "./sync-stream.ts";
import { tenancyMutants } from "./tenancy.ts";
import { transportMutants } from "./transport.ts";

/** Every broken agent, in the order of the specification. */
export const agentMutants: readonly AgentMutant[] = [
  ...transportMutants,
  ...handshakeMutants,
  ...sessionsMutants,
  ...sessionEndMutants,
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
  ...operationCallMutants,
  ...operationStateMutants,
  ...operationLifeMutants,
  ...operationOutputMutants,
  ...operationReadMutants,
  ...operationEndMutants,
  ...operationRestartMutants,
  ...operationHostMutants,
  ...errorsMutants,
  ...faultOrderMutants,
  ...legacyHandshakeMutants,
  ...legacySessionsMutants,
  ...legacyInstancesMutants,
  ...legacyIsolationMutants,
  ...legacyFilesMutants,
  ...legacyUpdateInPlaceMutants,
  ...legacyPathsMutants,
  ...legacyUpdatesMutants,
  ...legacyOperationsMutants,
  ...legacyOperationEndMutants,
  ...legacyErrorsMutants,
  ...legacyUpgradeMutants,
];
