/** The slow, obvious version of reductions and of what works along a dimension, on flat arrays by index arithmetic. Knows nothing of strides. */
import { type Grid, get, indicesOf } from './naive.ts';

/** Applies `f` to the elements that share all indices outside of `dims`, in row-major order; kept dimensions stay in order. */
export function naiveReduce({ shape, data }: Grid, dims: readonly number[], f: (values: number[]) => number): Grid {
  const kept = shape.map((_, d) => d).filter((d) => !dims.includes(d));
  const groups = new Map<string, number[]>();
  const out = kept.map((d) => shape[d]!);
  for (const index of indicesOf(out)) groups.set(index.join(), []);
  for (const index of indicesOf(shape))
    groups.get(kept.map((d) => index[d]!).join())!.push(get({ shape, data }, index));
  return { shape: out, data: [...groups.values()].map(f) };
}

/** Applies `f`, which gives as many values as it gets (or another fixed number), to every row along `dim`. */
export function naiveAlong(
  { shape, data }: Grid,
  dim: number,
  f: (values: number[]) => number[],
  size: number = shape[dim]!,
): Grid {
  const rows = new Map<string, number[]>();
  const others = (index: readonly number[]): string => index.filter((_, d) => d !== dim).join();
  for (const index of indicesOf(shape)) {
    const key = others(index);
    rows.set(key, [...(rows.get(key) ?? []), get({ shape, data }, index)]);
  }
  const results = new Map([...rows].map(([key, values]) => [key, f(values)]));
  const out = shape.map((n, d) => (d === dim ? size : n));
  return { shape: out, data: indicesOf(out).map((index) => results.get(others(index))![index[dim]!]!) };
}
