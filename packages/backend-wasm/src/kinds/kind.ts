/**
 * What a kernel kind gives the backend: code, and how a launch's work is divided. Code is a module with `run(block, first, last, scratch)`: work units
 * first ≤ u < last, the address of the parameter block, and memory of the calling thread's own. Which thread does which units never shows in a result.
 */
import type { Geometry } from '@nn/backend';
import { type Features, type FunctionBuilder, I32, i32, type Local, type WasmModule } from '../assembler/index.ts';

/** Code for a kernel and a class of geometries, and the numbers of one geometry. */
export interface Variant {
  /** With the kernel's key it identifies the code. */
  readonly key: string;
  /** Writes the code: exports `run`, and `finish` where `finish` is set. Asked only when no code with this key is at hand. */
  readonly emit: (module: WasmModule) => void;
  /** Numbers that the code reads from the parameter block, after the operands' addresses. */
  readonly constants: readonly number[];
  /** How many units there are; none: nothing is called. */
  readonly units: number;
  /** Units are handed to threads in multiples of this many. */
  readonly grain: number;
  /** Rough nanoseconds on one thread: whether threads pay. */
  readonly work: number;
  /** Bytes that each thread needs beside; a multiple of 64, so that threads don't share cache lines. */
  readonly scratch: number;
  /** Bytes that all threads of a launch share; its address is the block's word `sharedWord`. */
  readonly shared: number;
  /** After all units, the caller calls `finish(block, 0, units, scratch)`. */
  readonly finish: boolean;
  /** A quicker variant, worth making once this one has run a few times. */
  readonly hot?: () => Variant;
}

/** What of a variant is rarely said. */
export const plainVariant = { constants: [], grain: 1, scratch: 0, shared: 0, finish: false } as const;

/** The variant for a geometry. Depends on nothing else, so that results repeat. */
export type Kind<K> = (kernel: K, geometry: Geometry, features: Features) => Variant;

/** Words at the start of the parameter block: 1 where an index was out of range, else 0; then the index and the size. */
export const faultWord = 0;
/** Word with the address of the memory that all threads of a launch share. */
export const sharedWord = 3;
/** Where run-time number `index` lies in the parameter block. */
export const scalarAt = (index: number): number => 16 + 8 * index;

/** Where a launch's numbers lie in its parameter block, in bytes: run-time scalars as doubles, addresses of operands, the variant's constants. */
export class BlockLayout {
  readonly #operands: number;
  readonly #constants: number;
  constructor(scalars: number, operands: number) {
    this.#operands = scalarAt(scalars);
    this.#constants = this.#operands + 4 * operands;
  }
  operand(index: number): number {
    return this.#operands + 4 * index;
  }
  constant(index: number): number {
    return this.#constants + 4 * index;
  }
  /** Reads constants, each once, before the body of a function that has the block's address. */
  reader(f: FunctionBuilder, block: Local): (index: number) => Local {
    return (index) => f.hoist(`constant ${index}`, I32, () => i32.load(block, this.constant(index)));
  }
}
