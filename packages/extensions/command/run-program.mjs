import { spawn } from "node:child_process";
import { stat } from "node:fs/promises";
import { constants } from "node:os";
import path from "node:path";

/** Runs a program that writes to the host's own output, and answers with its exit code, or 128 and the number of the signal that ended it. */
export async function runProgram(program, args, { directory, env = [] }, workDirectory) {
  const cwd = path.resolve(workDirectory, directory ?? ".");
  const isDirectory = await stat(cwd).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isDirectory) throw new Error(`there is no directory ${cwd}`);

  const child = spawn(program, args, { cwd, env: { ...process.env, ...parseEnvironment(env) }, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`${program} cannot be run: ${inWords(error)}`)));
    child.once("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

function parseEnvironment(pairs) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf("=");
      if (equals < 1) throw new Error(`env takes NAME=value, not "${pair}"`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function inWords(error) {
  if (error.code === "ENOENT") return "it does not exist";
  if (error.code === "EACCES") return "it must not be executed";
  return error.message;
}
