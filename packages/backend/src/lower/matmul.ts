/** `matmul` as one `reduce` over k; operands of an epilogue join in a `map` after it. */
import type { Geometry } from '../backend.ts';
import { dtypes } from '../dtype.ts';
import type { MatmulKernel } from '../kernel.ts';
import { mul } from '../scalar/core.ts';
import { input } from '../scalar/expression.ts';
import { Recipe, restride, storageOf, type View } from './recipe.ts';

export function lowerMatmul(kernel: MatmulKernel, { sizes, strides }: Geometry): Recipe {
  const recipe = new Recipe(kernel.scalars);
  const { rank, dtype } = kernel;
  const type = dtypes[dtype].scalar;
  const kept = sizes.slice(0, rank + 2);
  const view = (operand: number, own: readonly number[]): View => ({
    source: { operand },
    dtype,
    access: 'strided',
    offset: 0,
    strides: own,
  });
  const [y, x, w] = strides as [readonly number[], readonly number[], readonly number[]];
  const left = view(1, [...x.slice(0, rank), x[rank]!, 0, x[rank + 1]!]);
  const right = view(2, [...w.slice(0, rank), 0, w[rank + 1]!, w[rank]!]);
  const product = { combine: 'sum' as const, body: mul(input(0, type), input(1, type)) };
  const target = view(0, y);
  if (kernel.extras.length === 0) {
    recipe.reduce(kept, sizes.slice(rank + 2), target, [left, right], { ...product, epilogue: kernel.epilogue });
    return recipe;
  }
  // The sum waits in its own type: a narrow integer dtype would cut it before the epilogue.
  const sums = recipe.temporary(storageOf(type), kept);
  recipe.reduce(kept, sizes.slice(rank + 2), sums, [left, right], { ...product, epilogue: input(0, type) });
  const extras = kernel.extras.map((operand, i) => ({ ...restride(view(3 + i, []), strides[3 + i]!), ...operand }));
  recipe.map(kept, [{ view: target, expression: kernel.epilogue }], [sums, ...extras]);
  return recipe;
}
