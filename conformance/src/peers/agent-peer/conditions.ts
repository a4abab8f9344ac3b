/** Lets a case wait until something is true of an agent, instead of for a time. */
export class Conditions {
  readonly #waiting = new Set<() => void>();

  /** Says that something has changed. */
  changed(): void {
    for (const check of [...this.#waiting]) check();
  }

  /** Resolves to true once `holds` does, or to false after `withinMs`. */
  until(holds: () => boolean, withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (held: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(check);
        resolve(held);
      };
      const check = (): void => {
        if (holds()) settle(true);
      };
      const timer = setTimeout(() => settle(holds()), withinMs);
      this.#waiting.add(check);
      check();
    });
  }
}
