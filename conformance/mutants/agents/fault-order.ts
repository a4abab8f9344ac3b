import type { AgentMutant } from "../mutant.ts";
import { changedOperations } from "./changed-operations.ts";

/** Agents that find the faults of a call in another order than that of the table. */
export const faultOrderMutants: readonly AgentMutant[] = [
  {
    id: "greeting-read-from-the-end",
    clause: "ERR-011",
    breaks: "It looks at the digest of a greeting before anything else.",
    part: "handshake/greeting",
    mutate: ({ readGreeting }) => ({
      readGreeting(request, spokenDialects) {
        const good = { product: "Otter", productVersion: "2024.1", serverId: "", instanceId: "" };
        readGreeting({ ...request, ...good, dialects: { lowest: 1, highest: 49 } }, spokenDialects);
        return readGreeting(request, spokenDialects);
      },
    }),
  },
  {
    id: "offer-measured-first",
    clause: "ERR-011",
    breaks: "It looks at the size of an offered manifest before the digest.",
    part: "sync/offered-manifest",
    mutate: ({ OfferedManifest }) => ({
      OfferedManifest: class extends OfferedManifest {
        constructor(...[offer, limits]: ConstructorParameters<typeof OfferedManifest>) {
          new OfferedManifest({ ...offer, manifestDigest: new Uint8Array(32) }, limits);
          super(offer, limits);
        }
      },
    }),
  },
  {
    id: "data-measured-last",
    clause: "ERR-011",
    breaks: "It looks at the lengths in a Data before it looks at max_data_bytes.",
    part: "sync/data-payload",
    mutate: ({ decodePayload }) => ({
      async decodePayload(data, features, limits) {
        await decodePayload(data, features, { ...limits, maxDataBytes: 0 });
        return decodePayload(data, features, limits);
      },
    }),
  },
  {
    id: "start-read-before-its-id",
    clause: "ERR-011",
    breaks: "It looks at the name and the arguments of a start before its id.",
    part: "instancing/open-instance",
    mutate: changedOperations(({ start }) => ({
      async start(request) {
        const { checkNameAndArguments } = await import("@berth/agent/dist/operations/operation-request.js");
        checkNameAndArguments(request.name, request.arguments, 0);
        return start(request);
      },
    })),
  },
  {
    id: "legacy-greeting-read-from-the-end",
    clause: "ERR-011",
    breaks: "As version 46 it looks at the version of a product before its name.",
    agentVersion: 46,
    part: "handshake/greeting-fields",
    mutate: ({ readProduct, readProductVersion }) => ({
      readProduct(request) {
        readProductVersion(request);
        return readProduct(request);
      },
    }),
  },
  {
    id: "legacy-path-read-before-its-package",
    clause: "ERR-011",
    breaks: "As version 46 it looks at the path of a file before the package it belongs to.",
    agentVersion: 46,
    part: "legacy/update-header",
    mutate: ({ readPlace }) => ({
      readPlace(header) {
        readPlace({ ...header, package: { kind: 1, name: "any" } });
        return readPlace(header);
      },
    }),
  },
];
