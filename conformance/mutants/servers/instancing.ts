import { randomUUID } from "node:crypto";
import type { ServerMutant } from "../mutant.ts";

/** Broken identities: server_ids, InstanceIds, and what is made of the isolation given. */
export const instancingMutants: readonly ServerMutant[] = [
  {
    id: "server-id-of-the-day",
    clause: "INST-020",
    breaks: "It makes a new server_id at every start.",
    part: "home/server-id",
    mutate: () => ({ serverIdOf: () => randomUUID() }),
  },
  {
    id: "server-id-of-the-product",
    clause: "INST-020",
    breaks: "It has one server_id in all its installations.",
    part: "home/server-id",
    mutate: () => ({ serverIdOf: () => "0f6a3a52-6d2e-4b6e-9d1c-5a4f0b7c8e21" }),
  },
  {
    id: "own-id-without-hyphens",
    clause: "INST-020",
    breaks: "It sends a server_id that is a UUID but for its hyphens.",
    part: "home/server-id",
    mutate: ({ serverIdOf }) => ({ serverIdOf: (home) => serverIdOf(home).replaceAll("-", "") }),
  },
  {
    id: "less-isolation-not-worth-a-word",
    clause: "INST-041",
    breaks: "It does not tell its operator of less isolation than it asked for.",
    part: "handshake/judge-isolation",
    mutate: ({ judgeIsolation }) => ({
      judgeIsolation: (...words) => {
        judgeIsolation(...words);
        return undefined;
      },
    }),
  },
  {
    id: "instance-id-below-the-minimum",
    clause: "INST-042",
    breaks: "It sends its InstanceId whatever its product version is.",
    part: "handshake/missed-minimum",
    mutate: () => ({ missedMinimumVersion: () => undefined }),
  },
  {
    id: "own-version-compared-as-text",
    clause: "INST-042",
    breaks: "It compares product versions as texts, so that 2.2.9 is above 2.2.10.",
    part: "rules/product-version",
    mutate: () => ({ compareProductVersions: (a, b) => (a < b ? -1 : 1) }),
  },
  {
    id: "minimum-version-taken-for-below-it",
    clause: "INST-042",
    breaks: "It sends no InstanceId at its product's minimum version either.",
    part: "rules/product-version",
    mutate: ({ compareProductVersions }) => ({ compareProductVersions: (a, b) => compareProductVersions(a, b) || -1 }),
  },
  {
    id: "required-isolation-only-warned-of",
    clause: "INST-043",
    breaks: "It warns of less isolation than it was told to require, and goes on.",
    part: "handshake/judge-isolation",
    mutate: ({ judgeIsolation }) => ({
      judgeIsolation: (identity, session) => judgeIsolation(identity, session, false),
    }),
  },
  {
    id: "instance-id-given-and-not-enough",
    clause: "INST-043",
    breaks: "Told to require isolation, it takes an instance by InstanceId for less than one by server_id.",
    part: "handshake/judge-isolation",
    mutate: ({ judgeIsolation }) => ({
      judgeIsolation: (identity, session, isRequired) =>
        judgeIsolation(isRequired ? { ...identity, hasInstanceId: false } : identity, session, isRequired),
    }),
  },
  {
    id: "isolation-required-of-operations-alone",
    clause: "INST-043",
    breaks: "It does not require the isolation of a sync that it was told to require.",
    part: "sync/sync-agent",
    mutate: ({ syncAgent }) => ({
      syncAgent: (agent, task) => syncAgent(agent, { ...task, requiresIsolation: false }),
    }),
  },
  {
    id: "isolation-required-of-syncs-alone",
    clause: "INST-043",
    breaks: "It does not require the isolation for an operation that it was told to require.",
    part: "operations/run-operation",
    mutate: ({ runOperation }) => ({
      runOperation: (agent, task, ...words) => runOperation(agent, { ...task, requiresIsolation: false }, ...words),
    }),
  },
];
