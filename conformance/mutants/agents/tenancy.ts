import { hash } from "node:crypto";
import { link, readdir, readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { InstanceOperations as Operations } from "@berth/agent/dist/operations/instance-operations.js";
import type { AgentMutant } from "../mutant.ts";
import { withOperations } from "./with-operations.ts";

/** Broken walls between instances. */
export const tenancyMutants: readonly AgentMutant[] = [
  {
    id: "content-from-a-neighbour",
    clause: "INST-045",
    breaks: "It takes content from other instances instead of asking for it.",
    part: "sync/generations",
    mutate({ openGenerations }) {
      type Find = Awaited<ReturnType<typeof openGenerations>>["findContents"];
      const everywhere: Find[] = [];
      return {
        async openGenerations(...words) {
          const generations = await openGenerations(...words);
          everywhere.push(generations.findContents.bind(generations));
          generations.findContents = async (wanted) => {
            const all = await Promise.all(everywhere.map((find) => find(wanted)));
            return {
              count: wanted.filter(({ digest }) => all.some((one) => one.has(digest))).length,
              has: (digest) => all.some((one) => one.has(digest)),
              find: (digest, executable) => all.map((one) => one.find(digest, executable)).find(Boolean),
              add: () => false,
              onDispose: () => {},
              [Symbol.dispose]: () => {
                for (const one of all) one[Symbol.dispose]();
              },
            };
          };
          return generations;
        },
      };
    },
  },
  {
    id: "staging-of-all",
    clause: "INST-045",
    breaks: "It puts what arrives of one manifest in one place, whichever instance it is for.",
    part: "sync/generations",
    mutate: ({ openGenerations }) => ({
      async openGenerations(directory, ...rest) {
        const generations = await openGenerations(directory, ...rest);
        const place = path.join(directory, "..", "..", "..", "staging");
        generations.stagingDirectory = (digest) => path.join(place, Buffer.from(digest).toString("hex"));
        return generations;
      },
    }),
  },
  {
    id: "operations-of-a-neighbour-read",
    clause: "INST-046",
    breaks: "It lets a server read the operations of every instance.",
    part: "operations/instance-operations",
    mutate({ InstanceOperations }) {
      const all: Operations["read"][] = [];
      return {
        InstanceOperations: withOperations(InstanceOperations, (own) => {
          const read = own.read.bind(own);
          all.push(read);
          own.read = async (request) => {
            const answers = await Promise.allSettled([read, ...all].map((one) => one(request)));
            return answers.find((one) => one.status === "fulfilled")?.value ?? read(request);
          };
        }),
      };
    },
  },
  {
    id: "operation-ids-of-all",
    clause: "INST-046",
    breaks: "It knows operations by their ids alone, so that one started in another instance stands in the way.",
    part: "operations/instance-operations",
    mutate({ InstanceOperations }) {
      const homes = new Map<string, Operations["start"]>();
      return {
        InstanceOperations: withOperations(InstanceOperations, (own) => {
          const start = own.start.bind(own);
          own.start = (request) => {
            const id = request.operationId.toLowerCase();
            const home = homes.get(id) ?? start;
            homes.set(id, home);
            return home(request);
          };
        }),
      };
    },
  },
  {
    id: "instances-linked",
    clause: "INST-047",
    breaks: "It saves space by hard links from one instance to another.",
    part: "sync/generations",
    mutate({ openGenerations }) {
      const known = new Map<string, string>();
      return {
        async openGenerations(...words) {
          const generations = await openGenerations(...words);
          const commit = generations.commit.bind(generations);
          generations.commit = async (digest, manifest) => {
            const generation = await commit(digest, manifest);
            const entries = await readdir(generation.directory, { recursive: true, withFileTypes: true });
            for (const file of entries.filter((entry) => entry.isFile())) {
              const own = path.join(file.parentPath, file.name);
              const key = `${hash("sha256", await readFile(own))} ${(await stat(own)).mode}`;
              const same = known.get(key);
              if (same === undefined) known.set(key, own);
              else {
                await rm(own);
                await link(same, own);
              }
            }
            return generation;
          };
          return generations;
        },
      };
    },
  },
];
