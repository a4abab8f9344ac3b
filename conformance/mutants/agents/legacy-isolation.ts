import { Isolation } from "@berth/proto/messages/handshake/v1/handshake";
import type { AgentMutant } from "../mutant.ts";

/** Broken answers about an instance in the dialects 1 and 44: what the greeting promises, and what is refused. */
export const legacyIsolationMutants: readonly AgentMutant[] = [
  {
    id: "isolation-promised-in-dialect-1",
    clause: "LEG-013",
    breaks: "It promises an instance by InstanceId in the dialect 1 too.",
    agentVersion: 46,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const choice = chooseLegacyInstance({ ...claim, dialect: 44 });
        return claim.call === "greeting" && choice.kind === "instance" ? choice : chooseLegacyInstance(claim);
      },
    }),
  },
  {
    id: "greeting-refused-in-dialect-1",
    clause: "LEG-013",
    breaks: "As version 42 it refuses a greeting whose InstanceId is outside a rule it does not know.",
    agentVersion: 42,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const choice = chooseLegacyInstance({ ...claim, dialect: 44 });
        return claim.call === "greeting" && choice.kind === "refused" ? choice : chooseLegacyInstance(claim);
      },
    }),
  },
  {
    id: "isolation-denied-in-dialect-44",
    clause: "LEG-014",
    breaks:
      "It answers a greeting in the dialect 44 with PRODUCT and the shared instance, whatever InstanceId it holds.",
    agentVersion: 46,
    part: "legacy/legacy-negotiate",
    mutate: ({ negotiateLegacy }) => ({
      negotiateLegacy: async (...words) => {
        const answer = await negotiateLegacy(...words);
        const instanceName = answer.instanceName.replace(/[^/]+$/, "shared");
        return { ...answer, isolation: Isolation.ISOLATION_PRODUCT, instanceName };
      },
    }),
  },
  {
    id: "bad-id-taken-for-none",
    clause: "LEG-015",
    breaks: "It takes an InstanceId outside its rule as unset in the dialect 44.",
    agentVersion: 46,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const choice = chooseLegacyInstance(claim);
        const bad = choice.kind === "refused" && choice.code === "INVALID_INSTANCE_ID";
        return bad ? chooseLegacyInstance({ ...claim, instanceId: "" }) : choice;
      },
    }),
  },
  {
    id: "bad-id-run",
    clause: "LEG-015",
    breaks: "It looks at the InstanceId of a greeting and of files, and not at that of an operation.",
    agentVersion: 44,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const choice = chooseLegacyInstance(claim);
        const unseen = claim.call === "operation" && choice.kind === "refused";
        return unseen && choice.code === "INVALID_INSTANCE_ID"
          ? chooseLegacyInstance({ ...claim, instanceId: "" })
          : choice;
      },
    }),
  },
  {
    id: "minimum-forgotten",
    clause: "LEG-016",
    breaks: "It gives a product below its minimum the shared instance in place of a refusal.",
    agentVersion: 46,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const choice = chooseLegacyInstance(claim);
        const below = choice.kind === "refused" && choice.code === "INSTANCING_UNSUPPORTED";
        return below ? chooseLegacyInstance({ ...claim, instanceId: "" }) : choice;
      },
    }),
  },
  {
    id: "minimum-checked-at-the-greeting-alone",
    clause: "LEG-016",
    breaks: "It holds the minimum against a greeting, and gives later calls the instance they ask for.",
    agentVersion: 45,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) =>
        chooseLegacyInstance(claim.call === "greeting" ? claim : { ...claim, productVersion: "999" }),
    }),
  },
  {
    id: "owner-minded-by-46",
    clause: "LEG-017",
    breaks: "As version 46 it refuses a server whose instance another server_id asked for before.",
    agentVersion: 46,
    part: "legacy/legacy-negotiate",
    mutate: ({ negotiateLegacy }) => {
      const owners = new Map<string, string>();
      return {
        negotiateLegacy: async (request, ...rest) => {
          const answer = await negotiateLegacy(request, ...rest);
          const owner = owners.get(answer.instanceName) ?? request.serverId;
          if (owner !== request.serverId) throw new Error("the instance belongs to another server");
          owners.set(answer.instanceName, owner);
          return answer;
        },
      };
    },
  },
];
