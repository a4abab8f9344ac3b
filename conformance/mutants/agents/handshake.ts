import type { AgentMutant } from "../mutant.ts";

/** Broken greetings: transport, versions, dialects and features. */
export const handshakeMutants: readonly AgentMutant[] = [
  {
    id: "range-upside-down-accepted",
    clause: "HS-010",
    breaks: "It reads a dialect range from either end, so one that ends below its beginning is taken.",
    part: "rules/dialect",
    mutate: ({ chooseDialect }) => ({
      chooseDialect: (server, spoken) =>
        chooseDialect(
          server && {
            lowest: Math.min(server.lowest, server.highest),
            highest: Math.max(server.lowest, server.highest),
          },
          spoken,
        ),
    }),
  },
  {
    id: "features-echoed",
    clause: "HS-016",
    breaks: "It answers with every feature the server named, known or not.",
    part: "rules/feature",
    mutate: () => ({ commonFeatures: (named) => [...named] }),
  },
];
