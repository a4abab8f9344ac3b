import type { ServerCase } from "../case.ts";
import { isBelowMinimum } from "../minimum-version.ts";
import { type ProductVersion, productVersionInWords } from "../product-version.ts";

/** Why a case does not apply to a server of this product and version; undefined when it does. */
export function inapplicableToServer(
  { usesInstanceId }: Pick<ServerCase, "usesInstanceId">,
  productVersion: ProductVersion,
): string | undefined {
  // What features a server knows shows only while it is judged; the suite's agents serve them all.
  if (!usesInstanceId || !isBelowMinimum(productVersion)) return undefined;
  return `${productVersionInWords(productVersion)} is below the version from which that product uses an InstanceId (INST-042)`;
}
