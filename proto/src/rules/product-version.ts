import { foldProduct } from "./product.ts";

/** 1 to 8 numbers of 1 to 9 digits: bounded, so that every number is exact and no text takes long to read. */
const PRODUCT_VERSION = /^[0-9]{1,9}(?:\.[0-9]{1,9}){0,7}$/;

/** The products that have a minimum version for instancing, folded (INST-006). */
const MINIMUM_VERSIONS: ReadonlyMap<string, string> = new Map([
  ["buildmaster", "6.1.20"],
  ["otter", "2.2.10"],
]);

/** A product version as its server wrote it, or why it is refused. */
export type ParsedProductVersion = { ok: true; version: string } | { ok: false; reason: string };

/** Checks a product version: 1 to 8 decimal numbers of 1 to 9 digits, separated by single dots (INST-002). */
export function parseProductVersion(text: string): ParsedProductVersion {
  return PRODUCT_VERSION.test(text)
    ? { ok: true, version: text }
    : { ok: false, reason: "it is not 1 to 8 numbers of 1 to 9 digits, separated by dots" };
}

/**
 * Compares two product versions number by number, a missing number counting as zero (INST-003). Returns a negative number, zero or a
 * positive number. Both must be well formed (INST-002).
 */
export function compareProductVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The lowest version of a product that can have instances of its own, or undefined where there is no lowest (INST-006, INST-007).
 * The product is compared without case (INST-004).
 */
export function minimumVersionForInstancing(product: string): string | undefined {
  return MINIMUM_VERSIONS.get(foldProduct(product));
}
