import type { AgentMutant } from "../mutant.ts";

/** Broken rules of which server gets which instance. */
export const instancingMutants: readonly AgentMutant[] = [
  {
    id: "product-trimmed",
    clause: "INST-001",
    breaks: "It removes spaces around a product instead of refusing it.",
    part: "rules/product",
    mutate: ({ parseProduct }) => ({ parseProduct: (text) => parseProduct(text.trim()) }),
  },
  {
    id: "product-of-65-characters",
    clause: "INST-001",
    breaks: "It cuts a product that is too long.",
    part: "rules/product",
    mutate: ({ parseProduct }) => ({ parseProduct: (text) => parseProduct(text.slice(0, 64)) }),
  },
  {
    id: "version-of-nine-numbers",
    clause: "INST-002",
    breaks: "It takes a product version of more than eight numbers.",
    part: "rules/product-version",
    mutate: ({ parseProductVersion }) => ({
      parseProductVersion: (text) => parseProductVersion(text.split(".").slice(0, 8).join(".")),
    }),
  },
  {
    id: "versions-compared-as-text",
    clause: "INST-003",
    breaks: "It compares product versions as texts, so 6.1.9 comes after 6.1.20.",
    part: "rules/product-version",
    mutate: () => ({ compareProductVersions: (a, b) => (a < b ? -1 : Number(a > b)) }),
  },
  {
    id: "minimum-for-one-spelling",
    clause: "INST-004",
    breaks: "It knows the minimum of BuildMaster and Otter in this spelling alone.",
    part: "rules/product-version",
    mutate: ({ minimumVersionForInstancing }) => ({
      minimumVersionForInstancing: (product) =>
        ["BuildMaster", "Otter"].includes(product) ? minimumVersionForInstancing(product) : undefined,
    }),
  },
  {
    id: "products-share-an-instance",
    clause: "INST-005",
    breaks: "It keeps servers apart by their address and not by their product.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance: (claim) => chooseInstance({ ...claim, product: claim.product === "Otter" ? "Otter" : "any" }),
    }),
  },
  {
    id: "low-version-gets-an-instance",
    clause: "INST-006",
    breaks: "It gives a product below its minimum version an instance of its own.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance: (claim) =>
        chooseInstance(claim.instanceId === undefined ? { ...claim, productVersion: "999999999" } : claim),
    }),
  },
  {
    id: "minimum-version-counted-as-below",
    clause: "INST-006",
    breaks: "It counts the minimum version itself as below the minimum.",
    part: "rules/product-version",
    mutate: ({ compareProductVersions }) => ({
      compareProductVersions: (a, b) => compareProductVersions(a, b) || -1,
    }),
  },
  {
    id: "instance-id-of-a-low-version-ignored",
    clause: "INST-007",
    breaks: "It ignores the InstanceId of a product below its minimum.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance(claim) {
        const choice = chooseInstance(claim);
        return choice.kind === "refused" ? chooseInstance({ ...claim, instanceId: undefined }) : choice;
      },
    }),
  },
  {
    id: "minimum-version-not-named",
    clause: "INST-007",
    breaks: "It does not name the minimum version in the detail.",
    part: "handshake/handshake-errors",
    mutate: ({ instancingUnsupported }) => ({
      instancingUnsupported: (...words) => Object.assign(instancingUnsupported(...words), { details: {} }),
    }),
  },
  {
    id: "instance-id-with-tabs-refused",
    clause: "INST-010",
    breaks: "It removes spaces from the ends of an InstanceId, and not tabs.",
    part: "rules/instance-id",
    mutate: ({ parseInstanceId }) => ({
      parseInstanceId: (text) =>
        /^[ \t]*\t|\t[ \t]*$/.test(text) ? { ok: false, reason: "it has a tab" } : parseInstanceId(text),
    }),
  },
  {
    id: "instance-id-of-spaces-refused",
    clause: "INST-010",
    breaks: "It refuses an InstanceId of spaces alone.",
    part: "rules/instance-id",
    mutate: ({ parseInstanceId }) => ({
      parseInstanceId: (text) =>
        /^ +$/.test(text) ? { ok: false, reason: "it is nothing but spaces" } : parseInstanceId(text),
    }),
  },
  {
    id: "instance-id-cut",
    clause: "INST-011",
    breaks: "It cuts an InstanceId that is too long.",
    part: "rules/instance-id",
    mutate: ({ parseInstanceId }) => ({ parseInstanceId: (text) => parseInstanceId(text.trim().slice(0, 64)) }),
  },
  {
    id: "instance-id-beyond-ascii",
    clause: "INST-011",
    breaks: "It leaves out the characters of an InstanceId that are no printable ASCII.",
    part: "rules/instance-id",
    mutate: ({ parseInstanceId }) => ({
      parseInstanceId: (text) => parseInstanceId(text.replace(/[^\t\x20-\x7e]/g, "")),
    }),
  },
  {
    id: "instance-ids-with-case",
    clause: "INST-012",
    breaks: "It tells InstanceIds apart by their case.",
    part: "rules/instance-id",
    mutate: ({ parseInstanceId }) => ({
      parseInstanceId(text) {
        const parsed = parseInstanceId(text);
        if (!parsed.ok || parsed.instanceId === undefined) return parsed;
        return /[A-Z]/.test(text) ? { ok: true, instanceId: `${parsed.instanceId}+` } : parsed;
      },
    }),
  },
  {
    id: "instance-ids-by-their-beginning",
    clause: "INST-013",
    breaks: "It takes InstanceIds with the same first four characters for one.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance: (claim) => chooseInstance({ ...claim, instanceId: claim.instanceId?.slice(0, 4) }),
    }),
  },
  {
    id: "instance-ids-by-letters-and-digits",
    clause: "INST-013",
    breaks: "It tells InstanceIds apart by their letters and digits alone.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance: (claim) =>
        chooseInstance({ ...claim, instanceId: claim.instanceId?.replace(/[^a-z0-9]/g, "") || claim.instanceId }),
    }),
  },
  {
    id: "instance-id-beside-the-address",
    clause: "INST-013",
    breaks: "It adds the InstanceId to the address instead of replacing it.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance, encodeName }) => ({
      chooseInstance(claim) {
        const choice = chooseInstance(claim);
        if (choice.kind === "refused" || choice.isolation !== "INSTANCE_ID") return choice;
        return { ...choice, name: `${choice.name}-${encodeName(claim.peerAddress)}` };
      },
    }),
  },
  {
    id: "address-with-its-port",
    clause: "INST-015",
    breaks: "It takes the port of the peer for a part of its address.",
    part: "transport/peer-address",
    mutate: () => ({ peerAddressOf: (peer) => peer }),
  },
  {
    id: "ipv6-written-out",
    clause: "INST-015",
    breaks: "It does not shorten the zeros of an IPv6 address.",
    part: "rules/peer-address",
    mutate: ({ canonicalPeerAddress }) => ({
      canonicalPeerAddress(address) {
        const canonical = canonicalPeerAddress(address);
        return canonical === "::1" ? "0:0:0:0:0:0:0:1" : canonical;
      },
    }),
  },
  {
    id: "addresses-share-an-instance",
    clause: "INST-016",
    breaks: "It gives servers of one product one instance, whatever their addresses.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance: (claim) => chooseInstance({ ...claim, peerAddress: "0.0.0.0" }),
    }),
  },
  {
    id: "server-id-without-hyphens",
    clause: "INST-021",
    breaks: "It takes a server_id without hyphens.",
    part: "rules/server-id",
    mutate: ({ parseServerId }) => ({
      parseServerId: (text) =>
        parseServerId(text.replace(/^(.{8})(.{4})(.{4})(.{4})([0-9a-f]{12})$/i, "$1-$2-$3-$4-$5")),
    }),
  },
  {
    id: "server-id-nil",
    clause: "INST-021",
    breaks: "It takes the nil UUID for a server without a server_id.",
    part: "rules/server-id",
    mutate: ({ parseServerId }) => ({
      parseServerId: (text) => parseServerId(/^[0-]{36}$/.test(text) ? "" : text),
    }),
  },
  {
    id: "server-identity-without-effect",
    clause: "INST-022",
    breaks: "It agrees to server-identity@1 and goes by the address all the same.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance: (claim) => chooseInstance({ ...claim, serverIdentity: false }),
    }),
  },
  {
    id: "server-identity-unasked",
    clause: "INST-016",
    breaks: "It goes by the server_id of a server that did not name server-identity@1.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({ chooseInstance: (claim) => chooseInstance({ ...claim, serverIdentity: true }) }),
  },
  {
    id: "server-ids-with-case",
    clause: "INST-023",
    breaks: "It tells server_ids apart by their case.",
    part: "rules/server-id",
    mutate: ({ parseServerId }) => ({
      parseServerId(text) {
        const parsed = parseServerId(text);
        return parsed.ok && parsed.serverId !== undefined ? { ok: true, serverId: text } : parsed;
      },
    }),
  },
  {
    id: "isolation-not-told",
    clause: "INST-040",
    breaks: "It leaves out the isolation it gave.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (...words) => ({ ...(await negotiate(...words)), isolation: 0 }),
    }),
  },
  {
    id: "space-encoded-as-hyphen",
    clause: "INST-050",
    breaks: "It writes a space in a name as a hyphen.",
    part: "rules/instance-name",
    mutate: ({ chooseInstance }) => ({
      chooseInstance(claim) {
        const choice = chooseInstance(claim);
        return choice.kind === "refused" ? choice : { ...choice, name: choice.name.replaceAll("_20", "-") };
      },
    }),
  },
  {
    id: "name-without-product",
    clause: "INST-051",
    breaks: "It answers with the second part of the instance's name alone.",
    part: "handshake/negotiate",
    mutate: ({ negotiate }) => ({
      negotiate: async (...words) => {
        const answer = await negotiate(...words);
        return { ...answer, instanceName: answer.instanceName.split("/")[1] ?? "" };
      },
    }),
  },
];
