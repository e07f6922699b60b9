/** `rows` as one `reduce` a reduction, earlier ones read as splats over the row, and a `map` for the outputs. */
import type { Geometry } from '../backend.ts';
import { dtypes } from '../dtype.ts';
import type { RowsKernel, RowsOutput } from '../kernel.ts';
import { type Expression, input, inputsOf, substituteInputs } from '../scalar/expression.ts';
import { dense, fromStorage, Recipe, restride, storageOf, toStorage, type View } from './recipe.ts';

export function lowerRows(kernel: RowsKernel, { sizes, strides }: Geometry): Recipe {
  const recipe = new Recipe(kernel.scalars);
  const { rank } = kernel;
  const outer = sizes.slice(0, rank);
  const row = sizes.slice(rank);
  const first = kernel.outputs.length;
  const elements: View[] = kernel.inputs.map((operand, i) => ({
    source: { operand: first + i },
    offset: 0,
    strides: strides[first + i]!,
    ...operand,
  }));
  const finished: View[] = [];
  const overElements = (): View[] => [...elements, ...finished.map((view) => restride(view, [...view.strides, 0]))];
  /** The expressions over only those of the views that they read. */
  const select = (views: readonly View[], ...expressions: Expression[]): { inputs: View[]; read: Expression[] } => {
    const used = inputsOf(...expressions);
    const replacements: Expression[] = [];
    for (const [position, i] of used.entries()) {
      const operand = kernel.inputs[i];
      replacements[i] =
        operand === undefined
          ? fromStorage(position, kernel.reductions[i - kernel.inputs.length]!.body.type)
          : input(position, dtypes[operand.dtype].scalar);
    }
    const read = expressions.map((expression) => substituteInputs(expression, replacements));
    return { inputs: used.map((i) => views[i]!), read };
  };
  for (const { combine, body } of kernel.reductions) {
    const target = recipe.temporary(storageOf(body.type), outer);
    const { inputs, read } = select(overElements(), body);
    recipe.reduce(outer, row, target, inputs, { combine, body: read[0]!, epilogue: toStorage(input(0, body.type)) });
    finished.push(target);
  }
  const mapOutputs = (perRow: boolean, over: readonly number[], views: readonly View[]): void => {
    const chosen = [...kernel.outputs.entries()].filter(([, output]) => output.perRow === perRow);
    if (chosen.length === 0) return;
    const { inputs, read } = select(views, ...chosen.map(([, { expression }]) => expression));
    const target = (operand: number, { dtype }: RowsOutput): View => dense({ operand }, dtype, over);
    recipe.map(
      over,
      chosen.map(([j, output], i) => ({ view: target(j, output), expression: read[i]! })),
      inputs,
    );
  };
  mapOutputs(false, sizes, overElements());
  mapOutputs(true, outer, [...elements, ...finished]);
  return recipe;
}
