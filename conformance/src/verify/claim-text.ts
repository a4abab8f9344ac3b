import { countLine, type RunResults } from "../report/results.ts";
import { visibleText } from "../report/visible-text.ts";

/** What a verified run claims, in the words that can be published with it. */
export function claimText(run: RunResults): string[] {
  const { agentVersion, productVersion, features, cases, specification } = run;
  const who = run.suite === "agent" ? `agent ${agentVersion}` : `server as ${productVersion}`;
  const known = cases.filter(({ outcome }) => outcome === "expected-failure");
  const but = known.length === 0 ? "" : `, but for ${known.length} known failures`;
  return [
    `conformant${but}: ${who}, ${run.target}`,
    ...rows([
      ["specification", `${specification?.version} (${specification?.digest.slice(0, 12)})`],
      ["suite", `berth-conformance ${run.suiteVersion}, ${cases.length} cases (${run.catalogue.digest})`],
      ...(features === undefined ? [] : [["features", features.join(", ") || "none"] as const]),
      [
        "profile",
        `${run.profile}: ${run.executedRequired} cases of required clauses ran, at least ${run.floor} have to`,
      ],
      ["run", `${run.at}, seed ${run.seed}`],
      ["outcomes", countLine(run.counts)],
      ...known.map(
        ({ id, failure, reason }) => ["known failure", `${id} (${failure?.code ?? "blocked"}): ${reason}`] as const,
      ),
      ["digest", `sha256:${run.digest}`],
    ]),
  ].map(visibleText);
}

function rows(named: readonly (readonly [string, string])[]): string[] {
  return named.map(([name, text]) => `  ${name.padEnd(13)}  ${text}`);
}
