import type { ProductVersion } from "./product-version.ts";

/** The lowest version with which a product can be told apart by InstanceId (INST-006); products that are not here have none. */
const MINIMUM_VERSIONS: ReadonlyMap<string, readonly number[]> = new Map([
  ["buildmaster", [6, 1, 20]],
  ["otter", [2, 2, 10]],
]);

/** Whether a version of a product is below the product's minimum version, number by number (INST-003, INST-004). */
export function isBelowMinimum({ product, productVersion }: ProductVersion): boolean {
  const minimum = MINIMUM_VERSIONS.get(product.toLowerCase());
  if (minimum === undefined) return false;
  const version = productVersion.split(".").map(Number);
  const differing = [...minimum, ...version].findIndex((_, index) => (minimum[index] ?? 0) !== (version[index] ?? 0));
  return differing >= 0 && (version[differing] ?? 0) < (minimum[differing] ?? 0);
}
