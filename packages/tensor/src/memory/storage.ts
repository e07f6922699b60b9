/** One buffer, shared by a tensor and its views. Never registered with the collector itself: its slab is. */
import type { Block } from '@nn/backend';
import { BackendError } from '@nn/backend';
import type { SizeClass, Slab } from './pool.ts';

export class Storage {
  /** Null once the storage was given back by name. */
  slab: Slab | null;
  readonly block: Block;
  /** Where it starts in the block, in elements. */
  readonly origin: number;
  readonly width: number;
  readonly sizeClass: SizeClass;
  /** Handles, saved values and gradients in flight that hold it. A handle taken by the collector never counts down, which is safe: the slab answers for it. */
  references = 1;
  /** Counts writes; autograd compares it to know whether a saved value was changed. */
  version = 0;

  constructor(slab: Slab, start: number, width: number, sizeClass: SizeClass) {
    this.slab = slab;
    this.block = slab.block;
    this.origin = start / width;
    this.width = width;
    this.sizeClass = sizeClass;
  }
}

export function share(storage: Storage): Storage {
  storage.references++;
  return storage;
}

/** Counts one holder less; the last one gives the slot back at once. */
export function release(storage: Storage): void {
  if (--storage.references > 0 || storage.slab === null) return;
  storage.sizeClass.reuse(storage.slab, storage.origin * storage.width);
  storage.slab = null;
}

/** The block, for a launch; an error if it was given back. */
export function blockOf(storage: Storage, op: string): Block {
  if (storage.slab === null)
    throw new BackendError(
      op,
      'this tensor was disposed (by dispose(), a scope that ended, or `using`); keep it with keep(t)',
    );
  return storage.block;
}
