/** Classes as vectors with a single 1. */
import { type DataArray, DTypeError, input, ValueError } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { guarded } from '../../core/guarded.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { read, readSync } from '../../read.ts';
import type { Tensor } from '../../tensor.ts';
import type { Shape } from '../../types/index.ts';
import { single } from '../elementwise/build.ts';
import * as views from '../shape/views.ts';
import { scatterOps } from './index-op.ts';

const writeOnes = scatterOps('oneHot', 'replace', { form: 'aligned', inPlace: true });

const asClasses = new Op('map', 'oneHot', {
  inPlace: false,
  build: () => single('int64', guarded(input(0, 'i32'))),
});

function encoded(x: Tensor, numClasses: number): Tensor {
  const { shape, device } = x.layout;
  const out = filled(device, 'int64', [...shape, numClasses], 0);
  const classes = dispatch(asClasses, x);
  const places = views.insertDim(classes, shape.length);
  const one = filled(device, 'int64', [], 1);
  const ones = views.expand(one, places.layout.shape);
  dispatchInto(writeOnes([shape.length], 0), [out, ones, places]);
  return views.finish(out, x, classes, places, one, ones);
}

export interface OneHotOptions {
  /** Length of the vectors; one more than the largest class, which is read, if absent or -1. */
  readonly numClasses?: number | undefined;
}

function check(x: Tensor, options: OneHotOptions): number {
  const { numClasses = -1 } = checkNamed('oneHot', options);
  if (x.dtype !== 'int64' && x.dtype !== 'int32')
    throw new DTypeError('oneHot', `classes must be int64 or int32, got ${x.dtype}; convert with .long()`);
  if (!Number.isInteger(numClasses) || numClasses < -1 || numClasses === 0)
    throw new ValueError('oneHot', `numClasses must be a whole number ≥ 1, or -1 to find it, got ${numClasses}`);
  if (numClasses === -1 && x.layout.size === 0)
    throw new ValueError('oneHot', 'there are no classes to count; give numClasses');
  return numClasses;
}

function countIn(values: DataArray): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) if (values[i]! > largest) largest = values[i]!;
  return largest + 1;
}

/**
 * A vector of zeros with a single 1 for each class, int64: [...] gives [..., numClasses]. PyTorch: `F.one_hot`.
 * @param x classes, int64 or int32, from 0 on
 * @throws IndexError for classes below 0 or beyond numClasses (at the next read, where the backend can't see it at once)
 * @example
 * ```ts
 * import { tensor, oneHot } from '@nn/tensor';
 * const classes = tensor([0, 2], { dtype: 'int64' });
 * console.log(await oneHot(classes, { numClasses: 3 }).toArray()); // prints: [ [ 1, 0, 0 ], [ 0, 0, 1 ] ]
 * ```
 */
export function oneHot(x: Tensor, options: OneHotOptions = {}): Tensor<Shape, 'int64'> {
  const numClasses = check(x, options);
  return encoded(x, numClasses === -1 ? countIn(readSync(x, 'oneHot')) : numClasses) as never;
}

/** `oneHot` that may find the number of classes on any backend. */
export async function oneHotAsync(x: Tensor, options: OneHotOptions = {}): Promise<Tensor<Shape, 'int64'>> {
  const numClasses = check(x, options);
  return encoded(x, numClasses === -1 ? countIn(await read(x)) : numClasses) as never;
}
