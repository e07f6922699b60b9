/**
 * `sort` in two ways. Short rows: every element counts those before it and is scattered there (quadratic, four launches). Long rows: a bitonic
 * network (Batcher, "Sorting networks and their applications", 1968), n log² n work, one launch a stage. Equal elements go by position, so both
 * are stable.
 */
import type { Geometry } from '../backend.ts';
import { type DType, dtypes, isFloat } from '../dtype.ts';
import type { SortKernel } from '../kernel.ts';
import { and, cast, equal, less, not, or, same, select, xor } from '../scalar/core.ts';
import { constant, coordinate, type Expression, input } from '../scalar/expression.ts';
import { product } from '../strides.ts';
import { precedes } from './combine.ts';
import { dense, Recipe, restride, type View } from './recipe.ts';

/** Up to here comparing all pairs costs less than the stages of a network. */
const longestCounted = 512;

export function lowerSort(kernel: SortKernel, { sizes, strides }: Geometry): Recipe {
  const recipe = new Recipe();
  if (product(sizes) === 0) return recipe;
  const x: View = { source: { operand: 2 }, offset: 0, strides: strides[2]!, ...kernel.input };
  const lower = sizes[kernel.rank]! <= longestCounted ? lowerByCounting : lowerByNetwork;
  lower(recipe, kernel, sizes, x);
  return recipe;
}

type Lower = (recipe: Recipe, kernel: SortKernel, sizes: readonly number[], x: View) => void;

const lowerByCounting: Lower = (recipe, kernel, sizes, x) => {
  const { rank } = kernel;
  const n = sizes[rank]!;
  const outer = sizes.slice(0, rank);
  const zeros = outer.map(() => 0);
  const positions = positionsOf(recipe, n);
  const ranks = recipe.temporary('int32', sizes);
  const step = x.strides[rank]!;
  const elements = [
    restride(x, [...x.strides.slice(0, rank), step, 0]),
    restride(x, [...x.strides.slice(0, rank), 0, step]),
    restride(positions, [...zeros, 1, 0]),
    restride(positions, [...zeros, 0, 1]),
  ];
  const before = comesFirst(kernel, [1, 3, 0, 2]);
  const count = { combine: 'sum' as const, body: cast(before, 'i32'), epilogue: input(0, 'i32') };
  recipe.reduce(sizes, [n], ranks, elements, count);
  const scatterTo = (operand: number, dtype: DType, value: View): void => {
    const target = dense({ operand }, dtype, sizes);
    const rows = restride(target, [...target.strides.slice(0, rank), 0]);
    recipe.scatter(sizes, rows, value, [{ view: ranks, size: n, stride: 1 }], 'replace');
  };
  scatterTo(0, x.dtype, x);
  scatterTo(1, 'int64', restride(positions, [...zeros, 1]));
};

/**
 * The network that only ever moves the smaller element down: blocks of 2d are first folded (i against its mirror image), then halved (i
 * against i + d, i + d/2 …). A row is filled up with keys that no element comes after; they end behind it.
 */
const lowerByNetwork: Lower = (recipe, kernel, sizes, x) => {
  const { rank } = kernel;
  const n = sizes[rank]!;
  const outer = sizes.slice(0, rank);
  const zeros = outer.map(() => 0);
  const width = 2 ** Math.ceil(Math.log2(n));
  const positions = positionsOf(recipe, width);
  const isLow = recipe.temporary('bool', [2]);
  recipe.map([2], [{ view: isLow, expression: equal(coordinate, same(0, coordinate)) }], []);
  const all = [...outer, width];
  const buffers = [0, 1].map(() => [recipe.temporary(x.dtype, all), recipe.temporary('int64', all)]);
  let [current, next] = buffers as [View[], View[]];
  const type = dtypes[x.dtype].scalar;
  const part = (views: readonly View[], start: number): View[] =>
    views.map((view) => restride(view, view.strides, start * view.strides[rank]!));
  const target = (
    views: readonly View[],
    expressions: readonly Expression[],
  ): { view: View; expression: Expression }[] => views.map((view, i) => ({ view, expression: expressions[i]! }));
  const both = [input(0, type), input(1, 'i32')];
  recipe.map([...outer, n], target(part(current, 0), both), [x, restride(positions, [...zeros, 1])]);
  const filling = [lastKey(kernel), input(0, 'i32')];
  const rest = restride(positions, [...zeros, 1], n);
  recipe.map([...outer, width - n], target(part(current, n), filling), [rest]);
  const takeOther = xor(input(4, 'bool'), comesFirst(kernel, [0, 1, 2, 3]));
  const taken = [
    select(takeOther, input(2, type), input(0, type)),
    select(takeOther, input(3, 'i32'), input(1, 'i32')),
  ];
  for (let size = 2; size <= width; size *= 2) {
    for (let half = size / 2; half >= 1; half = Math.floor(half / 2)) {
      const folded = half === size / 2;
      const rowStrides = outer.map((_, d) => current[0]!.strides[d]!);
      const stage = [...outer, width / (2 * half), 2, half];
      const own = current.map((view) => restride(view, [...rowStrides, 2 * half, half, 1]));
      const other = current.map((view) =>
        folded
          ? restride(view, [...rowStrides, 2 * half, -half, -1], 2 * half - 1)
          : restride(view, [...rowStrides, 2 * half, -half, 1], half),
      );
      const low = restride(isLow, [...zeros, 0, 1, 0]);
      recipe.map(
        stage,
        target(
          next.map((view) => ({ ...view, strides: dense(view.source, view.dtype, stage).strides })),
          taken,
        ),
        [...own, ...other, low],
      );
      [current, next] = [next, current];
    }
  }
  const outputs = [dense({ operand: 0 }, x.dtype, sizes), dense({ operand: 1 }, 'int64', sizes)];
  recipe.map(sizes, target(outputs, both), part(current, 0));
};

function positionsOf(recipe: Recipe, n: number): View {
  const positions = recipe.temporary('int64', [n]);
  recipe.map([n], [{ view: positions, expression: coordinate }], []);
  return positions;
}

/** Whether one element comes before another: inputs are its value and position, then the other's. */
function comesFirst(
  { input: { dtype }, descending }: SortKernel,
  [x, p, y, q]: readonly [number, number, number, number],
): Expression {
  const type = dtypes[dtype].scalar;
  const [one, other] = [input(x, type), input(y, type)];
  const tie = and(not(precedes(other, one, descending)), less(input(p, 'i32'), input(q, 'i32')));
  return or(precedes(one, other, descending), tie);
}

/** A key that nothing comes after. */
function lastKey({ input: { dtype }, descending }: SortKernel): Expression {
  const { scalar } = dtypes[dtype];
  if (isFloat(dtype)) return constant(descending ? Number.NEGATIVE_INFINITY : Number.NaN, scalar);
  const [smallest, largest] = dtype === 'bool' ? [0, 1] : dtype === 'uint8' ? [0, 255] : [-2147483648, 2147483647];
  return constant(descending ? smallest : largest, scalar);
}
