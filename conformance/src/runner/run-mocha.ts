import Mocha from "mocha";
import { caseIdOf, RedCase } from "./mount.ts";

/** An error that mocha caught and no case made: a promise nobody awaited, a callback that threw. */
export interface StrayError {
  /** The case that was being waited for; not always the one at fault. */
  readonly caseId: string;
  readonly error: unknown;
}

/** Mocha is the engine and never the face: nothing is printed, everything goes into the event log. */
class Silent extends Mocha.reporters.Base {}

/** Runs what `mount` adds to the root suite. Bounds in time are the cases' own. */
export async function runMocha(mount: (root: Mocha.Suite) => void): Promise<readonly StrayError[]> {
  const mocha = new Mocha({ timeout: 0, reporter: Silent });
  const strays: StrayError[] = [];
  mount(mocha.suite);
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on("fail", (test, error: unknown) => {
        if (!(error instanceof RedCase)) strays.push({ caseId: caseIdOf(test), error });
      });
  });
  mocha.dispose(); // its listeners on the process would outlive it
  return strays;
}
