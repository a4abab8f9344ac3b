import { type PartReplacement, replacePart } from "./replace-part.ts";

type Runnable = { readonly id: string } & Pick<PartReplacement, "part" | "mutate">;

/**
 * Runs a reference's own program with the part of one mutant replaced. The process was started with the mutant's id, the file that tells
 * that it was used, and then the words of the reference's command line.
 */
export async function runMutant(mutants: readonly Runnable[], reference: PartReplacement["reference"]): Promise<void> {
  const [, , id, usedFile] = process.argv;
  const mutant = mutants.find((each) => each.id === id);
  if (mutant === undefined || usedFile === undefined) {
    console.error(`there is no mutant "${id}"; berth-conformance mutants --list names them`);
    process.exitCode = 2;
    return;
  }
  await replacePart({ part: mutant.part, mutate: mutant.mutate, reference, usedFile });
  process.argv.splice(2, 2);
  await import(new URL("dist/cli/main.js", import.meta.resolve(`${reference}/package.json`)).href);
}
