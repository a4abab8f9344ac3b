import type { ServerCase } from "../../src/case.ts";
import { errorCases } from "./errors.ts";
import { handshakeCases } from "./handshake.ts";
import { instancingCases } from "./instancing.ts";
import { legacyFilesCases } from "./legacy-files.ts";
import { legacyInstancingCases } from "./legacy-instancing.ts";
import { legacyOperationsCases } from "./legacy-operations.ts";
import { operationCases } from "./operations.ts";
import { publishingCases } from "./publishing.ts";
import { resumeCases } from "./resume.ts";
import { securityCases } from "./security.ts";
import { syncCases } from "./sync.ts";

/** Every case that judges a server, in the order of the specification. */
export const serverCases: readonly ServerCase[] = [
  ...handshakeCases,
  ...instancingCases,
  ...syncCases,
  ...publishingCases,
  ...resumeCases,
  ...operationCases,
  ...errorCases,
  ...securityCases,
  ...legacyFilesCases,
  ...legacyInstancingCases,
  ...legacyOperationsCases,
];
