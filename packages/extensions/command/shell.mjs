import { runProgram } from "./run-program.mjs";

export async function run({ values, workDirectory }) {
  const [shell, ...args] = process.platform === "win32" ? ["cmd.exe", "/d", "/s", "/c"] : ["/bin/sh", "-c"];
  return runProgram(shell, [...args, values.script], values, workDirectory);
}
