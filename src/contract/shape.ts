import type { z } from 'zod';

/** What a schema gives, as data that nobody changes. */
export type Shape<Schema extends z.ZodType> = Frozen<z.output<Schema>>;

/** What a schema takes, as a client writes it. */
export type Request<Schema extends z.ZodType> = Frozen<z.input<Schema>>;

/** A type with all its members, at any depth, read-only. */
type Frozen<Data> = Data extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Data extends object
    ? { readonly [Key in keyof Data]: Frozen<Data[Key]> }
    : Data;
