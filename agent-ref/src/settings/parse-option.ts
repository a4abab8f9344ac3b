import type { z } from "zod";
import { SettingsError } from "./settings-error.ts";

/** What an option of the command line says; undefined when it was not given. Throws SettingsError when it cannot be read. */
export function parseOption<Output>(
  option: string,
  schema: z.ZodType<Output, string>,
  text: string | undefined,
): Output | undefined {
  if (text === undefined) return undefined;
  const result = schema.safeParse(text);
  if (result.success) return result.data;
  throw new SettingsError(option, result.error.issues[0]!.message, "Correct the option.");
}
