/** One buffer, shared by a tensor and its views. Never registered with the collector itself: its slab is. */
import type { Block } from '@nn/backend';
import { BackendError } from '@nn/backend';
import type { Slab } from './pool.ts';

export class Storage {
  /** Null once the storage was given back by name. */
  slab: Slab | null;
  /** Where it starts in the slab's block, in elements. */
  readonly origin: number;
  /** Handles, saved values and gradients in flight that hold it. A handle taken by the collector never counts down, which is safe: the slab answers for it. */
  references: number;
  /** Counts writes; autograd compares it to know whether a saved value was changed. */
  version: number;

  constructor(slab: Slab | null, origin: number) {
    this.slab = slab;
    this.origin = origin;
    this.references = 1;
    this.version = 0;
  }

  /** The memory, for reads and writes; an error if it was given back. */
  get block(): Block {
    return this.slab === null ? givenBack('tensor') : this.slab.block;
  }
}

export function share(storage: Storage): Storage {
  storage.references++;
  return storage;
}

/** Counts one holder less; the last one gives the slot back at once. */
export function release(storage: Storage): void {
  const { slab } = storage;
  if (--storage.references > 0 || slab === null) return;
  slab.sizeClass.reuse(slab, storage.origin);
  storage.slab = null;
}

/** What every use of memory that was given back ends in. */
export function givenBack(op: string): never {
  throw new BackendError(
    op,
    'this tensor was disposed (by dispose(), a scope that ended, or `using`); keep it with keep(t)',
  );
}
