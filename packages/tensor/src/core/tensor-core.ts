/// <reference lib="esnext.disposable" preserve="true" />
/** The fields of a tensor: memory, layout, provenance. No operations: those are functions, and methods that call them. */
import { AutogradError, type Backend, BackendError, type DType } from '@nn/backend';
import { release, Storage } from '../memory/storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Shape } from '../types/index.ts';
import type { Layout } from './layout.ts';
import type { Node, Receiver } from './node.ts';

export abstract class TensorCore<out S extends Shape = Shape, out D extends DType = DType> {
  /** Type only: what the compiler knows of the shape. */
  declare readonly '~shape': S;
  /** @internal */ storage: Storage;
  /** @internal */ layout: Layout;
  /** @internal Elements from the storage's start. */ start: number;
  /** @internal Provenance; null: not tracked. Read it through `nodeOf`. */ node: Node | null;
  /** @internal The tensor whose storage this is a view of. */ base: Tensor | null;
  /** @internal The storage's version when `node` was derived, for views. */ seen: number;
  /** @internal The gradient, on leaves and after `retainGrad()`. */ receiver: Receiver | null;

  constructor(storage: Storage, layout: Layout, start: number) {
    this.storage = storage;
    this.layout = layout;
    this.start = start;
    this.node = null;
    this.base = null;
    this.seen = 0;
    this.receiver = null;
  }

  /** Sizes of the dimensions; PyTorch: `t.shape`. */
  get shape(): Readonly<S> {
    return this.layout.shape as unknown as Readonly<S>;
  }

  /** Element type; PyTorch: `t.dtype`. */
  get dtype(): D {
    return this.layout.dtype as D;
  }

  /** Where the tensor lives. */
  get backend(): Backend {
    return this.layout.device.backend;
  }

  /** Number of dimensions; PyTorch: `t.ndim`. */
  get ndim(): number {
    return this.layout.shape.length;
  }

  /** Number of elements. */
  numel(): number {
    return this.layout.size;
  }

  /**
   * Gives the memory back now instead of when the collector finds out, and that of a gradient that nobody has seen. Views and saved values keep theirs;
   * using this handle afterwards is an error.
   */
  dispose(): void {
    if (this.storage === gone) return;
    if (this.receiver !== null && !this.receiver.exposed) {
      this.receiver.gradient?.dispose();
      this.receiver.gradient = null;
    }
    release(this.storage);
    this.storage = gone;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * What `new Class` makes, without passing through the constructors of the dozen classes of methods between it and `TensorCore`: they would cost several times
 * the object itself.
 */
export function makerOf<T extends TensorCore>(Class: {
  readonly prototype: unknown;
}): new (
  storage: Storage,
  layout: Layout,
  start: number,
) => T {
  function Made(this: TensorCore, storage: Storage, layout: Layout, start: number): void {
    this.storage = storage;
    this.layout = layout;
    this.start = start;
    this.node = null;
    this.base = null;
    this.seen = 0;
    this.receiver = null;
  }
  Made.prototype = Class.prototype;
  return Made as never;
}

/** Stands in for the storage of a disposed handle. */
const gone = new Storage(null, 0);

/** Throws if the handle or its memory is gone. */
export function checkAlive(t: TensorCore, op: string): void {
  if (t.storage.slab === null)
    throw new BackendError(
      op,
      'a tensor was disposed (by dispose(), `using`, or a scope that ended) and is used again; let it out of the scope with keep(t), or dispose of it later',
    );
}

/** Guards in-place changes of what gradients are asked for. */
export const leafError = (op: string, what: string): AutogradError =>
  new AutogradError(
    op,
    `${what} that requires grad is changed in place; wrap the update in noGrad(() => …) or work on a copy`,
  );
