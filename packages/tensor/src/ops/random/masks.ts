/**
 * Random choices of elements, made on the device: an expression over key, call and place compares bits as whole numbers, so that the choice is the same everywhere, costs no
 * memory, and is computed anew where backward needs it.
 */
import {
  cast,
  castTo,
  coordinate,
  type DType,
  DTypeError,
  dropoutMask,
  type Expression,
  elementBits,
  isFloat,
  less,
  mul,
  same,
  scalar,
  select,
  uniform,
  ValueError,
} from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import type { Draw } from '../../random/threefry.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { drawOf, type GeneratorOptions } from './options.ts';

/** 32 random bits of the element; scalars 0 to 2 are the draw. */
const bits = (): Expression =>
  elementBits(scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32'), cast(coordinate, 'u32'));
const scalarsOf = ({ key0, key1, counter }: Draw): number[] => [key0, key1, counter];

/** A probability as a whole number of 2^-24. */
function inBits(op: string, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new ValueError(op, `the probability is ${p}; it must lie between 0 and 1`);
  return Math.round(p * 2 ** 24);
}

const dropoutOp = new Op('map', 'dropout', {
  inPlace: false,
  build: ([layout]) => {
    const x = element(layout!, 0);
    return single(
      layout!.dtype,
      select(dropoutMask(bits(), scalar(3, 'u32')), mul(x, scalar(4, x.type)), same(0, x)),
      5,
    );
  },
});

export interface DropoutOptions extends GeneratorOptions {
  /** The probability of an element to become 0; 0.5. */
  readonly p?: number | undefined;
  /** Whether to do anything at all; true. */
  readonly training?: boolean | undefined;
}

/**
 * Sets each element to 0 with probability `p` and multiplies the others by 1 / (1 - p), so that the mean stays; x itself unless `training`. One kernel; the gradient computes
 * the mask again. Floats only. PyTorch: `F.dropout`.
 * @example
 * ```ts
 * import { dropout, ones } from '@nn/tensor';
 * const values = await dropout(ones([1000]), { p: 0.2 }).data();
 * console.log(values.every((x) => x === 0 || x === 1.25)); // prints: true
 * ```
 */
export function dropout<A extends Tensor>(x: A, options: DropoutOptions = {}): Tensor<A['~shape'], A['dtype']> {
  const { p = 0.5, training = true } = checkNamed('dropout', options);
  const kept = 2 ** 24 - inBits('dropout', p);
  if (!training || p === 0) return x as never;
  if (!isFloat(x.dtype))
    throw new DTypeError('dropout', `takes floats, got ${x.dtype}; convert with .to('float32') first`);
  return dispatch(dropoutOp, x, null, null, [
    ...scalarsOf(drawOf('dropout', options)),
    kept,
    p === 1 ? 0 : 1 / (1 - p),
  ]) as never;
}

/** 1 with the probability that the operand says, compared exactly: uniform values are whole numbers of 2^-24. */
const bernoulliOp = new Op('map', 'bernoulli', {
  inPlace: false,
  build: ([layout]) => {
    const p = element(layout!, 0);
    return single(layout!.dtype, castTo(less(cast(uniform(bits()), p.type), p), layout!.dtype), 3);
  },
});

/** The same written over the first operand, which is any dtype's. */
const bernoulliInto = new Op('map', 'bernoulli_', {
  inPlace: true,
  build: ([target, layout]) => {
    const p = element(layout!, 1);
    return single(target!.dtype, castTo(less(cast(uniform(bits()), p.type), p), target!.dtype), 3);
  },
});

const bernoulliFill = new Op('map', 'bernoulli_', {
  inPlace: true,
  build: ([target]) => single(target!.dtype, castTo(dropoutMask(bits(), scalar(3, 'u32')), target!.dtype), 4),
});

const checkProbabilities = (op: string, dtype: DType): void => {
  if (!isFloat(dtype))
    throw new DTypeError(op, `probabilities must be floats, got ${dtype}; convert with .to('float32')`);
};

/**
 * 1 with the probability that each element of x says, else 0; x's shape and dtype. PyTorch: `torch.bernoulli`.
 * @example
 * ```ts
 * import { bernoulli, tensor } from '@nn/tensor';
 * console.log(await bernoulli(tensor([0, 1, 0, 1])).toArray()); // prints: [ 0, 1, 0, 1 ]
 * ```
 */
export function bernoulli<A extends Tensor>(x: A, options?: GeneratorOptions): Tensor<A['~shape'], A['dtype']> {
  checkProbabilities('bernoulli', x.dtype);
  return dispatch(bernoulliOp, x, null, null, scalarsOf(drawOf('bernoulli', options))) as never;
}

/** Overwrites x with 1 with probability `p` (0.5; a tensor that broadcasts says it for each element), else 0. In place; PyTorch: `Tensor.bernoulli_`. */
export function bernoulli_<A extends Tensor>(x: A, p: number | Tensor = 0.5, options?: GeneratorOptions): A {
  if (typeof p === 'number')
    return dispatchInto(
      bernoulliFill,
      [x],
      [...scalarsOf(drawOf('bernoulli_', options)), inBits('bernoulli_', p)],
    ) as never;
  checkProbabilities('bernoulli_', p.dtype);
  return dispatchInto(bernoulliInto, [x, p], scalarsOf(drawOf('bernoulli_', options))) as never;
}
