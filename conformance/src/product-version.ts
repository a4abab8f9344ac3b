/** A product in one of its versions: what a server says of itself in every greeting. */
export interface ProductVersion {
  /** 1 to 64 characters of printable ASCII, without a space at either end (INST-001). */
  readonly product: string;
  /** 1 to 8 decimal numbers of 1 to 9 digits, separated by single dots (INST-002). */
  readonly productVersion: string;
}

/** What a server is judged as where nothing else is said: a product without a minimum version. */
export const USUAL_PRODUCT_VERSION: ProductVersion = { product: "Conformance", productVersion: "1.0.0" };

/** Reads `BuildMaster 6.1.20`: the version is what follows the last space. Undefined when it is no product and version that an agent accepts. */
export function parseProductVersion(text: string): ProductVersion | undefined {
  const lastSpace = text.lastIndexOf(" ");
  const product = text.slice(0, Math.max(lastSpace, 0));
  const productVersion = text.slice(lastSpace + 1);
  const isProduct = /^[\x20-\x7E]{1,64}$/.test(product) && product.trim() === product;
  return isProduct && /^[0-9]{1,9}(?:\.[0-9]{1,9}){0,7}$/.test(productVersion)
    ? { product, productVersion }
    : undefined;
}

/** A later version of the same product. */
export function nextProductVersion({ product, productVersion }: ProductVersion): ProductVersion {
  const numbers = productVersion.split(".").map(Number);
  return { product, productVersion: [(numbers[0] ?? 0) + 1, ...numbers.slice(1)].join(".") };
}

/** `BuildMaster 6.1.20`. */
export function productVersionInWords({ product, productVersion }: ProductVersion): string {
  return `${product} ${productVersion}`;
}
