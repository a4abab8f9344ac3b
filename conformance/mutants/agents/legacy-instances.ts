import type { AgentMutant } from "../mutant.ts";

/** Broken choices of an instance in the dialects 1 and 44. */
export const legacyInstancesMutants: readonly AgentMutant[] = [
  {
    id: "greeting-chooses-the-instance",
    clause: "LEG-010",
    breaks: "It serves every call of a session from the instance of the greeting's InstanceId.",
    agentVersion: 46,
    part: "legacy/legacy-instances",
    mutate: ({ createLegacyInstances }) => ({
      createLegacyInstances: (version, all) => {
        const instances = createLegacyInstances(version, all);
        const greeted = new WeakMap<object, string>();
        return {
          open(session, kind, instanceId, call) {
            if (kind === "greeting") greeted.set(session, instanceId);
            return instances.open(session, kind, greeted.get(session) ?? instanceId, call);
          },
        };
      },
    }),
  },
  {
    id: "id-not-honoured-on-operations",
    clause: "LEG-010",
    breaks: "As version 44 it has the flaw of 43: it runs every operation from the product's shared instance.",
    agentVersion: 44,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) =>
        chooseLegacyInstance(claim.call === "operation" ? { ...claim, instanceId: "" } : claim),
    }),
  },
  {
    id: "shared-instance-gone",
    clause: "LEG-010",
    breaks: "It takes an InstanceId that is unset for one of its own.",
    agentVersion: 45,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) =>
        chooseLegacyInstance(
          claim.call === "files" && claim.instanceId === "" ? { ...claim, instanceId: "default" } : claim,
        ),
    }),
  },
  {
    id: "every-id-is-one",
    clause: "LEG-010",
    breaks: "It has one instance for all InstanceIds of a product.",
    agentVersion: 46,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const choice = chooseLegacyInstance(claim);
        const isNamed = choice.kind === "instance" && choice.isolation === "INSTANCE_ID";
        return isNamed ? chooseLegacyInstance({ ...claim, instanceId: "any" }) : choice;
      },
    }),
  },
  {
    id: "id-without-its-product",
    clause: "INST-005",
    breaks: "As version 44 it has one instance for an InstanceId, whatever the product of the server is.",
    agentVersion: 44,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const ofAnyProduct = claim.instanceId !== "" && claim.call !== "greeting";
        return chooseLegacyInstance(ofAnyProduct ? { ...claim, product: "any" } : claim);
      },
    }),
  },
  {
    id: "id-honoured-by-42",
    clause: "LEG-011",
    breaks: "As version 42 it honours the InstanceId of a call.",
    agentVersion: 42,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) =>
        chooseLegacyInstance(claim.call === "files" ? { ...claim, agentVersion: 43 } : claim),
    }),
  },
  {
    id: "bad-id-refused-in-dialect-1",
    clause: "LEG-011",
    breaks: "As version 46 it refuses, in the dialect 1, calls whose InstanceId the dialect 44 would refuse.",
    agentVersion: 46,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => {
        const choice = chooseLegacyInstance({ ...claim, dialect: 44 });
        return claim.call !== "greeting" && choice.kind === "refused" ? choice : chooseLegacyInstance(claim);
      },
    }),
  },
  {
    id: "id-unknown-to-43",
    clause: "LEG-012",
    breaks: "As version 43 it knows no InstanceId, and serves files from the shared instance.",
    agentVersion: 43,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => chooseLegacyInstance({ ...claim, agentVersion: 42 }),
    }),
  },
  {
    id: "id-honoured-by-43-on-operations",
    clause: "LEG-012",
    breaks: "As version 43 it runs an operation from the instance of its InstanceId.",
    agentVersion: 43,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) =>
        chooseLegacyInstance(claim.call === "operation" ? { ...claim, call: "files" } : claim),
    }),
  },
  {
    id: "bad-id-refused-by-43",
    clause: "LEG-012",
    breaks: "As version 43 it refuses a list or an update whose InstanceId is outside its rule.",
    agentVersion: 43,
    part: "rules/legacy-instance",
    mutate: ({ chooseLegacyInstance }) => ({
      chooseLegacyInstance: (claim) => chooseLegacyInstance(claim.call === "files" ? { ...claim, dialect: 44 } : claim),
    }),
  },
];
