/** The largest and the smallest: values alone (ties share the gradient evenly), or with their places (the chosen element takes it). */
import type { DType } from '@nn/backend';
import { dimension } from '../../core/collapse.ts';
import type { Tensor } from '../../tensor.ts';
import type { ArgFunction, ReduceFunction } from '../../types/signatures.ts';
import { maximum, minimum } from '../elementwise/index.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { checkNotEmpty, type Reducer, reduction } from './build.ts';
import { chosenAt } from './pick.ts';
import type { AminmaxFunction, ExtremeFunction } from './signatures.ts';

type Extreme = 'max' | 'min';

interface DimOptions {
  readonly dim?: number | undefined;
  readonly keepdim?: boolean | undefined;
}

const own = (dtype: DType): DType => dtype;

/** Refuses dimensions without elements, then reduces. */
function extreme(name: string, combine: Extreme): Reducer {
  const reduce = reduction(name, { combine, dtype: own });
  return (x, options) => {
    checkNotEmpty(name, x, options?.dim);
    return reduce(x, options);
  };
}

/**
 * The largest of all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`); NaN if any is. Equal ones share the gradient evenly.
 * A `ShapeError` where there is nothing to choose from. PyTorch: `torch.amax`.
 */
export const amax: ReduceFunction<'amax'> = extreme('amax', 'max') as never;

/** The smallest; as `amax`. PyTorch: `torch.amin`. */
export const amin: ReduceFunction<'amin'> = extreme('amin', 'min') as never;

const least = extreme('aminmax', 'min');
const most = extreme('aminmax', 'max');

/** Both, as `{ min, max }`, of all elements or of one dimension; gradients as `amax`. PyTorch: `torch.aminmax`. */
export const aminmax: AminmaxFunction = ((x: Tensor, options?: DimOptions) => ({
  min: least(x, options),
  max: most(x, options),
})) as never;

/** Places as int64: along one dimension, or in all elements as they lie in row-major order. */
function place(name: string, combine: 'argmax' | 'argmin'): Reducer {
  const reduce = reduction(name, { combine, dtype: () => 'int64', body: ([x]) => x! });
  return (x, options) => {
    checkNotEmpty(name, x, options?.dim);
    return reduce(x, options);
  };
}

/**
 * Where the largest element lies along `dim` (the dimension kept with size 1 if `keepdim`), or in all of them in row-major order: the first of
 * equals, the first NaN if there is one. int64. A `ShapeError` where there is nothing to choose from. PyTorch: `torch.argmax`.
 * @example
 * ```ts
 * import { argmax, tensor } from '@nn/tensor';
 * console.log(await argmax(tensor([[1, 5], [7, 2]]), { dim: 1 }).toArray()); // prints: [ 1, 0 ]
 * ```
 */
export const argmax: ArgFunction<'argmax'> = place('argmax', 'argmax') as never;

/** Where the smallest element lies; as `argmax`. PyTorch: `torch.argmin`. */
export const argmin: ArgFunction<'argmin'> = place('argmin', 'argmin') as never;

/** The three forms of max and min. */
function overloaded(name: Extreme): ExtremeFunction<Extreme> {
  const all = extreme(name, name);
  const at = place(name, `arg${name}`);
  const elementwise = name === 'max' ? maximum : minimum;
  return ((x: Tensor, second?: Tensor | DimOptions) => {
    if (typeof second === 'object' && 'layout' in second) return elementwise(x, second);
    if (second?.dim === undefined) return all(x, second);
    const dim = dimension(name, second.dim, sizesOf(name, x).length);
    return chosenAt(name, x, at(x, { dim, keepdim: true }), dim, second.keepdim === true);
  }) as never;
}

/**
 * `max(x)`: the largest element, NaN if any is; equal ones share the gradient. `max(x, { dim, keepdim })`: `{ values, indices }` along one dimension, the
 * first of equals, which alone gets the gradient. `max(x, other)`: elementwise, as `maximum`. PyTorch: `torch.max`.
 * @example
 * ```ts
 * import { max, tensor } from '@nn/tensor';
 * const x = tensor([[1, 5], [7, 2]]);
 * console.log(await max(x).item()); // prints: 7
 * const { values, indices } = max(x, { dim: 1 });
 * console.log(await values.toArray(), await indices.toArray()); // prints: [ 5, 7 ] [ 1, 0 ]
 * ```
 */
export const max: ExtremeFunction<'max'> = overloaded('max');

/** The smallest; as `max`. PyTorch: `torch.min`. */
export const min: ExtremeFunction<'min'> = overloaded('min');
