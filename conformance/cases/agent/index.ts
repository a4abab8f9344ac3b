import type { AgentCase } from "../../src/case.ts";
import { commitCases } from "./commit.ts";
import { contentCases } from "./content.ts";
import { damageCases } from "./damage.ts";
import { diskCases } from "./disk.ts";
import { errorsCases } from "./errors.ts";
import { futureCases } from "./future.ts";
import { handshakeCases } from "./handshake.ts";
import { hostEnvironmentCases } from "./host-environment.ts";
import { hostileCases } from "./hostile.ts";
import { idleInstancesCases } from "./idle-instances.ts";
import { instancingCases } from "./instancing.ts";
import { legacyErrorsCases } from "./legacy-errors.ts";
import { legacyFilesCases } from "./legacy-files.ts";
import { legacyHandshakeCases } from "./legacy-handshake.ts";
import { legacyInstancesCases } from "./legacy-instances.ts";
import { legacyOperationsCases } from "./legacy-operations.ts";
import { legacySessionsCases } from "./legacy-sessions.ts";
import { legacyUpdatesCases } from "./legacy-updates.ts";
import { legacyUpgradeCases } from "./legacy-upgrade.ts";
import { limitsCases } from "./limits.ts";
import { manifestCases } from "./manifest.ts";
import { operationEndCases } from "./operation-end.ts";
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
  ...operationOutputCases,
  ...operationEndCases,
  ...restartCases,
  ...hostEnvironmentCases,
  ...errorsCases,
  ...futureCases,
  ...hostileCases,
  ...limitsCases,
  ...securityCases,
  ...legacyHandshakeCases,
  ...legacySessionsCases,
  ...legacyInstancesCases,
  ...legacyFilesCases,
  ...legacyUpdatesCases,
  ...legacyOperationsCases,
  ...legacyErrorsCases,
  ...legacyUpgradeCases,
];
