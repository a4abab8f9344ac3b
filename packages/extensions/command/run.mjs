import { runProgram } from "./run-program.mjs";

export async function run({ values, rest: [program, ...args], workDirectory }) {
  return runProgram(program, args, values, workDirectory);
}
