import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";

/** The exports of a module, by name. */
type Exports = Readonly<Record<string, unknown>>;

/** Which part of a reference to replace, and how. */
export interface PartReplacement {
  /** The part as a mutant names it. */
  readonly part: string;
  /** The package of the reference it belongs to; that of the rules is known. */
  readonly reference: "@berth/agent" | "@berth/server";
  readonly mutate: (original: never) => object;
  /** Written as soon as the reference has used what was replaced, so that a mutant that does nothing is found out. */
  readonly usedFile: string;
}

/** Where the module that is loaded in place of the part finds its exports. */
const EXPORTS = Symbol.for("berth.replaced-part");

/**
 * Makes every later import of a part get its exports with some of them replaced. Nothing of the reference can have been imported before.
 *
 * @throws {Error} when the part is not there, or when nothing, or what it does not export, would be replaced.
 */
export async function replacePart({ part, reference, mutate, usedFile }: PartReplacement): Promise<void> {
  const url = partUrl(part, reference);
  const original = (await import(`${url}?original`)) as Exports;
  const broken = (mutate as (original: Exports) => Exports)(original);
  const names = Object.keys(broken);
  const foreign = names.filter((name) => !(name in original));
  if (names.length === 0) throw new Error(`nothing of ${part} is replaced`);
  if (foreign.length > 0) throw new Error(`${part} exports no ${foreign.join(", ")}`);

  const used = () => writeFileSync(usedFile, "");
  const watched = Object.fromEntries(names.map((name) => [name, watch(broken[name], used)]));
  (globalThis as Record<symbol, unknown>)[EXPORTS] = { ...original, ...watched };
  const source = [
    `const part = globalThis[Symbol.for(${JSON.stringify(EXPORTS.description)})];`,
    ...Object.keys(original).map((name) => `export const ${name} = part.${name};`),
  ].join("\n");
  registerHooks({
    load(requested, context, nextLoad) {
      if (requested !== url) return nextLoad(requested, context);
      // Whether a constant is looked at cannot be seen; that its module is loaded can.
      if (names.some((name) => typeof broken[name] !== "function")) used();
      return { format: "module", shortCircuit: true, source };
    },
  });
}

function partUrl(part: string, reference: PartReplacement["reference"]): string {
  const owner = part.startsWith("rules/") ? "@berth/proto" : reference;
  return new URL(`dist/${part}.js`, import.meta.resolve(`${owner}/package.json`)).href;
}

function watch(broken: unknown, used: () => void): unknown {
  if (typeof broken !== "function") return broken;
  let told = false;
  const tell = () => {
    if (!told) used();
    told = true;
  };
  return new Proxy(broken, {
    apply(target, self, words) {
      tell();
      return Reflect.apply(target, self, words);
    },
    construct(target, words, newTarget) {
      tell();
      return Reflect.construct(target, words, newTarget);
    },
  });
}
