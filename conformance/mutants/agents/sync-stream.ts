import type { AgentMutant } from "../mutant.ts";

/** Broken syncs: the order of the stream and what is asked for. */
export const syncStreamMutants: readonly AgentMutant[] = [
  {
    id: "messages-without-frame-skipped",
    clause: "SYNC-031",
    breaks: "It skips messages without a frame.",
    part: "sync/sync-stream",
    mutate: ({ runSync }) => ({
      runSync(stream, sessions, limits) {
        const next: typeof stream.next = async (idleMs) => {
          for (;;) {
            const incoming = await stream.next(idleMs);
            if (incoming.kind !== "message" || incoming.message.frame) return incoming;
          }
        };
        return runSync({ ...stream, next }, sessions, limits);
      },
    }),
  },
  {
    id: "second-offer-skipped",
    clause: "SYNC-031",
    breaks: "It skips a second offer.",
    part: "sync/sync-stream",
    mutate: ({ runSync }) => ({
      runSync(stream, sessions, limits) {
        let offers = 0;
        const next: typeof stream.next = async (idleMs) => {
          for (;;) {
            const incoming = await stream.next(idleMs);
            if (incoming.kind !== "message" || incoming.message.frame?.$case !== "offer") return incoming;
            offers += 1;
            if (offers === 1) return incoming;
          }
        };
        return runSync({ ...stream, next }, sessions, limits);
      },
    }),
  },
  {
    id: "offer-digest-of-any-length",
    clause: "SYNC-039",
    breaks: "It takes an offered digest of any length for one that differs.",
    part: "sync/sync-errors",
    mutate: ({ manifestDigestMismatch }) => ({ invalidOfferDigest: manifestDigestMismatch }),
  },
  {
    id: "need-in-reverse",
    clause: "SYNC-036",
    breaks: "It lists what is missing in reverse order.",
    part: "sync/need-messages",
    mutate: ({ needMessages }) => ({ needMessages: (missing) => needMessages(missing.toReversed()) }),
  },
  {
    id: "need-twice",
    clause: "SYNC-036",
    breaks: "It lists what is missing twice.",
    part: "sync/need-messages",
    mutate: ({ needMessages }) => ({ needMessages: (missing) => needMessages([...missing, ...missing]) }),
  },
  {
    id: "need-never-sent",
    clause: "SYNC-036",
    breaks: "It never says what is missing.",
    hangs: true,
    part: "sync/need-messages",
    mutate: () => ({ needMessages: () => [] }),
  },
  {
    id: "held-content-asked-for",
    clause: "SYNC-036",
    breaks: "It asks for content that other generations of the instance hold.",
    part: "sync/content-sources",
    mutate: ({ createContentSources }) => ({
      createContentSources: () => ({ ...createContentSources(), add: () => false }),
    }),
  },
  {
    id: "present-generation-asked-for",
    clause: "SYNC-038",
    breaks: "It asks for a generation that is there once more.",
    part: "sync/incoming-sync",
    mutate: ({ beginIncomingSync }) => ({
      async beginIncomingSync(generations, accepted) {
        const incoming = await beginIncomingSync(generations, accepted);
        const isPresent = (await generations.confirm(accepted.digest)) !== undefined;
        if (!isPresent) return incoming;
        const files = accepted.manifest.packages.flatMap((one) => one.files);
        const missing = files
          .filter(({ sizeBytes }) => sizeBytes > 0)
          .map((file) => ({ ...file, heldBytes: 0, file: { ...file, relativePath: file.path } }));
        return Object.assign(incoming, { missing });
      },
    }),
  },
  {
    id: "silence-without-end",
    clause: "SYNC-044",
    breaks: "It waits for ever for a sync that sends nothing.",
    part: "sync/sync-stream",
    mutate: ({ runSync }) => ({
      runSync: (stream, sessions, limits) => runSync(stream, sessions, { ...limits, syncIdleMs: 0n }),
    }),
  },
  {
    id: "silence-ended-at-half-its-time",
    clause: "SYNC-044",
    breaks: "It ends a sync that was silent for half of sync_idle_ms.",
    part: "sync/sync-stream",
    mutate: ({ runSync }) => ({
      runSync: (stream, sessions, limits) =>
        runSync(stream, sessions, { ...limits, syncIdleMs: limits.syncIdleMs / 2n }),
    }),
  },
  {
    id: "one-sync-at-a-time",
    clause: "SYNC-058",
    breaks: "It lets one sync at a time go on, in all instances together.",
    hangs: true,
    part: "sync/turns",
    mutate({ createTurns }) {
      const turns = createTurns();
      return { createTurns: () => ({ take: () => turns.take("all") }) };
    },
  },
];
