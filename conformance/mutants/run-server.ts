import { runMutant } from "./run-mutant.ts";
import { serverMutants } from "./servers/index.ts";

await runMutant(serverMutants, "@berth/server");
