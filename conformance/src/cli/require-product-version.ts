import { type ProductVersion, parseProductVersion } from "../product-version.ts";
import { UsageError } from "./usage-error.ts";

/** Reads what a server is to be judged as. @throws {UsageError} when it is no product and version. */
export function requireProductVersion(text: string): ProductVersion {
  const parsed = parseProductVersion(text);
  if (parsed !== undefined) return parsed;
  throw new UsageError(`"${text}" is not a product and its version, such as 'BuildMaster 6.1.20'`);
}
