const TEXT_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NIL = "00000000-0000-0000-0000-000000000000";

/**
 * Reads a UUID in text form, 8-4-4-4-12 hexadecimal digits, and returns it in lower case, so that equal UUIDs are equal texts
 * (INST-021, INST-023, OP-014). Returns undefined for anything else, and for the nil UUID, which names nobody. Any version and variant
 * will do.
 */
export function parseUuid(text: string): string | undefined {
  if (!TEXT_FORM.test(text)) return undefined;
  const uuid = text.toLowerCase();
  return uuid === NIL ? undefined : uuid;
}
