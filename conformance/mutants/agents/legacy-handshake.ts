import type { AgentMutant } from "../mutant.ts";

/** Broken greetings of agents before version 49: dialects, fields they do not know, and limits they do not have. */
export const legacyHandshakeMutants: readonly AgentMutant[] = [
  {
    id: "dialect-44-spoken-by-43",
    clause: "LEG-001",
    breaks: "As version 43 it speaks the dialect 44 too.",
    agentVersion: 43,
    part: "rules/agent-version",
    mutate: ({ dialectsOf, DIALECT }) => ({
      dialectsOf: (version) => [...dialectsOf(version), DIALECT.instanceId],
    }),
  },
  {
    id: "dialect-1-missing-in-43",
    clause: "LEG-001",
    breaks: "As version 43 it speaks the dialect 44 in place of 1.",
    agentVersion: 43,
    part: "rules/agent-version",
    mutate: ({ DIALECT }) => ({ dialectsOf: () => [DIALECT.instanceId] }),
  },
  {
    id: "dialect-44-at-need-in-43",
    clause: "LEG-001",
    breaks: "As version 43 it speaks the dialect 44 with a server that does not speak 1.",
    agentVersion: 43,
    part: "rules/dialect",
    mutate: ({ chooseDialect }) => ({
      chooseDialect: (server, spoken) => {
        const choice = chooseDialect(server, spoken);
        return choice.kind === "agent-too-old" ? chooseDialect(server, [...spoken, 44]) : choice;
      },
    }),
  },
  {
    id: "dialect-1-dropped-by-46",
    clause: "LEG-002",
    breaks: "As version 46 it does not speak the dialect 1 any more.",
    agentVersion: 46,
    part: "rules/agent-version",
    mutate: ({ dialectsOf, DIALECT }) => ({
      dialectsOf: (version) => dialectsOf(version).filter((dialect) => dialect !== DIALECT.shared),
    }),
  },
  {
    id: "dialect-49-at-need-in-46",
    clause: "LEG-002",
    breaks: "As version 46 it says that it speaks the dialect 49 with a server that speaks neither 1 nor 44.",
    agentVersion: 46,
    part: "rules/dialect",
    mutate: ({ chooseDialect }) => ({
      chooseDialect: (server, spoken) => {
        const choice = chooseDialect(server, spoken);
        return choice.kind === "agent-too-old" ? chooseDialect(server, [...spoken, 49]) : choice;
      },
    }),
  },
  {
    id: "features-answered-by-46",
    clause: "LEG-003",
    breaks: "As version 46 it answers with the features that the server named.",
    agentVersion: 46,
    part: "legacy/legacy-negotiate",
    mutate: ({ negotiateLegacy }) => ({
      negotiateLegacy: async (request, ...rest) => ({
        ...(await negotiateLegacy(request, ...rest)),
        features: request.features,
      }),
    }),
  },
  {
    id: "server-id-minded-by-44",
    clause: "LEG-003",
    breaks: "As version 44 it refuses a server_id that is longer than a UUID.",
    agentVersion: 44,
    part: "legacy/legacy-negotiate",
    mutate: ({ negotiateLegacy }) => ({
      negotiateLegacy: async (request, ...rest) => {
        if (request.serverId.length > 36) throw new Error("the server_id is too long");
        return negotiateLegacy(request, ...rest);
      },
    }),
  },
  {
    id: "generation-promised-by-42",
    clause: "LEG-003",
    breaks: "As version 42 it says of every generation that a server wants that it is there.",
    agentVersion: 42,
    part: "legacy/legacy-negotiate",
    mutate: ({ negotiateLegacy }) => ({
      negotiateLegacy: async (request, ...rest) => ({
        ...(await negotiateLegacy(request, ...rest)),
        generationPresent: request.wantedManifestDigest.length > 0,
      }),
    }),
  },
  {
    id: "output-limit-announced-by-46",
    clause: "LEG-005",
    breaks: "As version 46 it announces max_output_bytes, which its dialects do not have.",
    agentVersion: 46,
    part: "legacy/legacy-limits",
    mutate: ({ legacyLimits }) => ({
      legacyLimits: (limits) => ({ ...legacyLimits(limits), maxOutputBytes: limits.maxOutputBytes }),
    }),
  },
  {
    id: "ownership-window-announced-by-42",
    clause: "LEG-005",
    breaks: "As version 42 it announces ownership_window_ms, which its dialect does not have.",
    agentVersion: 42,
    part: "legacy/legacy-limits",
    mutate: ({ legacyLimits }) => ({
      legacyLimits: (limits) => ({ ...legacyLimits(limits), ownershipWindowMs: limits.ownershipWindowMs }),
    }),
  },
];
