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
  dtypes,
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
import type { Layout } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import type { Floats } from '../../random/laws.ts';
import type { Draw } from '../../random/threefry.ts';
import type { Tensor } from '../../tensor.ts';
import { fromFlat } from '../creation/from-data.ts';
import { element, single } from '../elementwise/build.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { drawOf, type GeneratorOptions } from './options.ts';

/** 32 random bits of the element; scalars 0 to 2 are the draw. */
const bits = (): Expression =>
  elementBits(scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32'), cast(coordinate, 'u32'));
const scalarsOf = ({ key0, key1, counter }: Draw): number[] => [key0, key1, counter];

/** A mask that the generator's own law says, 1 with probability p; null where the kernel makes it from the draw. */
function maskOf(x: Tensor, { laws }: Draw, p: number): Tensor | null {
  if (!laws) return null;
  const values = new Uint8Array(x.layout.size);
  laws.chances(values, p);
  return fromFlat(values, x.layout.shape, 'bool', x.backend);
}

/** The same for what probabilities are compared with. */
function sharesOf(x: Tensor, draw: Draw, dtype: DType): Tensor | null {
  if (!draw.laws) return null;
  const values = new dtypes[dtype].array(x.layout.size) as Floats;
  draw.laws.uniform(values, 0, 1, dtype === 'float16');
  return fromFlat(values, x.layout.shape, dtype, x.backend);
}

/** A probability as a whole number of 2^-24. */
function inBits(op: string, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new ValueError(op, `the probability is ${p}; it must lie between 0 and 1`);
  return Math.round(p * 2 ** 24);
}

const dropoutOp = new Op('map', 'dropout', {
  inPlace: false,
  build: ([layout, mask]) => {
    const x = element(layout!, 0);
    const isKept = mask ? element(mask, 1) : dropoutMask(bits(), scalar(3, 'u32'));
    return single(layout!.dtype, select(isKept, mul(x, scalar(4, x.type)), same(0, x)), 5);
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
  sizesOf('dropout', x);
  if (!training || p === 0) return x as never;
  if (!isFloat(x.dtype))
    throw new DTypeError('dropout', `takes floats, got ${x.dtype}; convert with .to('float32') first`);
  const draw = drawOf('dropout', options);
  // Where all is dropped PyTorch draws nothing.
  const mask = p === 1 ? null : maskOf(x, draw, 1 - p);
  const out = dispatch(dropoutOp, x, mask, null, [...scalarsOf(draw), kept, p === 1 ? 0 : 1 / (1 - p)]);
  mask?.dispose();
  return out as never;
}

/** 1 with the probability that operand `at` says, compared exactly: uniform values, those of the next operand if there is one, are whole numbers of 2^-24. */
function chance(layouts: readonly Layout[], at: number): MapBuild {
  const { dtype } = layouts[0]!;
  const p = element(layouts[at]!, at);
  const shares = layouts[at + 1];
  return single(dtype, castTo(less(cast(shares ? element(shares, at + 1) : uniform(bits()), p.type), p), dtype), 3);
}

const bernoulliOp = new Op('map', 'bernoulli', { inPlace: false, build: (layouts) => chance(layouts, 0) });

/** The same written over the first operand, which is any dtype's. */
const bernoulliInto = new Op('map', 'bernoulli_', { inPlace: true, build: (layouts) => chance(layouts, 1) });

const bernoulliFill = new Op('map', 'bernoulli_', {
  inPlace: true,
  build: ([target, mask]) => {
    const isOne = mask ? element(mask, 1) : dropoutMask(bits(), scalar(3, 'u32'));
    return single(target!.dtype, castTo(isOne, target!.dtype), 4);
  },
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
  sizesOf('bernoulli', x);
  checkProbabilities('bernoulli', x.dtype);
  const draw = drawOf('bernoulli', options);
  const shares = sharesOf(x, draw, x.dtype);
  const out = dispatch(bernoulliOp, x, shares, null, scalarsOf(draw));
  shares?.dispose();
  return out as never;
}

/** In place, from what was drawn for it if anything was. */
function into(op: Op, operands: readonly Tensor[], drawn: Tensor | null, scalars: readonly number[]): Tensor {
  if (drawn === null) return dispatchInto(op, operands, scalars);
  dispatchInto(op, [...operands, drawn], scalars);
  drawn.dispose();
  return operands[0]!;
}

/** Overwrites x with 1 with probability `p` (0.5; a tensor that broadcasts says it for each element), else 0. In place; PyTorch: `Tensor.bernoulli_`. */
export function bernoulli_<A extends Tensor>(x: A, p: number | Tensor = 0.5, options?: GeneratorOptions): A {
  if (typeof p === 'number') {
    const limit = inBits('bernoulli_', p);
    const draw = drawOf('bernoulli_', options);
    const mask = maskOf(x, draw, p);
    return into(bernoulliFill, [x], mask, [...scalarsOf(draw), limit]) as never;
  }
  checkProbabilities('bernoulli_', p.dtype);
  const draw = drawOf('bernoulli_', options);
  return into(bernoulliInto, [x, p], sharesOf(x, draw, p.dtype), scalarsOf(draw)) as never;
}
