import { pathToFileURL } from "node:url";
import { loadExtensions } from "./extensions.mjs";
import { findOperation, UnknownOperation } from "./find-operation.mjs";
import { describeOperation, describeOperations } from "./help.mjs";
import { parseArguments, UsageError } from "./parse-arguments.mjs";

const exitCodes = { failed: 1, usage: 2, unknown: 127 };

/** Runs the operation that the command line names, and ends the process with its exit code (OP-055). */
export async function main([name, ...words], environment) {
  const exitCode = await answer(name, words, environment);
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // Not by process.exitCode alone: a timer or socket that an operation forgot would keep the host alive.
  process.exit(exitCode);
}

async function answer(name, words, environment) {
  if (environment.BERTH_EXTENSIONS === undefined) {
    complain("BERTH_EXTENSIONS is not set: it names the directory that holds the extensions");
    return exitCodes.usage;
  }
  const { operations, broken } = await loadExtensions(environment.BERTH_EXTENSIONS);
  for (const { directory, why } of broken)
    complain(`the extension in "${directory}" is broken and was left out: ${why}`);

  try {
    if (name === undefined || name === "list" || name === "help") return help(operations, name, words);
    const operation = findOperation(operations, name);
    return await run(operation, words, environment);
  } catch (error) {
    if (error instanceof UnknownOperation) {
      complain(error.message);
      return exitCodes.unknown;
    }
    if (error instanceof UsageError) {
      complain(error.message);
      return exitCodes.usage;
    }
    throw error;
  }
}

function help(operations, name, [wanted]) {
  const text =
    name === "help" && wanted !== undefined
      ? describeOperation(findOperation(operations, wanted))
      : describeOperations(operations);
  if (name === undefined) {
    complain(`say which operation to run\n${text}`);
    return exitCodes.usage;
  }
  process.stdout.write(text);
  return 0;
}

async function run(operation, words, environment) {
  const { values, rest } = parseArguments(operation, words);
  try {
    const module = await import(pathToFileURL(operation.modulePath).href);
    if (typeof module.run !== "function") throw new Error(`${operation.module} exports no function named run`);
    return exitCodeOf(await module.run({ values, rest, workDirectory: environment.BERTH_WORK ?? process.cwd() }));
  } catch (error) {
    complain(`${operation.fullName}: ${error instanceof Error ? error.message : String(error)}`);
    return exitCodes.failed;
  }
}

function exitCodeOf(result) {
  if (result === undefined) return 0;
  if (Number.isInteger(result) && result >= 0 && result <= 255) return result;
  throw new Error(`it answered with ${String(result)}, which is no exit code`);
}

function complain(message) {
  process.stderr.write(`berth-host: ${message}\n`);
}

function flushed(stream) {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
