/**
 * `scan` by doubling (Hillis & Steele, "Data parallel algorithms", 1986): after the step of distance d every element combines the 2d elements up
 * to it. Two temporaries take turns, since a launch can't read what it writes.
 */
import type { Geometry } from '../backend.ts';
import { dtypes, isFloat, isFloatScalar } from '../dtype.ts';
import type { Operand, ScanKernel } from '../kernel.ts';
import { and, castTo, isNotANumber, less, not, or, select } from '../scalar/core.ts';
import { coordinate, type Expression, input } from '../scalar/expression.ts';
import { product } from '../strides.ts';
import { combineExpression } from './combine.ts';
import { dense, Recipe, restride, storageOf, type View } from './recipe.ts';

export function lowerScan(kernel: ScanKernel, { sizes, strides }: Geometry): Recipe {
  const recipe = new Recipe();
  const axis = kernel.rank;
  const n = sizes[axis]!;
  if (product(sizes) === 0) return recipe;
  const outer = sizes.slice(0, axis);
  /** The view in the direction of the scan. */
  const directed = (view: View): View => {
    const step = view.strides[axis]!;
    return kernel.reverse ? restride(view, [...view.strides.slice(0, axis), -step], (n - 1) * step) : view;
  };
  const operand = (i: number, { dtype, access }: Operand): View =>
    directed({ source: { operand: i }, offset: 0, strides: strides[i]!, dtype, access });
  const results = [operand(0, kernel.output)];
  let current = [operand(kernel.indices ? 2 : 1, kernel.input)];
  if (kernel.indices) {
    results.push(directed(dense({ operand: 1 }, 'int64', sizes)));
    const positions = recipe.temporary('int64', [n]);
    recipe.map([n], [{ view: positions, expression: coordinate }], []);
    current.push(directed(restride(positions, [...outer.map(() => 0), 1])));
  }
  /** Input `index` of a step, which is component `i` of the current state, in the result's type. */
  const component = (index: number, i: number): Expression =>
    castTo(input(index, dtypes[current[i]!.dtype].scalar), results[i]!.dtype);
  const copyHead = (target: readonly View[], length: number): void =>
    recipe.map(
      [...outer, length],
      target.map((view, i) => ({ view: restride(view, view.strides), expression: component(i, i) })),
      current.map((view) => restride(view, view.strides)),
    );
  if (n === 1) copyHead(results, 1);
  const buffers: View[][] = [];
  for (let distance = 1; distance < n; distance *= 2) {
    let next = results;
    if (2 * distance < n) {
      // A narrow float is rounded once, at the end.
      if (buffers.length < 2)
        buffers.push(
          results.map(({ dtype }) => recipe.temporary(isFloat(dtype) ? storageOf(dtypes[dtype].scalar) : dtype, sizes)),
        );
      next = buffers.find((buffer) => buffer !== current)!;
    }
    copyHead(next, distance);
    const from = (view: View, start: number): View => restride(view, view.strides, start * view.strides[axis]!);
    const combined = kernel.indices
      ? latestExtreme(
          kernel,
          [0, 1, 2, 3].map((index) => component(index, index % 2)),
        )
      : [combineExpression(kernel.combine, component(0, 0), component(1, 0))];
    recipe.map(
      [...outer, n - distance],
      combined.map((expression, i) => ({ view: from(next[i]!, distance), expression })),
      [...current.map((view) => from(view, 0)), ...current.map((view) => from(view, distance))],
    );
    current = next;
  }
  return recipe;
}

/** Value and position of the earlier stretch against those of the later one (in this order), which wins where it is as extreme. */
export function latestExtreme({ combine }: ScanKernel, state: readonly Expression[]): Expression[] {
  const [earlier, earlierAt, later, laterAt] = state as [Expression, Expression, Expression, Expression];
  let keep = combine === 'max' ? less(later, earlier) : less(earlier, later);
  if (isFloatScalar(earlier.type)) keep = or(keep, and(isNotANumber(earlier), not(isNotANumber(later))));
  return [select(keep, earlier, later), select(keep, earlierAt, laterAt)];
}
