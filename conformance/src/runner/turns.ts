/** Lets work go on at the same time up to a number, and some of it alone; first come, first served. */
export interface Turns {
  /** Beside others. */
  shared<T>(work: () => Promise<T>): Promise<T>;
  /** With nothing else going on. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

interface Waiting {
  readonly weight: number;
  readonly begin: () => void;
}

/** Makes turns for at most `capacity` works at once. */
export function takeTurns(capacity: number): Turns {
  const queue: Waiting[] = [];
  let free = capacity;

  async function run<T>(weight: number, work: () => Promise<T>): Promise<T> {
    await new Promise<void>((begin) => {
      queue.push({ weight, begin });
      admit();
    });
    try {
      return await work();
    } finally {
      free += weight;
      admit();
    }
  }

  function admit(): void {
    for (let next = queue[0]; next !== undefined && next.weight <= free; next = queue[0]) {
      queue.shift();
      free -= next.weight;
      next.begin();
    }
  }

  return { shared: (work) => run(1, work), alone: (work) => run(capacity, work) };
}
