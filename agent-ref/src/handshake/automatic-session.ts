import type { Instance } from "../instancing/instance.ts";
import type { Generation } from "../sync/generation.ts";
import type { AutomaticSession } from "./session.ts";

/** A session of dialect `automatic` that has confirmed nothing yet. Its end lets go of what it confirmed. */
export function createAutomaticSession(
  instance: Instance,
  features: readonly string[],
): AutomaticSession & { end(): void } {
  return new ConfirmingSession(instance, features);
}

class ConfirmingSession implements AutomaticSession {
  readonly instance: Instance;
  readonly features: ReadonlySet<string>;
  #confirmed: Generation | undefined;
  #release = () => {};
  #ended = false;

  constructor(instance: Instance, features: readonly string[]) {
    this.instance = instance;
    this.features = new Set(features);
  }

  get confirmed(): Generation | undefined {
    return this.#confirmed;
  }

  confirm(generation: Generation): void {
    if (this.#ended) return;
    const release = generation.hold();
    this.#release();
    this.#release = release;
    this.#confirmed = generation;
  }

  end(): void {
    this.#ended = true;
    this.#release();
  }
}
