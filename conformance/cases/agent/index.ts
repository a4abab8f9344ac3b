import type { AgentCase } from "../../src/case.ts";
import { commitCases } from "./commit.ts";
import { contentCases } from "./content.ts";
import { damageCases } from "./damage.ts";
import { diskCases } from "./disk.ts";
import { errorsCases } from "./errors.ts";
import { faultOrderCases } from "./fault-order.ts";
import { futureCases } from "./future.ts";
import { handshakeCases } from "./handshake.ts";
import { hostEnvironmentCases } from "./host-environment.ts";
import { hostileCases } from "./hostile.ts";
import { idleInstancesCases } from "./idle-instances.ts";
import { instancingCases } from "./instancing.ts";
import { legacyErrorsCases } from "./legacy-errors.ts";
import { legacyFilesCases } from "./legacy-files.ts";
import { legacyHandshakeCases } from "./legacy-handshake.ts";
import { legacyHostEnvironmentCases } from "./legacy-host-environment.ts";
import { legacyInstanceRefusedCases } from "./legacy-instance-refused.ts";
import { legacyInstancesCases } from "./legacy-instances.ts";
import { legacyIsolationCases } from "./legacy-isolation.ts";
import { legacyOperationEndCases } from "./legacy-operation-end.ts";
import { legacyOperationOutputCases } from "./legacy-operation-output.ts";
import { legacyOperationRefusedCases } from "./legacy-operation-refused.ts";
import { legacyOperationsCases } from "./legacy-operations.ts";
import { legacyPackagesCases } from "./legacy-packages.ts";
import { legacyPathsCases } from "./legacy-paths.ts";
import { legacySessionsCases } from "./legacy-sessions.ts";
import { legacySharedInstanceCases } from "./legacy-shared-instance.ts";
import { legacyTwoServersCases } from "./legacy-two-servers.ts";
import { legacyUpdateInPlaceCases } from "./legacy-update-in-place.ts";
import { legacyUpdatesCases } from "./legacy-updates.ts";
import { legacyUpgradeCases } from "./legacy-upgrade.ts";
import { limitsCases } from "./limits.ts";
import { manifestCases } from "./manifest.ts";
import { operationEndCases } from "./operation-end.ts";
import { operationLifeCases } from "./operation-life.ts";
import { operationOutputCases } from "./operation-output.ts";
import { operationStartCases } from "./operation-start.ts";
import { ownershipCases } from "./ownership.ts";
import { pathCases } from "./path.ts";
import { restartCases } from "./restart.ts";
import { resumeCases } from "./resume.ts";
import { securityCases } from "./security.ts";
import { sessionLimitCases } from "./session-limit.ts";
import { syncCases } from "./sync.ts";
import { tenancyCases } from "./tenancy.ts";

/** Every case that judges an agent, in the order of the specification. */
export const agentCases: readonly AgentCase[] = [
  ...handshakeCases,
  ...sessionLimitCases,
  ...instancingCases,
  ...ownershipCases,
  ...idleInstancesCases,
  ...tenancyCases,
  ...manifestCases,
  ...pathCases,
  ...syncCases,
  ...contentCases,
  ...resumeCases,
  ...commitCases,
  ...damageCases,
  ...diskCases,
  ...operationStartCases,
  ...operationLifeCases,
  ...operationOutputCases,
  ...operationEndCases,
  ...restartCases,
  ...hostEnvironmentCases,
  ...errorsCases,
  ...faultOrderCases,
  ...futureCases,
  ...hostileCases,
  ...limitsCases,
  ...securityCases,
  ...legacyHandshakeCases,
  ...legacySessionsCases,
  ...legacyInstancesCases,
  ...legacySharedInstanceCases,
  ...legacyIsolationCases,
  ...legacyInstanceRefusedCases,
  ...legacyTwoServersCases,
  ...legacyFilesCases,
  ...legacyUpdateInPlaceCases,
  ...legacyPathsCases,
  ...legacyPackagesCases,
  ...legacyUpdatesCases,
  ...legacyOperationsCases,
  ...legacyOperationOutputCases,
  ...legacyOperationEndCases,
  ...legacyHostEnvironmentCases,
  ...legacyOperationRefusedCases,
  ...legacyErrorsCases,
  ...legacyUpgradeCases,
];
