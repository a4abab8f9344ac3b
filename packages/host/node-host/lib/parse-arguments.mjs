import { usageOf } from "./help.mjs";

/** The arguments do not fit the operation. */
export class UsageError extends Error {}

/**
 * Reads `key=value` words, and after a word `--` the rest as it is. Answers with one value for each key that was given, a list for
 * one that can be repeated. Throws UsageError with the operation's usage.
 */
export function parseArguments(operation, words) {
  const separator = words.indexOf("--");
  const pairs = separator === -1 ? words : words.slice(0, separator);
  const rest = separator === -1 ? [] : words.slice(separator + 1);
  const refuse = (why) => {
    throw new UsageError(`${operation.fullName}: ${why}\nusage: ${usageOf(operation)}`);
  };

  const values = {};
  for (const word of pairs) {
    const equals = word.indexOf("=");
    const key = word.slice(0, Math.max(equals, 0));
    const parameter = Object.hasOwn(operation.parameters, key) ? operation.parameters[key] : undefined;
    if (equals === -1) refuse(`"${word}" is not of the form key=value`);
    if (parameter === undefined) refuse(`there is no argument "${key}"`);
    const value = word.slice(equals + 1);
    if (parameter.choices !== undefined && !parameter.choices.includes(value)) {
      refuse(`"${key}" is one of ${parameter.choices.join(", ")}, not "${value}"`);
    }
    if (parameter.repeatable) values[key] = [...(values[key] ?? []), value];
    else if (Object.hasOwn(values, key)) refuse(`"${key}" is given twice`);
    else values[key] = value;
  }
  for (const [key, parameter] of Object.entries(operation.parameters)) {
    if (parameter.required && values[key] === undefined) refuse(`"${key}" is missing`);
  }
  if (operation.rest === undefined && separator !== -1) refuse("it takes nothing after --");
  if (operation.rest !== undefined && rest.length === 0) refuse(`${operation.rest} is missing after --`);
  return { values, rest };
}
