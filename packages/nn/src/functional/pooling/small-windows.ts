/**
 * Small windows element by element: each element of the window is an operand of one map, a strided view over all positions, so that a backend's vectors run along the positions. Values and
 * places come out of one launch.
 */
import { add, div, dtypes, type Expression, equal, input, isFloatScalar, less, max, notEqual, or, scalar, select } from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import { dispatchMany, type MapBuild, Op } from '@nn/tensor/internal';
import { nowhere } from './place-table.ts';
import { pushElements, type Windows } from './window-views.ts';

/** Whether windows are small, and the backend takes `operands` tensors at once and as many as each element has besides. */
function isSmall({ source, views }: Windows, each: number, operands: number): boolean {
  const count = views.elements.length;
  return count > 0 && count * each + operands <= source.backend.maxOperands;
}

const noNumbers: readonly number[] = [];

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

/** Whether x takes the place of the best so far: it is larger, or NaN, of which PyTorch takes the last. */
const wins = (x: Expression, best: Expression): Expression =>
  isFloatScalar(x.type) ? or(less(best, x), notEqual(x, x)) : less(best, x);

/** The first of the largest elements (the last NaN), and where it is, if the places of all are known. */
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

/** Runs an op on views, which it gives back. */
function run(op: Op<'map'>, views: Tensor[], scalars: readonly number[]): Tensor[] {
  const found = dispatchMany(op, views, scalars);
  for (const t of views) t.dispose();
  return found;
}

const elementsOf = (windows: Windows): Tensor[] => {
  const elements: Tensor[] = [];
  pushElements(elements, windows, windows.views.elements.length);
  return elements;
};

/** The largest elements of windows, or null if they are not small. */
export function smallLargest(windows: Windows): Tensor | null {
  if (!isSmall(windows, 1, 1)) return null;
  return run(valuesOp(windows.views.elements.length), elementsOf(windows), noNumbers)[0]!;
}

/** Those and their places, of which `places` has the windows, or null. `isInside`: no window reaches into the padding, and places are those in memory. */
export function smallExtremes(windows: Windows, places: Windows, isInside: boolean): Tensor[] | null {
  if (!isSmall(windows, isInside ? 1 : 2, isInside ? 3 : 2)) return null;
  const count = windows.views.elements.length;
  const views = elementsOf(windows);
  pushElements(views, places, isInside ? 1 : count);
  return isInside ? run(insidePlacesOp(count), views, places.views.offsets) : run(placesOp(count), views, noNumbers);
}

/** Sums over windows over a number, or null. */
export function smallSums(windows: Windows, divisor: number): Tensor | null {
  if (!isSmall(windows, 1, 1)) return null;
  return run(sumOp(windows.views.elements.length), elementsOf(windows), [divisor])[0]!;
}
