import type { InstanceOperations } from "@berth/agent/dist/operations/instance-operations.js";

type Class = typeof InstanceOperations;

/** The operations of an agent whose instances each have something changed in theirs when they are opened. */
export function withOperations(original: Class, change: (own: InstanceOperations) => void): Class {
  return withOptions(original, async (options, open) => {
    const own = await open(options);
    change(own);
    return own;
  });
}

type Options = Parameters<Class["open"]>[0];

/** The operations of an agent whose instances are opened in another way. */
function withOptions(
  original: Class,
  open: (options: Options, open: Class["open"]) => Promise<InstanceOperations>,
): Class {
  return Object.assign(Object.create(original), {
    open: (options: Options) => open(options, (...words) => original.open(...words)),
  });
}
