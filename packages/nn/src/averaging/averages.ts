/** How an average of models takes in another one: one launch a tensor, in place. */
import {
  add,
  cast,
  castTo,
  div,
  dtypes,
  type Expression,
  input,
  isFloat,
  lerp,
  type ScalarType,
  same,
  scalar,
  ValueError,
} from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchInto, type Layout, Op, withTracking } from '@nn/tensor/internal';

/** The next average of one tensor. `numAveraged`, without dimensions, counts the models in it. Nothing is recorded. */
export type AvgFn = (averaged: Tensor, current: Tensor, numAveraged: Tensor) => Tensor;

/** Takes the tensors of a model into averages, in place. `numAveraged`, without dimensions, counts the models in them. Nothing is recorded. */
export type MultiAvgFn = (averaged: readonly Tensor[], current: readonly Tensor[], numAveraged: Tensor) => void;

/** Input 0 moved towards input 1 by a weight. Integers are averaged as floats, and cut. */
const averageOp = (
  name: string,
  scalars: number,
  weightOf: (type: ScalarType, count: Layout | undefined) => Expression,
): Op<'map'> =>
  new Op('map', name, {
    inPlace: true,
    build: ([averaged, current, count]) => {
      const { dtype } = averaged!;
      const type = isFloat(dtype) ? dtypes[dtype].scalar : 'f32';
      const [x, end] = [averaged!, current!].map((layout, i) => cast(input(i, dtypes[layout.dtype].scalar), type));
      return { outputs: [{ dtype, expression: castTo(lerp(x!, end!, weightOf(type, count)), dtype) }], scalars };
    },
  });

const emaOp = averageOp('getEmaMultiAvgFn', 1, (type) => scalar(0, type));
const swaOp = averageOp('getSwaMultiAvgFn', 0, (type, count) => {
  const n = cast(input(2, dtypes[count!.dtype].scalar), type);
  return div(same(1, n), add(n, same(1, n)));
});

/**
 * Exponential moving averages: decay · average + (1 − decay) · current, of one launch a tensor. PyTorch: `torch.optim.swa_utils.get_ema_multi_avg_fn`.
 * @param decay from 0 to 1; 0.999
 * @throws ValueError for another decay
 * @example
 * ```ts
 * import { getEmaMultiAvgFn } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const average = tensor([4, 8]);
 * getEmaMultiAvgFn(0.75)([average], [tensor([0, 0])], tensor(1n));
 * console.log(await average.toArray()); // prints: [ 3, 6 ]
 * ```
 */
export function getEmaMultiAvgFn(decay = 0.999): MultiAvgFn {
  if (!(typeof decay === 'number' && decay >= 0 && decay <= 1))
    throw new ValueError('getEmaMultiAvgFn', `decay must be a number from 0 to 1, got ${String(decay)}`);
  return (averaged, current) =>
    withTracking(false, () => {
      averaged.forEach((t, i) => void dispatchInto(emaOp, [t, current[i]!], [1 - decay]));
    });
}

/**
 * Plain averages: average + (current − average) / (numAveraged + 1), of one launch a tensor. PyTorch: `torch.optim.swa_utils.get_swa_multi_avg_fn`.
 * @example
 * ```ts
 * import { getSwaMultiAvgFn } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const average = tensor([4, 8]);
 * getSwaMultiAvgFn()([average], [tensor([1, 2])], tensor(2n));
 * console.log(await average.toArray()); // prints: [ 3, 6 ]
 * ```
 */
export function getSwaMultiAvgFn(): MultiAvgFn {
  return (averaged, current, numAveraged) =>
    withTracking(false, () => {
      averaged.forEach((t, i) => void dispatchInto(swaOp, [t, current[i]!, numAveraged]));
    });
}
