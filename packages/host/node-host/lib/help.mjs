/** One line for each operation. */
export function describeOperations(operations) {
  const width = Math.max(0, ...operations.map(({ fullName }) => fullName.length));
  return operations
    .map(({ fullName, description, extension }) => `${fullName.padEnd(width)}  ${description} (${extension.version})\n`)
    .join("");
}

/** The usage and the arguments of one operation. */
export function describeOperation(operation) {
  const lines = Object.entries(operation.parameters).map(
    ([key, { description = "", choices }]) => `  ${key}: ${description}${choices ? ` (${choices.join(", ")})` : ""}\n`,
  );
  return `${operation.description}\nusage: ${usageOf(operation)}\n${lines.join("")}`;
}

/** How an operation is called, as one line. */
export function usageOf({ fullName, parameters, rest }) {
  const pairs = Object.entries(parameters).map(([key, { required, repeatable }]) => {
    const pair = `${key}=…${repeatable ? " …" : ""}`;
    return required ? pair : `[${pair}]`;
  });
  return [fullName, ...pairs, ...(rest === undefined ? [] : ["--", rest])].join(" ");
}
