/** One part of a run that is split over several machines or jobs. */
export interface Shard {
  /** Which part, from 1. */
  readonly index: number;
  /** Of how many. */
  readonly count: number;
}

/** The ids of one shard: every id is in exactly one, and no two shards differ by more than one id, whatever the order of `ids`. */
export function idsOfShard(ids: readonly string[], { index, count }: Shard): ReadonlySet<string> {
  // One by one from the sorted list: cases of one kind, which take equally long, have neighbouring ids and come into different shards.
  return new Set(ids.toSorted().filter((_, place) => place % count === index - 1));
}

/** `2/4`. */
export function shardName({ index, count }: Shard): string {
  return `${index}/${count}`;
}
