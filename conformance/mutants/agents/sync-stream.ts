import type { AgentMutant } from "../mutant.ts";

/** Broken syncs: the order of the stream and what is asked for. */
export const syncStreamMutants: readonly AgentMutant[] = [
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
    id: "need-never-sent",
    clause: "SYNC-036",
    breaks: "It never says what is missing.",
    hangs: true,
    part: "sync/need-messages",
    mutate: () => ({ needMessages: () => [] }),
  },
];
