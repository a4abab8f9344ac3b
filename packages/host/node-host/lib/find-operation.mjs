/** No operation, or more than one, has the name that was asked for. */
export class UnknownOperation extends Error {}

/** Finds an operation by `Extension::Operation`, or by its bare name where only one extension has it. Throws UnknownOperation. */
export function findOperation(operations, name) {
  const matches = operations.filter((operation) => operation.fullName === name || operation.name === name);
  if (matches.length === 1) return matches[0];
  if (matches.length > 1) {
    const choices = matches.map(({ fullName }) => fullName).join(", ");
    throw new UnknownOperation(`"${name}" could be any of ${choices}: say which`);
  }
  const known = operations.map(({ fullName }) => `\n  ${fullName}`).join("");
  throw new UnknownOperation(
    `there is no operation "${name}"; ${known === "" ? "none is known" : `known are:${known}`}`,
  );
}
