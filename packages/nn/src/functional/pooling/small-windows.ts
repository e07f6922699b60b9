/**
 * Small windows element by element: each element of the window is an operand of one map, a strided view over all positions, so that a backend's vectors run along the positions. Values and
 * places come out of one launch.
 */
import { add, and, constant, div, dtypes, type Expression, equal, input, isFloatScalar, less, lessEqual, max, not, or, scalar, select } from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import { dispatchMany, type MapBuild, Op, stridedView } from '@nn/tensor/internal';

/** Larger than any place: what stands in the padding. */
export const nowhere: Expression = constant(2147483647, 'i32');

/** Elements of a window at most. */
const most = 16;

/** Steps in memory from the first element of a window to each, row-major. */
function offsetsOf(windows: Tensor, spatial: number): number[] {
  const { shape, strides } = windows.layout;
  return shape
    .slice(-spatial)
    .reduce<number[]>(
      (all, n, d) => all.flatMap((p) => Array.from({ length: n }, (_, i) => p + i * strides.at(d - spatial)!)),
      [0],
    );
}

/** The first, second, … element of all windows (leading sizes, positions, elements). */
function elementsOf(windows: Tensor, spatial: number): Tensor[] {
  const [shape, strides] = [windows.layout.shape.slice(0, -spatial), windows.layout.strides.slice(0, -spatial)];
  return offsetsOf(windows, spatial).map((offset) => stridedView(windows, shape, strides, offset));
}

/** Whether windows are so small, of something, and the backend takes `operands` tensors at once and as many as each element has besides. */
function isSmall(windows: Tensor, spatial: number, each: number, operands: number): boolean {
  const count = windows.layout.shape.slice(-spatial).reduce((p, n) => p * n, 1);
  return windows.layout.size > 0 && count <= most && count * each + operands <= windows.backend.maxOperands;
}

/** Ops made once for each number of elements. */
function byCount(make: (count: number) => Op<'map'>): (count: number) => Op<'map'> {
  const made: Op<'map'>[] = [];
  return (count) => {
    made[count] ??= make(count);
    return made[count]!;
  };
}

/** A map over elements of one dtype, which is that of the first result. */
const over = (
  name: string,
  build: (elements: readonly Expression[]) => { values: Expression; places?: Expression; scalars: number },
): ((count: number) => Op<'map'>) =>
  byCount(
    (count) =>
      new Op('map', name, {
        inPlace: false,
        build: ([first]): MapBuild => {
          const { dtype } = first!;
          const elements = Array.from({ length: count }, (_, j) => input(j, dtypes[dtype].scalar));
          const { values, places, scalars } = build(elements);
          const outputs = [{ dtype, expression: values }];
          if (places === undefined) return { outputs, scalars };
          return { outputs: [...outputs, { dtype: 'int64', expression: places }], scalars };
        },
      }),
  );

/** Whether x takes the place of the best so far: it is larger, or the first NaN. */
const wins = (x: Expression, best: Expression): Expression =>
  isFloatScalar(x.type) ? and(equal(best, best), not(lessEqual(x, best))) : less(best, x);

/** The first of the largest elements, and where it is, if the places of all are known. */
function first(elements: readonly Expression[], places: readonly Expression[]): [Expression, Expression] {
  let [best, at] = [elements[0]!, places[0]!];
  for (const [j, x] of elements.entries()) {
    if (j === 0) continue;
    const better = or(wins(x, best), equal(at, nowhere));
    [best, at] = [select(better, x, best), select(better, places[j]!, at)];
  }
  return [best, at];
}

/** The same where every element is in the input: its place is that of the window's first element and a run-time number. */
function firstInside(elements: readonly Expression[]): [Expression, Expression] {
  let [best, at] = [elements[0]!, scalar(0, 'i32')];
  for (const [j, x] of elements.entries()) {
    if (j === 0) continue;
    const better = wins(x, best);
    [best, at] = [select(better, x, best), select(better, scalar(j, 'i32'), at)];
  }
  return [best, add(input(elements.length, 'i32'), at)];
}

const valuesOp = over('maxPool', (elements) => ({
  values: elements.reduce((best, x) => max(best, x)),
  scalars: 0,
}));
const placesOp = over('maxPool', (elements) => {
  const [values, places] = first(
    elements,
    elements.map((_, j) => input(elements.length + j, 'i32')),
  );
  return { values, places, scalars: 0 };
});
const insidePlacesOp = over('maxPool', (elements) => {
  const [values, places] = firstInside(elements);
  return { values, places, scalars: elements.length };
});
const sumOp = over('avgPool', (elements) => ({
  values: div(
    elements.reduce((sum, x) => add(sum, x)),
    scalar(0, elements[0]!.type),
  ),
  scalars: 1,
}));

function run(
  op: (count: number) => Op<'map'>,
  elements: Tensor[],
  more: Tensor[],
  scalars: readonly number[],
): Tensor[] {
  const found = dispatchMany(op(elements.length), [...elements, ...more], scalars);
  for (const t of [...elements, ...more]) t.dispose();
  return found;
}

/** The largest elements of windows (leading sizes, positions, elements), or null if the windows are not small. */
export function smallLargest(windows: Tensor, spatial: number): Tensor | null {
  if (!isSmall(windows, spatial, 1, 1)) return null;
  return run(valuesOp, elementsOf(windows, spatial), [], [])[0]!;
}

/** Those and their places, of which `places` (positions, elements) has the windows, or null. `isInside`: no window reaches into the padding, and places are those in memory. */
export function smallExtremes(windows: Tensor, places: Tensor, spatial: number, isInside: boolean): Tensor[] | null {
  if (!isSmall(windows, spatial, isInside ? 1 : 2, isInside ? 3 : 2)) return null;
  const elements = elementsOf(windows, spatial);
  const own = elementsOf(places, spatial);
  if (!isInside) return run(placesOp, elements, own, []);
  for (const t of own.slice(1)) t.dispose();
  return run(insidePlacesOp, elements, own.slice(0, 1), offsetsOf(places, spatial));
}

/** Sums over windows over a number, or null. */
export function smallSums(windows: Tensor, spatial: number, divisor: number): Tensor | null {
  if (!isSmall(windows, spatial, 1, 1)) return null;
  return run(sumOp, elementsOf(windows, spatial), [], [divisor])[0]!;
}
