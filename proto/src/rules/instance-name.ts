import { foldAscii } from "./ascii.ts";
import { compareProductVersions, minimumVersionForInstancing } from "./product-version.ts";

/** What decides which instance a server gets. Every text is well formed and as its own rule returns it. */
export interface InstanceClaim {
  /** As `parseProduct` returns it. */
  product: string;
  /** As `parseProductVersion` returns it. */
  productVersion: string;
  /** As `parseInstanceId` returns it. */
  instanceId: string | undefined;
  /** As `parseServerId` returns it. */
  serverId: string | undefined;
  /** Whether `server-identity@1` is in the session. */
  serverIdentity: boolean;
  /** As `canonicalPeerAddress` returns it: from the socket, never from a message (INST-017). */
  peerAddress: string;
}

/** How far an instance is kept apart from other servers (INST-040). */
export type InstanceIsolation = "PRODUCT" | "INSTANCE_ID" | "ADDRESS" | "SERVER";

/** The instance a server gets, or why it gets none. */
export type InstanceChoice =
  | { kind: "instance"; isolation: InstanceIsolation; name: string }
  | { kind: "refused"; code: "INSTANCING_UNSUPPORTED"; minimumVersion: string };

/**
 * Chooses the instance of a server (INST-005 to INST-007, INST-013, INST-016, INST-022) and names it (INST-050). The name is a portable
 * relative path of two directories, different for different instances even where a file system folds case.
 */
export function chooseInstance(claim: InstanceClaim): InstanceChoice {
  const minimumVersion = minimumVersionForInstancing(claim.product);
  if (minimumVersion !== undefined && compareProductVersions(claim.productVersion, minimumVersion) < 0) {
    return claim.instanceId === undefined
      ? instance(claim, "PRODUCT", "shared")
      : { kind: "refused", code: "INSTANCING_UNSUPPORTED", minimumVersion };
  }
  if (claim.instanceId !== undefined) return instance(claim, "INSTANCE_ID", `i-${encodeName(claim.instanceId)}`);
  if (claim.serverIdentity && claim.serverId !== undefined) {
    return instance(claim, "SERVER", `s-${foldAscii(claim.serverId)}`);
  }
  return instance(claim, "ADDRESS", `a-${encodeName(claim.peerAddress)}`);
}

function instance(claim: InstanceClaim, isolation: InstanceIsolation, directory: string): InstanceChoice {
  return { kind: "instance", isolation, name: `p-${encodeName(claim.product)}/${directory}` };
}

/**
 * Encodes printable ASCII for a directory name: lower case, and every character but `a`–`z`, `0`–`9` and `-` as `_` and its two
 * hexadecimal digits (INST-050). It loses nothing but case.
 */
export function encodeName(text: string): string {
  return foldAscii(text).replace(
    /[^a-z0-9-]/g,
    (character) => `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
