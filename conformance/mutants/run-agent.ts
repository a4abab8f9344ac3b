import { agentMutants } from "./agents/index.ts";
import { runMutant } from "./run-mutant.ts";

await runMutant(agentMutants, "@berth/agent");
