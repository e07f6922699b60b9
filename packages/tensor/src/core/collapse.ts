/** Iteration shapes: broadcasting, merging of dimensions, layout classes. Pure arithmetic on sizes and strides. */
import { type Access, IndexError, ShapeError } from '@nn/backend';
import { contiguousStrides, sameNumbers } from './layout.ts';

export const shapeText = (shape: readonly number[]): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;

/** Refuses numbers one by one, as PyTorch takes them too. */
export function checkList(op: string, list: unknown): void {
  if (!Array.isArray(list)) throw new ShapeError(op, `got ${String(list)}; give an array of numbers, such as [2, 3]`);
}

/** The common shape of operands, aligned at the right; sizes of 1 stretch. */
export function broadcastShapes(op: string, shapes: readonly (readonly number[])[]): number[] {
  let rank = 0;
  for (const shape of shapes) rank = Math.max(rank, shape.length);
  const out = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    const lead = rank - shape.length;
    for (let i = 0; i < shape.length; i++) {
      const n = shape[i]!;
      const m = out[lead + i]!;
      if (n === m || n === 1) continue;
      if (m !== 1)
        throw new ShapeError(
          op,
          `sizes ${m} and ${n} do not broadcast: shapes ${shapes.map(shapeText).join(' and ')} differ in dimension ${lead + i}; sizes must be equal or 1`,
        );
      out[lead + i] = n;
    }
  }
  return out;
}

/** Strides of an operand over the broadcast shape: 0 where it is stretched. */
export function broadcastStrides(
  shape: readonly number[],
  strides: readonly number[],
  to: readonly number[],
): number[] {
  const lead = to.length - shape.length;
  return to.map((n, i) => (i < lead || (shape[i - lead] === 1 && n !== 1) ? 0 : strides[i - lead]!));
}

export interface Iteration {
  readonly sizes: number[];
  /** One list an operand. */
  readonly strides: number[][];
}

/** Drops dimensions of size 1 and merges neighbours that every operand walks as one. Row-major order is kept. */
export function collapse(sizes: readonly number[], strides: readonly (readonly number[])[]): Iteration {
  const out: Iteration = { sizes: [], strides: strides.map(() => []) };
  for (let d = 0; d < sizes.length; d++) {
    const n = sizes[d]!;
    if (n === 1) continue;
    const last = out.sizes.length - 1;
    const merges = last >= 0 && strides.every((s, j) => out.strides[j]![last] === s[d]! * n);
    if (merges) {
      out.sizes[last]! *= n;
      strides.forEach((s, j) => {
        out.strides[j]![last] = s[d]!;
      });
    } else {
      out.sizes.push(n);
      strides.forEach((s, j) => {
        out.strides[j]!.push(s[d]!);
      });
    }
  }
  return out;
}

/** How an operand lies over collapsed sizes. */
export function accessOf(sizes: readonly number[], strides: readonly number[]): Access {
  if (sameNumbers(strides, contiguousStrides(sizes))) return 'contiguous';
  return strides.every((s) => s === 0) ? 'splat' : 'strided';
}

/** What was given for a number, which plain JavaScript doesn't check: `{ dim: 1 }` would read [object Object]. */
export const numberText = (given: unknown): string =>
  given instanceof Object ? `of type ${typeof given}` : String(given);

/** A dimension given by the user, counted from 0. */
export function dimension(op: string, dim: number, rank: number): number {
  const bound = Math.max(rank, 1);
  if (!Number.isInteger(dim) || dim < -bound || dim >= bound)
    throw new IndexError(
      op,
      `dimension ${numberText(dim)} is out of range for rank ${rank}${rank > 0 ? `; it must lie between ${-rank} and ${rank - 1}` : ''}`,
    );
  return dim < 0 ? dim + bound : dim;
}

/** Several dimensions, ascending; undefined or an empty list: all of them. */
export function dimensions(op: string, dims: number | readonly number[] | undefined | null, rank: number): number[] {
  const list = [dims ?? []].flat().map((dim) => dimension(op, dim, rank));
  if (list.length === 0) return Array.from({ length: rank }, (_, i) => i);
  if (new Set(list).size !== list.length)
    throw new ShapeError(
      op,
      `dimension ${list.find((d, i) => list.indexOf(d) !== i)} appears twice in (${String(dims)})`,
    );
  return rank === 0 ? [] : list.sort((p, q) => p - q);
}

/** Sizes and strides with the other dimensions merged and the axis kept apart at the end. */
export function alongAxis(
  shape: readonly number[],
  dim: number,
  strides: readonly (readonly number[])[],
): { sizes: number[]; strides: number[][]; rank: number } {
  const others = <T>(list: readonly T[]): T[] => list.filter((_, d) => d !== dim);
  const outer = collapse(
    others(shape),
    strides.map((s) => others(s)),
  );
  return {
    rank: outer.sizes.length,
    sizes: [...outer.sizes, shape[dim] ?? 1],
    strides: outer.strides.map((s, i) => [...s, strides[i]![dim] ?? 0]),
  };
}
