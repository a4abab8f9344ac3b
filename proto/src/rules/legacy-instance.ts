import { DIALECT, type Dialect } from "./agent-version.ts";
import { parseInstanceId } from "./instance-id.ts";
import { encodeName } from "./instance-name.ts";
import { compareProductVersions, minimumVersionForInstancing } from "./product-version.ts";

/** What a call of a legacy dialect is for: only the agent version 43 makes a difference between them (LEG-012). */
export type LegacyCall = "greeting" | "files" | "operation";

/** What decides which instance a call in the dialect 1 or 44 is served from. */
export interface LegacyClaim {
  /** The version the agent runs as. */
  agentVersion: number;
  dialect: Exclude<Dialect, typeof DIALECT.automatic>;
  call: LegacyCall;
  /** As `parseProduct` returns it. */
  product: string;
  /** As `parseProductVersion` returns it. */
  productVersion: string;
  /** The InstanceId as this call's own request holds it, not checked yet (LEG-010). */
  instanceId: string;
}

/** The instance a call gets, or why it gets none. */
export type LegacyInstanceChoice =
  | { kind: "instance"; isolation: "PRODUCT" | "INSTANCE_ID"; name: string }
  | { kind: "refused"; code: "INVALID_INSTANCE_ID"; reason: string }
  | { kind: "refused"; code: "INSTANCING_UNSUPPORTED"; minimumVersion: string };

/** The version whose flaw it is to honour an InstanceId on some calls only. */
const FLAWED_VERSION = 43;

/** Chooses the instance of one call in the dialect 1 or 44 (LEG-010 to LEG-016), and names it (INST-050). */
export function chooseLegacyInstance(claim: LegacyClaim): LegacyInstanceChoice {
  const choice = byInstanceId(claim);
  if (claim.dialect === DIALECT.instanceId) return choice;
  const honoured = claim.agentVersion === FLAWED_VERSION && claim.call === "files" && choice.kind === "instance";
  return honoured ? choice : shared(claim);
}

function byInstanceId(claim: LegacyClaim): LegacyInstanceChoice {
  const parsed = parseInstanceId(claim.instanceId);
  if (!parsed.ok) return { kind: "refused", code: "INVALID_INSTANCE_ID", reason: parsed.reason };
  if (parsed.instanceId === undefined) return shared(claim);
  const minimumVersion = minimumVersionForInstancing(claim.product);
  if (minimumVersion !== undefined && compareProductVersions(claim.productVersion, minimumVersion) < 0) {
    return { kind: "refused", code: "INSTANCING_UNSUPPORTED", minimumVersion };
  }
  return { kind: "instance", isolation: "INSTANCE_ID", name: `${productOf(claim)}/i-${encodeName(parsed.instanceId)}` };
}

function shared(claim: LegacyClaim): LegacyInstanceChoice {
  return { kind: "instance", isolation: "PRODUCT", name: `${productOf(claim)}/shared` };
}

function productOf({ product }: LegacyClaim): string {
  return `p-${encodeName(product)}`;
}
