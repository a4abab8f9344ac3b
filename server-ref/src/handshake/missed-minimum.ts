import { compareProductVersions, minimumVersionForInstancing } from "@berth/proto/rules/product-version";

/** The minimum version for instancing that a product of this version is below, or undefined (INST-006, INST-042). Both are as their settings accept them. */
export function missedMinimumVersion(product: string, productVersion: string): string | undefined {
  const minimum = minimumVersionForInstancing(product);
  return minimum !== undefined && compareProductVersions(productVersion, minimum) < 0 ? minimum : undefined;
}
