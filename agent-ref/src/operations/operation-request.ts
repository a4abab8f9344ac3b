import { createHash } from "node:crypto";
import { parseUuid } from "@berth/proto/rules/uuid";
import { exceeds } from "../limits.ts";
import { argumentsTooLong, invalidArguments, invalidOperationId } from "./operation-errors.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are exactly what is refused.
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
const maxNameBytes = 256;

/** The id in lower case, which is also the name of its directory. Throws INVALID_OPERATION_ID for anything but a UUID (OP-014). */
export function parseOperationId(text: string): string {
  const id = parseUuid(text);
  if (id === undefined) throw invalidOperationId();
  return id;
}

/** Throws INVALID_ARGUMENTS (OP-012) or LIMIT_EXCEEDED for a name and arguments that cannot be handed to a host. */
export function checkNameAndArguments(name: string, args: readonly string[], maxArgumentBytes: number): void {
  const nameBytes = Buffer.byteLength(name);
  if (nameBytes < 1 || nameBytes > maxNameBytes) {
    throw invalidArguments(`The operation's name has ${nameBytes} bytes; it needs 1 to ${maxNameBytes}.`);
  }
  if (controlCharacter.test(name)) throw invalidArguments("The operation's name has a control character.");
  const broken = args.findIndex((argument) => argument.includes("\0"));
  if (broken !== -1) throw invalidArguments(`Argument ${broken + 1} has a NUL character.`);

  const totalBytes = args.reduce((sum, argument) => sum + Buffer.byteLength(argument), nameBytes);
  if (exceeds(totalBytes, maxArgumentBytes)) throw argumentsTooLong(maxArgumentBytes);
}

/**
 * What tells a repeated start from a reused id (OP-010, OP-011). It stands in the record in place of the arguments themselves, because
 * these can hold secrets.
 */
export function digestNameAndArguments(name: string, args: readonly string[]): string {
  return createHash("sha256")
    .update(JSON.stringify([name, ...args]))
    .digest("hex");
}
