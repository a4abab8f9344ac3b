import type { AttachmentAbility } from "../attach/target.ts";
import type { CaseRecord } from "../case.ts";
import { dialectsInWords, dialectsOfVersion } from "../dialect.ts";
import type { AgentFacts } from "./agent-facts.ts";

/** Why a case does not apply to an agent that is attached so; undefined when it does. */
export function inapplicableToAgent(
  { dialects = [49], abilities = [], features = [] }: CaseRecord,
  facts: AgentFacts,
  attachment: ReadonlySet<AttachmentAbility>,
): string | undefined {
  const spoken = dialectsOfVersion(facts.agentVersion);
  if (!dialects.some((dialect) => spoken.includes(dialect))) {
    return `it is about the dialect ${dialectsInWords(dialects)}, and an agent ${facts.agentVersion} speaks ${dialectsInWords(spoken)}`;
  }
  const inability = abilities.find((ability) => !attachment.has(ability));
  if (inability !== undefined) return `the attachment cannot ${ABILITY_WORDS[inability]}`;
  const missing = features.find((feature) => !facts.features.includes(feature));
  return missing === undefined ? undefined : `the agent does not serve ${missing}`;
}

const ABILITY_WORDS: Readonly<Record<AttachmentAbility, string>> = {
  restart: "restart the agent",
  kill: "kill the agent",
  launch: "start a second agent",
  root: "look into the agent's root",
  room: "start an agent whose files cannot grow",
  upgrade: "start an older agent over the same root (--upgrade-from)",
};

/** Everything an attachment can be able to do. */
export const ALL_ABILITIES: ReadonlySet<AttachmentAbility> = new Set(
  Object.keys(ABILITY_WORDS) as readonly AttachmentAbility[],
);
