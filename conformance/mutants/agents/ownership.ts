import type { AgentMutant } from "../mutant.ts";

/** Broken ownership of instances. */
export const ownershipMutants: readonly AgentMutant[] = [
  {
    id: "owned-instance-given-away",
    clause: "INST-030",
    breaks: "It lets another server into an instance that has an owner.",
    part: "instancing/ownership",
    mutate: ({ createOwnership }) => ({
      createOwnership(options) {
        const ownership = createOwnership(options);
        return {
          claim: (serverId) => ownership.claim(serverId).catch(() => {}),
          callBegins: (serverId) => ownership.callBegins(serverId),
          close: () => ownership.close(),
        };
      },
    }),
  },
  {
    id: "server-without-id-let-in",
    clause: "INST-030",
    breaks: "It lets a server without a server_id into an instance that has an owner.",
    part: "instancing/ownership",
    mutate: ({ createOwnership }) => ({
      createOwnership(options) {
        const ownership = createOwnership(options);
        return {
          claim: async (serverId) => {
            if (serverId !== undefined) await ownership.claim(serverId);
          },
          callBegins: (serverId) => ownership.callBegins(serverId),
          close: () => ownership.close(),
        };
      },
    }),
  },
  {
    id: "owner-forgotten",
    clause: "INST-031",
    breaks: "It does not write down who owns an instance.",
    part: "instancing/ownership",
    mutate: ({ createOwnership }) => ({
      createOwnership: (options) => createOwnership({ ...options, save: async () => {} }),
    }),
  },
  {
    id: "owners-at-once",
    clause: "INST-031",
    breaks: "It lets in every server that comes before a new owner is written down.",
    part: "instancing/ownership",
    mutate: ({ createOwnership }) => ({
      createOwnership(options) {
        const ownership = createOwnership(options);
        let isOwned = options.owner !== undefined;
        return {
          async claim(serverId) {
            if (isOwned || serverId === undefined) return ownership.claim(serverId);
            await new Promise((resolve) => setTimeout(resolve, 200));
            isOwned = true;
            await ownership.claim(serverId).catch(() => {});
          },
          callBegins: (serverId) => ownership.callBegins(serverId),
          close: () => ownership.close(),
        };
      },
    }),
  },
  {
    id: "owner-only-of-what-it-made",
    clause: "INST-031",
    breaks: "It gives an instance that a server without server_id made no owner ever.",
    part: "instancing/ownership",
    mutate: ({ createOwnership }) => ({
      createOwnership(options) {
        const ownership = createOwnership(options);
        let maker = options.owner;
        return {
          async claim(serverId) {
            maker ??= { serverId: serverId ?? "", lastSeenMs: 0 };
            if (maker.serverId !== "") await ownership.claim(serverId);
          },
          callBegins: (serverId) => ownership.callBegins(serverId),
          close: () => ownership.close(),
        };
      },
    }),
  },
  {
    id: "owner-for-ever",
    clause: "INST-032",
    breaks: "It keeps an instance for its owner however long that is away.",
    part: "instancing/ownership",
    mutate: ({ createOwnership }) => ({ createOwnership: (options) => createOwnership({ ...options, windowMs: 0n }) }),
  },
  {
    id: "owner-away-while-it-calls",
    clause: "INST-030",
    breaks: "It counts the owner's absence from its greeting on, whatever calls it makes.",
    part: "instancing/ownership",
    mutate: ({ createOwnership }) => ({
      createOwnership(options) {
        const ownership = createOwnership(options);
        return {
          claim: (serverId) => ownership.claim(serverId),
          callBegins: () => () => {},
          close: () => ownership.close(),
        };
      },
    }),
  },
  {
    id: "owner-at-one-address",
    clause: "INST-033",
    breaks: "It takes an owner who comes from another address for another server.",
    part: "handshake/negotiate",
    mutate({ negotiate }) {
      const firstAddress = new Map<string, string>();
      return {
        negotiate(request, call, options) {
          const key = `${request.product} ${request.instanceId} ${request.serverId.toLowerCase()}`;
          const first = firstAddress.get(key) ?? call.peerAddress;
          firstAddress.set(key, first);
          const isMoved = request.instanceId !== "" && request.serverId !== "" && first !== call.peerAddress;
          const stranger = "ffffffff-ffff-4fff-bfff-ffffffffffff";
          return negotiate(isMoved ? { ...request, serverId: stranger } : request, call, options);
        },
      };
    },
  },
  {
    id: "shared-instance-owned",
    clause: "INST-034",
    breaks: "It gives the shared instance of a product to the server that came first.",
    part: "handshake/negotiate",
    mutate({ negotiate }) {
      const owners = new Map<string, string>();
      return {
        async negotiate(request, call, options) {
          const answer = await negotiate(request, call, options);
          if (!answer.instanceName.endsWith("/shared")) return answer;
          const owner = owners.get(answer.instanceName) ?? request.serverId;
          owners.set(answer.instanceName, owner);
          // Any refusal will do; this is one that the original knows to give.
          return owner === request.serverId ? answer : negotiate({ ...request, product: "" }, call, options);
        },
      };
    },
  },
];
