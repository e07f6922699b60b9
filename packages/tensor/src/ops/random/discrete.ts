/** Random whole numbers, orders, samples of weighted choices. */

import { type DType, DTypeError, div, dtypes, isFloat, mul, ShapeError, ValueError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { sizeOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import { fillExponential, fillUniform, permutation, WholeNumbers } from '../../random/distributions.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { like } from '../creation/fill.ts';
import { convert, fromFlat } from '../creation/from-data.ts';
import { checkSizes, track } from '../creation/options.ts';
import { element, single } from '../elementwise/build.ts';
import { cumsum } from '../reduce/scan.ts';
import { searchsorted } from '../reduce/search.ts';
import { topk } from '../reduce/sort.ts';
import { toDType } from '../shape/convert.ts';
import { finish, sliceView } from '../shape/views.ts';
import { drawOf, floats, type GeneratorOptions, hostArray, lawful, overwrite, type RandomOptions } from './options.ts';

/** Whole numbers from `low` up to but without `high`, as values of a dtype. */
function wholes(
  op: string,
  low: number,
  high: number,
  count: number,
  dtype: DType,
  options: GeneratorOptions | undefined,
  long?: boolean,
) {
  if (![low, high].every(Number.isSafeInteger) || low >= high)
    throw new ValueError(
      op,
      `there are no whole numbers from ${low} up to but without ${high}; give two whole numbers, the smaller one first`,
    );
  for (const end of [low, high - 1]) convert(end, dtype);
  const values = hostArray(op, dtype, count);
  const numbers = new WholeNumbers(drawOf(op, options));
  const range = high - low;
  if (range > 2 ** 32)
    throw new ValueError(op, `the ${range} numbers from ${low} to ${high} are more than 2^32; take fewer`);
  for (let i = 0; i < count; i++) values[i] = low + numbers.below(range, long);
  return values;
}

/** randint(high, shape), randint(low, high, shape). */
export interface RandintFunction {
  <const S extends Shape, D extends DType = 'int64'>(
    high: number,
    shape: S,
    options?: RandomOptions<D>,
  ): Tensor<[...S], NoInfer<D>>;
  <const S extends Shape, D extends DType = 'int64'>(
    low: number,
    high: number,
    shape: S,
    options?: RandomOptions<D>,
  ): Tensor<[...S], NoInfer<D>>;
}

/**
 * Whole numbers from `low` (0) up to but without `high`, all equally likely: numbers that would favour some are drawn again (Lemire, "Fast random integer generation in
 * an interval", 2019). int64 unless told otherwise. PyTorch: `torch.randint`.
 * @example
 * ```ts
 * import { randint } from '@nn/tensor';
 * console.log(randint(10, [2, 2]).dtype, randint(-3, 4, [5]).shape); // prints: int64 [ 5 ]
 * ```
 */
export const randint: RandintFunction = ((...given: unknown[]): Tensor => {
  const at = given.findIndex(Array.isArray);
  const [low, high] = (at === 1 ? [0, given[0]] : given) as [number, number];
  const shape = given[at] as readonly number[];
  const options = given[at + 1] as RandomOptions | undefined;
  checkSizes('randint', shape);
  const dtype = options?.dtype ?? 'int64';
  return track(
    fromFlat(wholes('randint', low, high, sizeOf(shape), dtype, options), shape, dtype, options?.backend),
    options,
  );
}) as never;

/** randintLike(x, high), randintLike(x, low, high). */
export interface RandintLikeFunction {
  <A extends Tensor, D extends DType = A['dtype']>(
    x: A,
    high: number,
    options?: RandomOptions<D>,
  ): Tensor<A['~shape'], NoInfer<D>>;
  <A extends Tensor, D extends DType = A['dtype']>(
    x: A,
    low: number,
    high: number,
    options?: RandomOptions<D>,
  ): Tensor<A['~shape'], NoInfer<D>>;
}

/** `randint` in the shape, dtype and place of x. PyTorch: `torch.randint_like`. */
export const randintLike: RandintLikeFunction = ((
  x: Tensor,
  ...given: (number | RandomOptions | undefined)[]
): Tensor => {
  const bounds = given.filter((g) => typeof g === 'number');
  const options = given.find((g) => g !== undefined && typeof g !== 'number') as RandomOptions | undefined;
  const [low, high] = bounds.length === 1 ? [0, bounds[0]!] : [bounds[0]!, bounds[1]!];
  const own = { ...options, ...like('randintLike', x, options) };
  return track(
    fromFlat(wholes('randintLike', low, high, x.layout.size, own.dtype, own), x.layout.shape, own.dtype, own.backend),
    own,
  );
}) as never;

/**
 * The numbers 0 to n - 1 in random order, every order equally likely; int64 unless told otherwise. PyTorch: `torch.randperm`.
 * @example
 * ```ts
 * import { randperm, sort } from '@nn/tensor';
 * console.log(await sort(randperm(4)).values.toArray()); // prints: [ 0, 1, 2, 3 ]
 * ```
 */
export function randperm<N extends number, D extends DType = 'int64'>(
  n: N,
  options: RandomOptions<D> = {},
): Tensor<[N], NoInfer<D>> {
  checkSizes('randperm', [n]);
  const dtype = options.dtype ?? 'int64';
  if (n > 0) convert(n - 1, dtype);
  const values = new dtypes[dtype].array(permutation(n, drawOf('randperm', options)));
  return track(fromFlat(values, [n], dtype, options.backend), options) as never;
}

/** Where the whole numbers of a dtype end, that it can all hold. */
const ends: { readonly [D in DType]: number } = {
  bool: 2,
  uint8: 256,
  int32: 2 ** 31,
  int64: 2 ** 31,
  float16: 2 ** 11 + 1,
  float32: 2 ** 24 + 1,
  float64: 2 ** 53,
};

/**
 * Overwrites x with whole numbers from `from` up to but without `to`, or, without arguments, with all those ≥ 0 that its dtype holds exactly; one number is `to`. In
 * place; PyTorch: `Tensor.random_`.
 */
export function random_<A extends Tensor>(x: A, ...given: readonly (number | GeneratorOptions)[]): A {
  const bounds = given.filter((g) => typeof g === 'number');
  const options = given.find((g) => g !== undefined && typeof g !== 'number') as GeneratorOptions | undefined;
  if (bounds.length === 0 && x.dtype === 'float64') {
    const numbers = new WholeNumbers(drawOf('random_', options));
    return overwrite(
      'random_',
      x,
      Float64Array.from({ length: x.layout.size }, () => numbers.wide()),
    ) as never;
  }
  const [from, to] = bounds.length === 2 ? [bounds[0]!, bounds[1]!] : [0, bounds[0] ?? ends[x.dtype]];
  const long = bounds.length === 0 && x.dtype === 'int64';
  return overwrite('random_', x, wholes('random_', from, to, x.layout.size, x.dtype, options, long)) as never;
}

const keysOp = new Op('map', 'multinomial', {
  inPlace: false,
  build: ([weight, time]) => single(weight!.dtype, div(element(weight!, 0), element(time!, 1))),
});
const targetsOp = new Op('map', 'multinomial', {
  inPlace: false,
  build: ([share, total]) => single(share!.dtype, mul(element(share!, 0), element(total!, 1))),
});

const times = lawful('exponential', (laws, values) => laws.exponential(values, 1), fillExponential, [1]);
/** PyTorch's have 53 bits for weights of any dtype. */
const points = lawful(
  'unit',
  (laws, values) => {
    for (let i = 0; i < values.length; i++) {
      values[i] = laws.wide() * 2 ** -53;
      // Rounded up in 32 bits.
      if (values[i] === 1) values[i] = 1 - 2 ** -24;
    }
  },
  fillUniform,
);

export interface MultinomialOptions extends GeneratorOptions {
  /** Put every choice back before the next one; false. */
  readonly replacement?: boolean | undefined;
}

/**
 * `n` places of the last dimension of weights [..., k] (one or two dimensions), chosen with probabilities in proportion to them: int64 of shape [..., n]. Without replacement,
 * places are ranked by weight over exponential time, which chooses as drawing one after the other does (Efraimidis & Spirakis, "Weighted random sampling with a reservoir",
 * 2006). The weights, ≥ 0 and not all 0, are not checked: that would take a read. PyTorch: `torch.multinomial`.
 * @example
 * ```ts
 * import { multinomial, tensor } from '@nn/tensor';
 * console.log(await multinomial(tensor([0, 1, 0]), 4, { replacement: true }).toArray()); // prints: [ 1, 1, 1, 1 ]
 * ```
 */
export function multinomial(weights: Tensor, n: number, options: MultinomialOptions = {}): Tensor<Shape, 'int64'> {
  const { shape } = weights.layout;
  const { dtype, backend } = weights;
  if (!isFloat(dtype))
    throw new DTypeError('multinomial', `weights must be floats, got ${dtype}; convert with .to('float32')`);
  if (shape.length !== 1 && shape.length !== 2)
    throw new ShapeError('multinomial', `weights must be a vector or rows of a matrix, got shape ${shapeText(shape)}`);
  const last = shape.length - 1;
  const choices = shape[last]!;
  if (!Number.isInteger(n) || n < 1 || choices === 0)
    throw new ValueError('multinomial', `can't choose ${n} of ${choices}; choose one at least`);
  const { generator } = checkNamed('multinomial', options);
  if (dtype === 'float16') {
    const wide = toDType(weights, 'float32');
    return finish(multinomial(wide, n, options), weights, wide) as never;
  }
  return untracked(() => {
    if (options.replacement !== true) {
      if (n > choices)
        throw new ValueError(
          'multinomial',
          `can't choose ${n} of ${choices} without replacement; pass replacement: true`,
        );
      const drawn = floats('multinomial', shape, { dtype, backend, generator }, times);
      const keys = dispatch(keysOp, weights, drawn);
      const { values, indices } = topk(keys, n, { dim: last });
      for (const t of [drawn, keys, values]) t.dispose();
      return indices;
    }
    const sums = cumsum(weights, last);
    const shares = floats('multinomial', [...shape.slice(0, last), n], { dtype, backend, generator }, points);
    const total = sliceView(sums, last, choices - 1, 1);
    const targets = dispatch(targetsOp, shares, total);
    const found = searchsorted(sums, targets, { right: true });
    for (const t of [sums, shares, total, targets]) t.dispose();
    return found;
  }) as never;
}
