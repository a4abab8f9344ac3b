/** Enough to keep the thread pool of Node busy, few enough to stay far from the limit of open files. */
const PARALLEL_TASKS = 16;

/**
 * Calls `task` for every item, a few at a time. Throws what the first failing task threw, after those under way have ended, so that
 * nothing goes on behind the caller's back.
 */
export async function inParallel<Item>(items: Iterable<Item>, task: (item: Item) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  let failure: { readonly error: unknown } | undefined;
  const work = async () => {
    for (let next = iterator.next(); !next.done && !failure; next = iterator.next()) {
      try {
        await task(next.value);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_TASKS }, work));
  if (failure) throw failure.error;
}
