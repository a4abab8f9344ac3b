import { z } from "zod";

/**
 * What a description of `T` has to describe: every one of its properties and no other, each as what it is.
 *
 * The published schemas describe what the suite works with, so the compiler refuses a property that only one of the two has.
 */
export type Shape<T> = { readonly [Key in keyof T]-?: z.ZodType<T[Key]> };

/** A number of things. */
export const count = z.int().nonnegative();

/** A stretch of time. */
export const milliseconds = z.number().nonnegative();
