/** The slow, obvious version of shapes and indexing, on flat arrays by index arithmetic: what the property tests compare with. Knows nothing of strides. */

export interface Grid {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((p, n) => p * n, 1);

/** All indices of a shape, in row-major order. */
export function indicesOf(shape: readonly number[]): number[][] {
  let all: number[][] = [[]];
  for (const n of shape) all = all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i]));
  return all;
}

export const build = (shape: readonly number[], value: (index: readonly number[]) => number): Grid => ({
  shape: [...shape],
  data: indicesOf(shape).map(value),
});

/** 0, 1, 2 … in a shape. */
export const count = (shape: readonly number[], start = 0): Grid => ({
  shape: [...shape],
  data: Array.from({ length: sizeOf(shape) }, (_, i) => i + start),
});

export function get({ shape, data }: Grid, index: readonly number[]): number {
  let at = 0;
  shape.forEach((n, d) => {
    const i = index[d]!;
    if (!(i >= 0 && i < n)) throw new RangeError(`index ${i} of ${n}`);
    at = at * n + i;
  });
  return data[at]!;
}

/** The shape that shapes broadcast to, or null. */
export function broadcast(...shapes: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const out: number[] = [];
  for (let d = 0; d < rank; d++) {
    const sizes = new Set(shapes.map((s) => s[d - rank + s.length] ?? 1));
    sizes.delete(1);
    if (sizes.size > 1) return null;
    out.push([...sizes][0] ?? 1);
  }
  return out;
}

/** An element of a grid that is broadcast to a shape of higher rank. */
export const stretched = (grid: Grid, index: readonly number[]): number =>
  get(
    grid,
    grid.shape.map((n, d) => (n === 1 ? 0 : index[index.length - grid.shape.length + d]!)),
  );

/** One index, as the naive indexing reads it. */
export type NaiveIndex =
  | { readonly int: number }
  | { readonly positions: readonly number[] }
  | { readonly fresh: true }
  | { readonly list: Grid; readonly scalar?: boolean }
  | { readonly mask: Grid };

/** Where an index list leads: the result's shape and, for each of its elements, the index in the source. */
export function places(
  shape: readonly number[],
  list: readonly NaiveIndex[],
): { shape: number[]; sources: number[][] } {
  type Item =
    | { kind: 'axis'; dim: number; positions: readonly number[] }
    | { kind: 'new' }
    | { kind: 'list'; dim: number; grid: Grid };
  const items: Item[] = [];
  const fixed = new Map<number, number>();
  const scalars: { dim: number; grid: Grid }[] = [];
  let dim = 0;
  for (const entry of list) {
    if ('int' in entry) {
      const n = shape[dim]!;
      fixed.set(dim++, entry.int < 0 ? entry.int + n : entry.int);
    } else if ('positions' in entry) items.push({ kind: 'axis', dim: dim++, positions: entry.positions });
    else if ('fresh' in entry) items.push({ kind: 'new' });
    else if ('list' in entry) {
      if (entry.scalar === true) scalars.push({ dim: dim++, grid: entry.list });
      else items.push({ kind: 'list', dim: dim++, grid: entry.list });
    } else {
      const hits = indicesOf(entry.mask.shape).filter((index) => get(entry.mask, index) !== 0);
      if (entry.mask.shape.length === 0)
        items.push({ kind: 'list', dim: -1, grid: { shape: [hits.length], data: hits.map(() => 0) } });
      entry.mask.shape.forEach((_, k) => {
        items.push({ kind: 'list', dim: dim++, grid: { shape: [hits.length], data: hits.map((index) => index[k]!) } });
      });
    }
  }
  for (; dim < shape.length; dim++)
    items.push({ kind: 'axis', dim, positions: Array.from({ length: shape[dim]! }, (_, i) => i) });
  for (const { dim: d, grid } of scalars) fixed.set(d, wrap(get(grid, []), shape[d]!));
  const lists = items.filter((item) => item.kind === 'list');
  const common = broadcast(...lists.map((item) => item.grid.shape))!;
  const spots = items.flatMap((item, i) => (item.kind === 'list' ? [i] : []));
  const together = spots.every((s, k) => k === 0 || s === spots[k - 1]! + 1);
  const others = items.filter((item) => item.kind !== 'list');
  const at = lists.length === 0 || !together ? 0 : spots[0]!;
  const sizes = others.map((item) => (item.kind === 'axis' ? item.positions.length : 1));
  const out = [...sizes.slice(0, at), ...common, ...sizes.slice(at)];
  const sources = indicesOf(out).map((index) => {
    const inner = index.slice(at, at + common.length);
    const outer = [...index.slice(0, at), ...index.slice(at + common.length)];
    const source = shape.map((_, d) => fixed.get(d) ?? 0);
    others.forEach((item, k) => {
      if (item.kind === 'axis') source[item.dim] = item.positions[outer[k]!]!;
    });
    for (const item of lists) if (item.dim >= 0) source[item.dim] = wrap(stretched(item.grid, inner), shape[item.dim]!);
    return source;
  });
  return { shape: out, sources };
}

const wrap = (i: number, n: number): number => (i < 0 ? i + n : i);

/** Positions of Python's `start:stop:step`. */
export function slicePositions(n: number, start: number | null, stop: number | null, step: number): number[] {
  const clip = (b: number): number => Math.min(Math.max(b < 0 ? b + n : b, 0), n);
  const out: number[] = [];
  for (let i = start === null ? 0 : clip(start); i < (stop === null ? n : clip(stop)); i += step) out.push(i);
  return out;
}
