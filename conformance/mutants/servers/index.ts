import type { ServerMutant } from "../mutant.ts";
import { contentMutants } from "./content.ts";
import { errorsMutants } from "./errors.ts";
import { handshakeMutants } from "./handshake.ts";
import { instancingMutants } from "./instancing.ts";
import { legacyFilesMutants } from "./legacy-files.ts";
import { legacyOperationsMutants } from "./legacy-operations.ts";
import { limitsMutants } from "./limits.ts";
import { manifestMutants } from "./manifest.ts";
import { operationsMutants } from "./operations.ts";
import { packagesMutants } from "./packages.ts";
import { resumeMutants } from "./resume.ts";
import { securityMutants } from "./security.ts";
import { syncStreamMutants } from "./sync-stream.ts";

/** Every broken server, in the order of the specification. */
export const serverMutants: readonly ServerMutant[] = [
  ...handshakeMutants,
  ...limitsMutants,
  ...instancingMutants,
  ...packagesMutants,
  ...manifestMutants,
  ...syncStreamMutants,
  ...contentMutants,
  ...resumeMutants,
  ...operationsMutants,
  ...errorsMutants,
  ...securityMutants,
  ...legacyFilesMutants,
  ...legacyOperationsMutants,
];
