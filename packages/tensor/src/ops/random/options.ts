/** What random functions take, and how values made on the host become a tensor or the contents of one. */
import { type DataArray, type DType, DTypeError, dtypes, isFloat, OutOfMemoryError, ValueError } from '@nn/backend';
import { dispatchInto } from '../../core/in-place.ts';
import { sizeOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { checkDType, getDefaultDType } from '../../core/promotion.ts';
import { defaultGenerator, type Generator } from '../../random/generator.ts';
import type { Floats, Laws } from '../../random/laws.ts';
import type { Draw } from '../../random/threefry.ts';
import type { Tensor } from '../../tensor.ts';
import { fromFlat } from '../creation/from-data.ts';
import { checkSizes, type TensorOptions, track } from '../creation/options.ts';
import { element, single } from '../elementwise/build.ts';

export interface GeneratorOptions {
  /** Where the numbers come from; the default generator. */
  readonly generator?: Generator | undefined;
}

export interface RandomOptions<D extends DType = DType> extends TensorOptions<D>, GeneratorOptions {}

/** The numbers of one call. */
export function drawOf(op: string, options: GeneratorOptions = {}): Draw {
  const generator = checkNamed(op, options).generator ?? defaultGenerator;
  if (typeof generator.next !== 'function')
    throw new ValueError(op, `got ${String(generator)} for a generator; pass a new Generator(seed)`);
  return generator.next();
}

/** Room for values on the host. */
export function hostArray(op: string, dtype: DType, count: number): DataArray {
  try {
    return new dtypes[dtype].array(count);
  } catch {
    throw new OutOfMemoryError(op, `${count} elements of ${dtype} don't fit in memory`);
  }
}

/** Fills values of a dtype in place from one draw. */
export type Fill = (values: Floats, draw: Draw, dtype: DType) => void;

/** A fill, or what the generator's own law makes instead. */
export const lawful =
  (own: Fill, law: (laws: Laws, values: Floats, dtype: DType) => void): Fill =>
  (values, draw, dtype) =>
    draw.laws ? law(draw.laws, values, dtype) : own(values, draw, dtype);

function checkFloat(op: string, dtype: DType): void {
  checkDType(op, dtype);
  if (!isFloat(dtype))
    throw new DTypeError(
      op,
      `makes fractions, which ${dtype} can't hold; use float32 or float64, or randint for whole numbers`,
    );
}

/** A new tensor of random floats. */
export function floats(op: string, shape: readonly number[], options: RandomOptions | undefined, fill: Fill): Tensor {
  checkSizes(op, shape);
  const dtype = options?.dtype ?? getDefaultDType();
  checkFloat(op, dtype);
  const values = hostArray(op, dtype, sizeOf(shape)) as Floats;
  fill(values, drawOf(op, options), dtype);
  return track(fromFlat(values, shape, dtype, options?.backend), options);
}

const writes = new Map<string, Op<'map'>>();

/** Overwrites x with values of its dtype's array type. */
export function overwrite(op: string, x: Tensor, values: DataArray): Tensor {
  let write = writes.get(op);
  if (write === undefined) {
    write = new Op('map', op, { inPlace: true, build: ([, source]) => single(source!.dtype, element(source!, 1)) });
    writes.set(op, write);
  }
  const source = fromFlat(values, x.layout.shape, x.dtype, x.backend);
  dispatchInto(write, [x, source]);
  source.dispose();
  return x;
}

/** Overwrites x with random floats. */
export function overwriteWith(op: string, x: Tensor, options: GeneratorOptions | undefined, fill: Fill): Tensor {
  checkFloat(op, x.dtype);
  const values = hostArray(op, x.dtype, x.layout.size) as Floats;
  fill(values, drawOf(op, options), x.dtype);
  return overwrite(op, x, values);
}
