/** Compiled code: entries are modules ready to run, programs are kernels with the entries that their geometries need. */
import type { Geometry, Kernel, Program } from '@nn/backend';
import { type BlockLayout, scalarAt, type Variant } from './kinds/kind.ts';

type Run = (block: number, first: number, last: number, scratch: number) => void;

/** Nanoseconds that launches must have taken before a quicker variant is made: it costs a millisecond or two, and saves a tenth to a third. */
const worthWarming = 4e6;

/** A module that was compiled and instantiated. */
export class Entry {
  /** Its number in the tables of workers. */
  readonly id: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  run: Run;
  finish: Run | null;
  /** Where workers find the bytes; 0 where they are not in shared memory. */
  bytesAt = 0;
  constructor(id: number, bytes: Uint8Array<ArrayBuffer>, exports: WebAssembly.Exports) {
    this.id = id;
    this.bytes = bytes;
    this.run = exports['run'] as Run;
    this.finish = (exports['finish'] as Run | undefined) ?? null;
  }

  /** Lets go of the module, and of the memory that it works in; what holds this entry may outlive its backend. */
  drop(): void {
    this.run = () => {};
    this.finish = null;
  }
}

/** A program for one geometry: all that a launch needs besides addresses and run-time numbers, in one shape for all kinds, since every launch reads it. */
export class Prepared {
  readonly geometry: Geometry;
  readonly entry: Entry;
  /** As in the variant. */
  readonly constants: readonly number[];
  readonly units: number;
  readonly grain: number;
  readonly work: number;
  readonly scratch: number;
  readonly shared: number;
  readonly finish: boolean;
  /** Launches until a quicker variant is made; negative: there is none. */
  patience: number;
  readonly hot: (() => Variant) | null;

  constructor(geometry: Geometry, variant: Variant, entry: Entry) {
    this.geometry = geometry;
    this.entry = entry;
    this.constants = variant.constants;
    this.units = variant.units;
    this.grain = variant.grain;
    this.work = variant.work;
    this.scratch = variant.scratch;
    this.shared = variant.shared;
    this.finish = variant.finish;
    this.hot = variant.hot ?? null;
    this.patience = this.hot === null ? -1 : Math.max(3, Math.round(worthWarming / (variant.work + 1000)));
  }
}

export class WasmProgram implements Program {
  readonly kernel: Kernel;
  readonly key: string;
  readonly layout: BlockLayout;
  /** Where the parameter block's run-time numbers begin, counted in doubles, and its addresses of operands, in words. */
  readonly firstScalar: number;
  readonly firstOperand: number;
  /** Bytes of an element of each operand, as shifts. */
  readonly shifts: readonly number[];
  /** Whether launches may find indices out of range. */
  readonly faults: boolean;
  /** The geometries that ran last, which are nearly always those that run next: parameters of a few shapes, say. */
  readonly #recent: (Prepared | null)[] = [null, null, null, null];
  #turn = 0;
  readonly #all: WeakMap<Geometry, Prepared> = new WeakMap();
  constructor(
    kernel: Kernel,
    key: string,
    block: number,
    layout: BlockLayout,
    shifts: readonly number[],
    faults: boolean,
  ) {
    this.kernel = kernel;
    this.key = key;
    this.layout = layout;
    this.firstScalar = (block + scalarAt(0)) >> 3;
    this.firstOperand = (block + layout.operand(0)) >> 2;
    this.shifts = shifts;
    this.faults = faults;
  }

  /** What was prepared for a geometry. */
  find(geometry: Geometry): Prepared | undefined {
    const recent = this.#recent;
    for (let i = 0; i < recent.length; i++) {
      const prepared = recent[i];
      if (prepared?.geometry === geometry) return prepared;
    }
    const prepared = this.#all.get(geometry);
    if (prepared !== undefined) this.#recall(prepared);
    return prepared;
  }

  /** Keeps what was prepared for a geometry, in place of what there was. */
  set(prepared: Prepared): void {
    const { geometry } = prepared;
    const at = this.#recent.findIndex((other) => other?.geometry === geometry);
    this.#all.set(geometry, prepared);
    if (at < 0) this.#recall(prepared);
    else this.#recent[at] = prepared;
  }

  #recall(prepared: Prepared): void {
    this.#recent[this.#turn] = prepared;
    this.#turn = (this.#turn + 1) % this.#recent.length;
  }
}
