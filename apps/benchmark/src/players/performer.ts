/** What a library must bring to take part: for each kind of spec, something that can be called again and again. */
import type { Spec, SpecKind, SpecOf } from '../cases/spec.ts';

/** A case, ready to be called. */
export interface Prepared {
  /** Numbers that must be everybody's (cases/spec.ts says which). */
  readonly values: readonly number[];
  readonly note?: string;
  /** Calls so many times. */
  repeat(calls: number): void | Promise<void>;
  /** Waits until everything that was called is computed; gives the library the turn that it needs to take back memory. */
  settle(): void | Promise<void>;
  release(): void;
}

/** A table with a function for each kind. */
export type Repertoire = { readonly [K in SpecKind]: (spec: SpecOf<K>) => Promise<Prepared> | Prepared };

/** Thrown by a library that lacks something: the table says so, the run goes on. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** Prepares a spec by its row. */
export function prepare(repertoire: Repertoire, spec: Spec): Promise<Prepared> | Prepared {
  const row = repertoire[spec.kind] as (spec: Spec) => Promise<Prepared> | Prepared;
  return row(spec);
}
