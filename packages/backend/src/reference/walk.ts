/** Moves elements between blocks and registers along strides, in row-major order of the iteration. */

import type { Block } from '../backend.ts';
import { type DataArray, type DType, dtypes } from '../dtype.ts';
import type { Register } from './loops.ts';

/** Memory of the reference backend: one buffer, and the arrays through which dtypes see it. */
export class ReferenceBlock implements Block {
  readonly bytes: number;
  readonly buffer: ArrayBuffer;
  readonly #views = new Map<DType, DataArray>();
  constructor(bytes: number) {
    this.bytes = bytes;
    this.buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
  }

  as(dtype: DType): DataArray {
    let view = this.#views.get(dtype);
    if (view === undefined) {
      const { array } = dtypes[dtype];
      view = new (array as unknown as new (buffer: ArrayBuffer) => DataArray)(this.buffer);
      this.#views.set(dtype, view);
    }
    return view;
  }
}

/** Calls `visit(position in the walk, position in memory, run length, inner stride)` for each run of elements [start, start + n). */
export function walk(
  sizes: readonly number[],
  strides: readonly number[],
  offset: number,
  start: number,
  n: number,
  visit: (at: number, address: number, length: number, stride: number) => void,
): void {
  const rank = sizes.length;
  if (rank === 0) {
    if (n > 0) visit(0, offset, n, 0);
    return;
  }
  const inner = sizes[rank - 1]!;
  const step = strides[rank - 1]!;
  for (let at = 0; at < n; ) {
    let rest = Math.floor((start + at) / inner);
    const column = start + at - rest * inner;
    let address = offset + column * step;
    for (let d = rank - 2; d >= 0; d--) {
      const size = sizes[d]!;
      const quotient = Math.floor(rest / size);
      address += (rest - quotient * size) * strides[d]!;
      rest = quotient;
    }
    const length = Math.min(inner - column, n - at);
    visit(at, address, length, step);
    at += length;
  }
}

/** Loads n elements, from row-major position `start` on, into a register. */
export function load(
  register: Register,
  source: DataArray,
  sizes: readonly number[],
  strides: readonly number[],
  offset: number,
  start: number,
  n: number,
): void {
  walk(sizes, strides, offset, start, n, (at, address, length, stride) => {
    for (let i = 0, p = address; i < length; i++, p += stride) register[at + i] = source[p]!;
  });
}

/** Stores n elements of a register along strides. */
export function store(
  target: DataArray,
  register: Register,
  sizes: readonly number[],
  strides: readonly number[],
  offset: number,
  start: number,
  n: number,
): void {
  walk(sizes, strides, offset, start, n, (at, address, length, stride) => {
    for (let i = 0, p = address; i < length; i++, p += stride) target[p] = register[at + i]!;
  });
}
