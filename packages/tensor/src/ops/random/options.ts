/** What random functions take, and how random values become a tensor or the contents of one. */
import {
  type DataArray,
  type DType,
  DTypeError,
  dtypes,
  isFloat,
  type LawName,
  OutOfMemoryError,
  ValueError,
} from '@nn/backend';
import { fresh } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { layoutOf, sizeOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { checkDType, getDefaultDType } from '../../core/promotion.ts';
import { defaultGenerator, type Generator } from '../../random/generator.ts';
import type { Floats, Laws } from '../../random/laws.ts';
import type { Draw } from '../../random/threefry.ts';
import type { Tensor } from '../../tensor.ts';
import { fromFlat } from '../creation/from-data.ts';
import { checkSizes, deviceFor, type TensorOptions, track } from '../creation/options.ts';
import { element, single } from '../elementwise/build.ts';
import { drawInto, suits } from './device-laws.ts';

export interface GeneratorOptions {
  /** Where the numbers come from; the default generator. */
  readonly generator?: Generator | undefined;
}

export interface RandomOptions<D extends DType = DType> extends TensorOptions<D>, GeneratorOptions {}

function generatorOf(op: string, options: GeneratorOptions = {}): Generator {
  const generator = checkNamed(op, options).generator ?? defaultGenerator;
  if (typeof generator.next !== 'function')
    throw new ValueError(op, `got ${String(generator)} for a generator; pass a new Generator(seed)`);
  return generator;
}

/** The numbers of one call. */
export const drawOf = (op: string, options?: GeneratorOptions): Draw => generatorOf(op, options).next();

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

/** Values of a law: as the host makes them, and its name and parameters for a device that draws it. */
export interface Law {
  readonly fill: Fill;
  readonly name: LawName;
  readonly parameters: readonly number[];
}

/** A law as the generator has it if it has laws of its own, else as everybody does. */
export const lawful = (
  name: LawName,
  law: (laws: Laws, values: Floats, dtype: DType) => void,
  own: Fill,
  parameters: readonly number[] = [],
): Law => ({
  name,
  parameters,
  fill: (values, draw, dtype) => (draw.laws ? law(draw.laws, values, dtype) : own(values, draw, dtype)),
});

function checkFloat(op: string, dtype: DType): void {
  checkDType(op, dtype);
  if (!isFloat(dtype))
    throw new DTypeError(
      op,
      `makes fractions, which ${dtype} can't hold; use float32 or float64, or randint for whole numbers`,
    );
}

/** A new tensor of random floats. */
export function floats(op: string, shape: readonly number[], options: RandomOptions | undefined, law: Law): Tensor {
  checkSizes(op, shape);
  const dtype = options?.dtype ?? getDefaultDType();
  checkFloat(op, dtype);
  const device = deviceFor(op, options);
  const count = sizeOf(shape);
  const generator = generatorOf(op, options);
  if (suits(law.name, dtype, count, device.backend, generator)) {
    const made = fresh(layoutOf(device, dtype, shape), op);
    return track(drawInto(op, law.name, made, generator.next(), law.parameters), options);
  }
  const values = hostArray(op, dtype, count) as Floats;
  law.fill(values, generator.next(), dtype);
  return track(fromFlat(values, shape, dtype, device.backend), options);
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
export function overwriteWith(op: string, x: Tensor, options: GeneratorOptions | undefined, law: Law): Tensor {
  checkFloat(op, x.dtype);
  const generator = generatorOf(op, options);
  if (suits(law.name, x.dtype, x.layout.size, x.backend, generator))
    return drawInto(op, law.name, x, generator.next(), law.parameters);
  const values = hostArray(op, x.dtype, x.layout.size) as Floats;
  law.fill(values, generator.next(), x.dtype);
  return overwrite(op, x, values);
}
