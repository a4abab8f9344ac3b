/** A feature and its version, a decimal number from 1 of any length. */
export interface Feature {
  name: string;
  version: string;
}

const FEATURE = /^(?<name>[a-z][a-z0-9-]*)@(?<version>[1-9][0-9]*)$/;

/** Reads a feature written as `name@version` (HS-015), or returns undefined for what cannot be read. */
export function parseFeature(text: string): Feature | undefined {
  const groups = FEATURE.exec(text)?.groups;
  return groups && { name: groups.name!, version: groups.version! };
}

/**
 * The features of a session: those of `served` that the server named, each once, in the order of `served` (HS-017). Everything else the
 * server named, readable or not, is ignored (HS-016).
 */
export function commonFeatures(named: readonly string[], served: readonly string[]): string[] {
  const readable = new Set(named.filter((text) => parseFeature(text) !== undefined));
  return served.filter((feature) => readable.has(feature));
}
