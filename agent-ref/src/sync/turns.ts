/** Lets those who want the same thing have it one after another. */
export interface Turns {
  /** Waits until everybody who asked for `key` before is done. The turn ends when what it answers with is disposed of. */
  take(key: string): Promise<Disposable>;
}

/** Turns that nobody has taken yet. */
export function createTurns(): Turns {
  const last = new Map<string, Promise<void>>();
  return {
    async take(key) {
      const before = last.get(key);
      const { promise: done, resolve } = Promise.withResolvers<void>();
      last.set(key, done);
      await before;
      return {
        [Symbol.dispose]() {
          if (last.get(key) === done) last.delete(key);
          resolve();
        },
      };
    },
  };
}
