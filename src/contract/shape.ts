import type { z } from 'zod';

/** The output of a schema, as read-only data. */
export type Shape<Schema extends z.ZodType> = Frozen<z.output<Schema>>;

/** The input of a schema, as a client sends it. */
export type Request<Schema extends z.ZodType> = Frozen<z.input<Schema>>;

/** A type with all its members, at any depth, read-only. */
type Frozen<Data> = Data extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Data extends object
    ? { readonly [Key in keyof Data]: Frozen<Data[Key]> }
    : Data;
