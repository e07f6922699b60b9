/** Evenly spaced values, computed on the device from their place. */
import {
  add,
  cast,
  castTo,
  coordinate,
  type DType,
  dtypes,
  type Expression,
  isFloat,
  less,
  mul,
  pow,
  scalar,
  select,
  sub,
  ValueError,
} from '@nn/backend';
import { dispatchCreate } from '../../core/dispatch.ts';
import { layoutOf } from '../../core/layout.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import { getDefaultDType, Scalar } from '../../core/promotion.ts';
import type { Tensor } from '../../tensor.ts';
import type { RangeDType, RangeLength } from '../../types/index.ts';
import { single } from '../elementwise/build.ts';
import { plainNumber } from '../elementwise/operand.ts';
import { convert } from './from-data.ts';
import { deviceFor, type TensorOptions, track } from './options.ts';

const numberOf = (x: number | Scalar): number => (typeof x === 'number' ? x : x.value);
const isWhole = (x: number | Scalar): boolean => (typeof x === 'number' ? Number.isInteger(x) : x.category !== 'float');

/** Type to compute a range of this dtype in; bools as integers. */
const computeType = (dtype: DType): 'f32' | 'f64' | 'i32' => {
  const { scalar: type } = dtypes[dtype];
  return type === 'f32' || type === 'f64' ? type : 'i32';
};

/** start + i · step. */
const rangeOp = new Op('map', 'arange', {
  inPlace: false,
  build: ([layout]): MapBuild => {
    const type = computeType(layout!.dtype);
    const value = add(scalar(0, type), mul(cast(coordinate, type), scalar(1, type)));
    return single(layout!.dtype, castTo(value, layout!.dtype), 2);
  },
});

/** How many values there are; what can't be counted is refused. */
function lengthOf(start: number, end: number, step: number): number {
  const text = `from ${start} to ${end} in steps of ${step}`;
  if (step === 0) throw new ValueError('arange', `${text}: the step can't be 0`);
  const steps = (end - start) / step;
  if (!Number.isFinite(steps)) throw new ValueError('arange', `${text}: all three must be finite`);
  if (steps < 0) throw new ValueError('arange', `${text}: the step leads away from the end; give it the other sign`);
  return Math.ceil(steps);
}

/** A number, which may say of itself that it is a float. */
type Bound = number | Scalar;
type Plain<B> = B extends number ? B : number;

/** arange(end), arange(start, end), arange(start, end, step), each with options. */
export interface ArangeFunction {
  <E extends Bound, D extends DType = RangeDType<E>>(
    end: E,
    options?: TensorOptions<D>,
  ): Tensor<[RangeLength<0, Plain<E>, 1>], NoInfer<D>>;
  <S extends Bound, E extends Bound, P extends Bound = 1, D extends DType = RangeDType<S | E | P>>(
    start: S,
    end: E,
    options?: TensorOptions<D> & { readonly step?: P | undefined },
  ): Tensor<[RangeLength<Plain<S>, Plain<E>, Plain<P>>], NoInfer<D>>;
  <S extends Bound, E extends Bound, P extends Bound, D extends DType = RangeDType<S | E | P>>(
    start: S,
    end: E,
    step: P,
    options?: TensorOptions<D>,
  ): Tensor<[RangeLength<Plain<S>, Plain<E>, Plain<P>>], NoInfer<D>>;
}

type RangeOptions = TensorOptions & { readonly step?: Bound | undefined };

/**
 * The values from `start` (0) up to but without `end`, in steps of `step` (1). dtype: int64 if all three are whole, else float32; `float(2)` counts as a fraction.
 * A `ValueError` if the step is 0 or leads away from the end. PyTorch: `torch.arange`.
 * @example
 * ```ts
 * import { arange } from '@nn/tensor';
 * console.log(await arange(3).toArray(), await arange(5, 0, -2).toArray()); // prints: [ 0, 1, 2 ] [ 5, 3, 1 ]
 * ```
 */
export const arange: ArangeFunction = ((...given: readonly (Bound | RangeOptions | undefined)[]): Tensor => {
  const isBound = (x: unknown): x is Bound => typeof x === 'number' || x instanceof Scalar;
  const bounds = given.filter(isBound);
  const options = given.find((x) => x !== undefined && !isBound(x)) as RangeOptions | undefined;
  if (bounds.length === 0)
    throw new ValueError('arange', `got ${String(given[0])} where the end belongs; give a number`);
  const [start, end, step] =
    bounds.length === 1 ? [0, bounds[0]!, 1] : [bounds[0] ?? 0, bounds[1] ?? 0, bounds[2] ?? options?.step ?? 1];
  const dtype = options?.dtype ?? ([start, end, step].every(isWhole) ? 'int64' : getDefaultDType());
  let [from, to, by] = [start, end, step].map(numberOf) as [number, number, number];
  // As in PyTorch, int64 cuts fractions off before it counts, other integers after.
  if (dtype === 'int64') [from, to, by] = [Math.trunc(from), Math.trunc(to), Math.trunc(by)];
  else if (!isFloat(dtype)) by = Math.trunc(by) && by;
  const length = lengthOf(from, to, by);
  const last = from + (length - 1) * by;
  if (length > 0) for (const value of [from, last]) convert(value, dtype);
  const layout = layoutOf(deviceFor('arange', options), dtype, [length]);
  return track(dispatchCreate(rangeOp, layout, [from, by]), options);
}) as never;

/** The first half of the values counts from the start, the second from the end, so that both ends are exact. Scalars: start, end, step, last place, half. */
function spaced(type: 'f32' | 'f64'): Expression {
  const [start, end, step] = [0, 1, 2].map((k) => scalar(k, type)) as [Expression, Expression, Expression];
  const fromEnd = sub(end, mul(step, cast(sub(scalar(3, 'i32'), coordinate), type)));
  return select(less(coordinate, scalar(4, 'i32')), add(start, mul(step, cast(coordinate, type))), fromEnd);
}

const floatOf = (dtype: DType): 'f32' | 'f64' => (dtype === 'float64' ? 'f64' : 'f32');

const linspaceOp = new Op('map', 'linspace', {
  inPlace: false,
  build: ([layout]): MapBuild => single(layout!.dtype, castTo(spaced(floatOf(layout!.dtype)), layout!.dtype), 5),
});

const logspaceOp = new Op('map', 'logspace', {
  inPlace: false,
  build: ([layout]): MapBuild => {
    const type = floatOf(layout!.dtype);
    return single(layout!.dtype, castTo(pow(scalar(5, type), spaced(type)), layout!.dtype), 6);
  },
});

function space(
  op: Op<'map'>,
  start: Bound,
  end: Bound,
  steps: number,
  options: TensorOptions | undefined,
  more: readonly number[],
): Tensor {
  if (!Number.isInteger(steps) || steps < 0)
    throw new ValueError(op.name, `steps is ${steps}; it must be a whole number ≥ 0`);
  const dtype = options?.dtype ?? getDefaultDType();
  const layout = layoutOf(deviceFor(op.name, options), dtype, [steps]);
  // Ends are whole in integers.
  const [from, to] = [start, end].map((x) => convert(plainNumber(op.name, x), dtype)) as [number, number];
  const step = steps > 1 ? (to - from) / (steps - 1) : 0;
  // One value is the start.
  const half = steps === 1 ? 1 : Math.floor(steps / 2);
  return track(dispatchCreate(op, layout, [from, to, step, steps - 1, half, ...more]), options);
}

/**
 * `steps` values from `start` to `end`, both included, evenly spaced; float32 unless told otherwise. PyTorch: `torch.linspace`.
 * @example
 * ```ts
 * import { linspace } from '@nn/tensor';
 * console.log(await linspace(0, 1, 5).toArray()); // prints: [ 0, 0.25, 0.5, 0.75, 1 ]
 * ```
 */
export const linspace = <N extends number, D extends DType = 'float32'>(
  start: Bound,
  end: Bound,
  steps: N,
  options?: TensorOptions<D>,
): Tensor<[N], NoInfer<D>> => space(linspaceOp, start, end, steps, options, []) as never;

/** `base` (10) to the powers of `linspace`. PyTorch: `torch.logspace`. */
export const logspace = <N extends number, D extends DType = 'float32'>(
  start: Bound,
  end: Bound,
  steps: N,
  options?: TensorOptions<D> & { readonly base?: number | undefined },
): Tensor<[N], NoInfer<D>> => space(logspaceOp, start, end, steps, options, [options?.base ?? 10]) as never;
