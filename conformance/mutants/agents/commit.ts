import { existsSync, writeFileSync } from "node:fs";
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { AgentMutant } from "../mutant.ts";
import { unprovenGeneration } from "./unproven-generation.ts";

/** Broken generations: how they come to be, and what becomes of them. */
export const commitMutants: readonly AgentMutant[] = [
  {
    id: "committed-before-it-is",
    clause: "SYNC-050",
    breaks: "It answers Committed half a second before the generation is there.",
    part: "sync/generations",
    mutate: ({ openGenerations }) => ({
      async openGenerations(...words) {
        const generations = await openGenerations(...words);
        const commit = generations.commit.bind(generations);
        generations.commit = async (digest, manifest) => {
          const later = new Promise((resolve) => setTimeout(resolve, 500)).then(() => commit(digest, manifest));
          later.catch(() => {});
          const directory = generations.stagingDirectory(digest);
          return unprovenGeneration(digest, directory);
        };
        return generations;
      },
    }),
  },
  {
    id: "commit-confirms-nothing",
    clause: "SYNC-050",
    breaks: "It commits a generation and does not confirm it to the session.",
    part: "sync/sync-stream",
    mutate: ({ runSync }) => ({
      runSync: (stream, sessions, limits) =>
        runSync(
          stream,
          {
            resolve(token, call) {
              const { instance, features, confirmed } = sessions.resolve(token, call);
              return { instance, features, confirmed, confirm: () => {} };
            },
          },
          limits,
        ),
    }),
  },
  {
    id: "room-made-by-a-sync",
    clause: "SYNC-051",
    breaks: "It removes the generations there are when a sync begins.",
    part: "sync/staging",
    mutate: ({ openStaging }) => ({
      async openStaging(directory, ...rest) {
        const staging = await openStaging(directory, ...rest);
        const generations = path.join(directory, "../../generations");
        for (const one of await readdir(generations)) await rm(path.join(generations, one), { recursive: true });
        return staging;
      },
    }),
  },
  {
    id: "end-taken-for-commit",
    clause: "SYNC-051",
    breaks: "It makes a generation of what has arrived whole when the stream ends without Commit.",
    part: "sync/sync-stream",
    mutate: ({ runSync }) => ({
      runSync(stream, ...rest) {
        let hasEnded = false;
        const ending: typeof stream = {
          peerAddress: stream.peerAddress,
          signal: stream.signal,
          onEnd: (listener) => stream.onEnd(listener),
          arrived: () => stream.arrived(),
          async next(idleMs) {
            const incoming = await stream.next(idleMs);
            if (incoming.kind !== "end") return incoming;
            hasEnded = true;
            return { kind: "message", message: { frame: { $case: "commit", value: {} } } };
          },
          async send(message) {
            if (!hasEnded) await stream.send(message); // without a Commit it says nothing
          },
        };
        return runSync(ending, ...rest);
      },
    }),
  },
  {
    id: "everything-dropped-after-a-kill",
    clause: "SYNC-053",
    breaks: "It throws the generations away when it finds, at its start, a sync that was not ended.",
    part: "sync/generations",
    mutate: ({ openGenerations }) => ({
      async openGenerations(directory, ...rest) {
        const left = await readdir(path.join(directory, "staging")).catch(() => []);
        if (left.length > 0) await rm(path.join(directory, "generations"), { recursive: true, force: true });
        return openGenerations(directory, ...rest);
      },
    }),
  },
  {
    id: "everything-dropped-unless-stopped-in-order",
    clause: "SYNC-053",
    breaks: "It throws the generations away when it finds, at its start, that it was not stopped in order.",
    part: "sync/generations",
    mutate: ({ openGenerations }) => ({
      async openGenerations(directory, ...rest) {
        const mark = path.join(directory, "in-use");
        if (existsSync(mark)) await rm(path.join(directory, "generations"), { recursive: true, force: true });
        writeFileSync(mark, "");
        const generations = await openGenerations(directory, ...rest);
        const close = generations.close.bind(generations);
        generations.close = async () => {
          await close();
          await rm(mark);
        };
        return generations;
      },
    }),
  },
  {
    id: "index-beside-the-files",
    clause: "SYNC-054",
    breaks: "It writes an index of its own into the directory of the extensions.",
    part: "sync/assembly",
    mutate: ({ seal }) => ({
      async seal(staging, manifest) {
        await writeFile(path.join(staging.directory, "extensions", "index"), "");
        await seal(staging, manifest);
      },
    }),
  },
  {
    id: "added-files-overlooked",
    clause: "SYNC-054",
    breaks: "It does not see, after its start, a file that was added to a generation.",
    part: "sync/verification",
    mutate: ({ verifyTree }) => ({
      async verifyTree(directory, files) {
        const { intact } = await verifyTree(directory, files);
        return { whole: intact.length === files.length, intact };
      },
    }),
  },
  {
    id: "pointer-trusted",
    clause: "SYNC-055",
    breaks: "It calls present what its pointer named at the start, whether it is there or not.",
    part: "sync/generations",
    mutate: ({ openGenerations }) => ({
      async openGenerations(directory, ...rest) {
        const named = await readFile(path.join(directory, "current"), "utf8").catch(() => "");
        const generations = await openGenerations(directory, ...rest);
        const confirm = generations.confirm.bind(generations);
        generations.confirm = async (digest) => {
          const found = await confirm(digest);
          const name = Buffer.from(digest).toString("hex");
          if (found !== undefined || !named.includes(name)) return found;
          const place = path.join(directory, "generations", name);
          return unprovenGeneration(digest, place);
        };
        return generations;
      },
    }),
  },
  {
    id: "confirmed-generation-collected",
    clause: "SYNC-056",
    breaks: "It collects a generation that a session has confirmed.",
    part: "handshake/automatic-session",
    mutate: ({ createAutomaticSession }) => ({
      createAutomaticSession(...words) {
        const session = createAutomaticSession(...words);
        const confirm = session.confirm.bind(session);
        session.confirm = (generation) => confirm({ ...generation, hold: () => () => {} });
        return session;
      },
    }),
  },
  {
    id: "generation-of-an-operation-collected",
    clause: "SYNC-056",
    breaks: "It collects a generation that an operation runs from.",
    part: "operations/operation-service",
    mutate: ({ createOperationService }) => ({
      createOperationService: (sessions, logger) =>
        createOperationService(
          {
            resolve(token, call) {
              const { instance, features, confirmed, confirm } = sessions.resolve(token, call);
              return { instance, features, confirmed: confirmed && { ...confirmed, hold: () => () => {} }, confirm };
            },
          },
          logger,
        ),
    }),
  },
  {
    id: "times-minded",
    clause: "SYNC-057",
    breaks: "It takes a file that is older than a day for damaged.",
    part: "sync/hash-file",
    mutate: ({ hashIfReadable }) => ({
      async hashIfReadable(file, sizeBytes) {
        const { mtimeMs } = await stat(file);
        return Date.now() - mtimeMs > 86_400_000 ? undefined : hashIfReadable(file, sizeBytes);
      },
    }),
  },
  {
    id: "exec-without-effect",
    clause: "SYNC-059",
    breaks: "It gives the right to be executed to the host's files alone.",
    part: "sync/placement",
    mutate: ({ finalMode }) => ({
      finalMode: (file) =>
        "relativePath" in file && String(file.relativePath).startsWith("host") ? finalMode(file) : 0o444,
    }),
  },
  {
    id: "broken-sync-forgotten",
    clause: "SYNC-060",
    breaks: "It removes what arrived of a sync that broke off.",
    part: "sync/incoming-sync",
    mutate: ({ beginIncomingSync }) => ({
      async beginIncomingSync(generations, accepted) {
        const incoming = await beginIncomingSync(generations, accepted);
        const end = incoming[Symbol.asyncDispose].bind(incoming);
        incoming[Symbol.asyncDispose] = async () => {
          await end();
          await rm(generations.stagingDirectory(accepted.digest), { recursive: true, force: true });
        };
        return incoming;
      },
    }),
  },
  {
    id: "broken-sync-forgotten-at-the-start",
    clause: "SYNC-060",
    breaks: "It removes, at its start, what arrived of syncs that broke off.",
    part: "sync/generations",
    mutate: ({ openGenerations }) => ({
      async openGenerations(directory, ...rest) {
        await rm(path.join(directory, "staging"), { recursive: true, force: true });
        return openGenerations(directory, ...rest);
      },
    }),
  },
];
