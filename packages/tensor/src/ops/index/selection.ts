/**
 * What an index list selects: a view for its basic part (positions, slices, new dimensions), and index tensors for its advanced part (arrays, masks), with the
 * place of their dimensions in the result. PyTorch's rules: positions and new dimensions act first, as views; then the index tensors broadcast together,
 * and their shape stands where they stood if they are neighbours, else in front.
 */
import { IndexError } from '@nn/backend';
import { broadcastShapes, shapeText } from '../../core/collapse.ts';
import type { Tensor } from '../../tensor.ts';
import { fromFlat } from '../creation/from-data.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { position } from '../shape/split.ts';
import * as views from '../shape/views.ts';
import { nonzeroVectors } from './nonzero.ts';
import { resolveSlice } from './slice.ts';
import { consumed, type Mask, type Term } from './subscript.ts';

export interface Selection {
  /** The view that index tensors reach into; x itself if no basic index changes anything. */
  readonly source: Tensor;
  /** Ascending dimensions of `source` that index tensors replace, and these. */
  readonly dims: readonly number[];
  readonly indices: readonly Tensor[];
  /** Where the indices' common shape stands among the other dimensions. */
  readonly at: number;
  /** Shape of what is selected. */
  readonly shape: readonly number[];
  /** Handles that are nobody's once the selection was used. */
  readonly temporary: readonly Tensor[];
}

/** Puts the view and the index tensors together while terms pass by. */
class Builder {
  readonly #op: string;
  readonly #source: Tensor;
  /** The source with slices applied, of the same rank. */
  #sliced: Tensor;
  #name = 'alias';
  /** Next dimension of the source. */
  #next = 0;
  /** Of the view that comes out. */
  readonly #shape: number[] = [];
  readonly #strides: number[] = [];
  #regroups = false;
  readonly #dims: number[] = [];
  readonly #indices: Tensor[] = [];
  readonly #temporary: Tensor[] = [];

  constructor(op: string, source: Tensor) {
    this.#op = op;
    this.#source = source;
    this.#sliced = source;
  }

  get #size(): number {
    return this.#source.layout.shape[this.#next]!;
  }

  #slice(start: number, length: number, step: number, name: string): void {
    const before = this.#sliced;
    this.#sliced = views.sliceView(before, this.#next, start, length, step, name);
    this.#name = name;
    if (before !== this.#source) before.dispose();
  }

  keep(count: number): void {
    for (let i = 0; i < count; i++, this.#next++) {
      this.#shape.push(this.#sliced.layout.shape[this.#next]!);
      this.#strides.push(this.#sliced.layout.strides[this.#next]!);
    }
  }

  select(index: number): void {
    this.#slice(position(this.#op, index, this.#next, this.#size), 1, 1, 'select');
    this.#regroups = true;
    this.#next++;
  }

  slice(start: number, length: number, step: number): void {
    if (length !== this.#size || step !== 1) this.#slice(start, length, step, 'slice');
    this.keep(1);
  }

  insert(): void {
    const { shape, strides } = this.#sliced.layout;
    this.#strides.push(this.#next < shape.length ? shape[this.#next]! * strides[this.#next]! : 1);
    this.#shape.push(1);
    this.#name = 'unsqueeze';
    this.#regroups = true;
  }

  index(tensor: Tensor, isOurs: boolean): void {
    this.#dims.push(this.#shape.length);
    this.#indices.push(tensor);
    if (isOurs) this.#temporary.push(tensor);
    this.keep(1);
  }

  array(shape: readonly number[], values: ArrayLike<number>): void {
    const flat = Int32Array.from(values);
    for (const index of flat) position(this.#op, index, this.#next, this.#size);
    this.index(fromFlat(flat, shape, 'int64', this.#source.backend), true);
  }

  mask({ shape }: Mask, values: ArrayLike<number>): void {
    this.checkMask(shape);
    const { device } = this.#source.layout;
    if (shape.length > 0) {
      for (const vector of nonzeroVectors(device, values, shape)) this.index(vector, true);
      return;
    }
    // A truth value selects all of a new dimension, or nothing of it.
    this.insert();
    this.#dims.push(this.#shape.length - 1);
    const vector = fromFlat(
      new Int32Array(values[0] === 0 ? 0 : 1),
      [values[0] === 0 ? 0 : 1],
      'int64',
      device.backend,
    );
    this.#indices.push(vector);
    this.#temporary.push(vector);
  }

  /** Sizes of a mask must be those of the dimensions that it covers. */
  checkMask(shape: readonly number[]): void {
    shape.forEach((n, i) => {
      const size = this.#source.layout.shape[this.#next + i];
      if (n !== size)
        throw new IndexError(
          this.#op,
          `a mask of size ${n} does not fit dimension ${this.#next + i} of size ${size}: the mask has shape ${shapeText(shape)}, the tensor ${shapeText(this.#source.layout.shape)}`,
        );
    });
  }

  build(): Selection {
    this.keep(this.#source.layout.shape.length - this.#next);
    let source = this.#sliced;
    if (this.#regroups) {
      source = views.regroup(this.#sliced, this.#name, this.#shape, this.#strides);
      if (this.#sliced !== this.#source) this.#sliced.dispose();
    }
    if (source !== this.#source) this.#temporary.push(source);
    const common = broadcastShapes(
      this.#op,
      this.#indices.map((t) => t.layout.shape),
    );
    const at = placeOf(this.#dims, this.#indices);
    const others = this.#shape.filter((_, d) => !this.#dims.includes(d));
    const shape = [...others.slice(0, at), ...common, ...others.slice(at)];
    return { source, dims: this.#dims, indices: this.#indices, at, shape, temporary: this.#temporary };
  }
}

/** Scalars act as positions, which leave no gap; the rest stand where they stood if they are neighbours, else in front. */
function placeOf(dims: readonly number[], indices: readonly Tensor[]): number {
  const scalars = dims.filter((_, k) => indices[k]!.layout.shape.length === 0);
  const wide = dims.filter((d) => !scalars.includes(d));
  const own = wide.map((d) => d - scalars.filter((s) => s < d).length);
  const together = own.every((d, k) => k === 0 || d === own[k - 1]! + 1);
  return together ? (own[0] ?? 0) : 0;
}

/** Applies terms whose masks are known. `masked` says what a mask does: by default its places become index tensors. */
export function select(
  op: string,
  x: Tensor,
  terms: readonly Term[],
  masked: (builder: Builder, mask: Mask) => void = byPlaces,
): Selection {
  const rank = sizesOf(op, x).length;
  const used = terms.reduce((n, term) => n + consumed(term), 0);
  if (used > rank)
    throw new IndexError(op, `${used} indices for rank ${rank}: the tensor has shape ${shapeText(x.layout.shape)}`);
  const builder = new Builder(op, x);
  let next = 0;
  for (const term of terms) {
    switch (term.kind) {
      case 'position':
        builder.select(term.index);
        break;
      case 'slice': {
        const { start, length } = resolveSlice(term.slice, x.layout.shape[next]!);
        builder.slice(start, length, term.slice.step);
        break;
      }
      case 'new':
        builder.insert();
        break;
      case 'rest':
        builder.keep(rank - used);
        next += rank - used;
        break;
      case 'tensor':
        builder.index(term.tensor, false);
        break;
      case 'array':
        builder.array(term.shape, term.values);
        break;
      case 'mask':
        masked(builder, term);
        break;
    }
    next += consumed(term);
  }
  return builder.build();
}

const byPlaces = (builder: Builder, mask: Mask): void => builder.mask(mask, mask.values!);

/** The view with the dimensions that masks cover kept whole, and how many dimensions follow the (last) mask. */
export function aroundMask(op: string, x: Tensor, terms: readonly Term[]): Selection {
  return select(op, x, terms, (builder, { shape }) => {
    builder.checkMask(shape);
    if (shape.length === 0) builder.insert();
    else builder.keep(shape.length);
  });
}

/** Gives back what only the selection used. */
export function close(selection: Selection, result?: Tensor): void {
  for (const t of selection.temporary) if (t !== result) t.dispose();
}
