/** The laws of random floats as a device draws them: the values of a draw as an expression of the element's number, the same bits as the host's (`distributions.ts` of @nn/tensor). */
import { type DType, dtypes } from './dtype.ts';
import { add, cast, div, lessEqual, mul, select, shiftRight } from './scalar/core.ts';
import { randomBits, randomBits2, uniform, uniformDouble } from './scalar/derived/random.ts';
import { standardExponential, standardNormal } from './scalar/derived/random-laws.ts';
import { constant, coordinate, type Expression, scalar } from './scalar/expression.ts';

/**
 * Uniform in [0, 1); uniform from parameter 0 on, parameter 1 wide, up to but without parameter 2; standard normal; normal of a mean and a standard deviation; exponential of
 * a rate.
 */
export type LawName = 'unit' | 'between' | 'standard' | 'around' | 'exponential';

/** By law: a value of the dtype, over key, key and call (run-time numbers 0 to 2, u32), the parameters (3 …, float64) and the coordinate; null where the device can't say it. */
export type DeviceLaws = { readonly [N in LawName]?: (dtype: DType) => Expression | null };

/** Key, key, call and number of an element, as the rows of random numbers take them. */
const place = (): [Expression, Expression, Expression, Expression] => [
  scalar(0, 'u32'),
  scalar(1, 'u32'),
  scalar(2, 'u32'),
  cast(coordinate, 'u32'),
];

const parameter = (k: number): Expression => scalar(3 + k, 'f64');

/** A double as it is kept in a dtype's own precision, but float16's in float32, which is what the host computes with. */
const kept = (x: Expression, dtype: DType): Expression => cast(cast(x, dtypes[dtype].scalar), 'f64');

function unit(dtype: DType): Expression {
  const bits = randomBits(...place());
  if (dtype === 'float64') return uniformDouble(bits, randomBits2(...place()));
  if (dtype === 'float32') return uniform(bits);
  return mul(cast(shiftRight(bits, constant(21, 'u32')), 'f32'), constant(2 ** -11, 'f32'));
}

function between(dtype: DType): Expression | null {
  // Of halves the host alone knows how to round once.
  if (dtype === 'float16') return null;
  const x = kept(add(parameter(0), mul(cast(unit(dtype), 'f64'), parameter(1))), dtype);
  return select(lessEqual(parameter(2), x), parameter(0), x);
}

const standard = (): Expression => standardNormal(...place());

const around = (dtype: DType): Expression => add(parameter(0), mul(kept(standard(), dtype), parameter(1)));

const exponential = (dtype: DType): Expression => div(kept(standardExponential(...place()), dtype), parameter(0));

/** For devices that compute in float64. */
export const wideLaws: DeviceLaws = { unit, between, standard, around, exponential };

/** For those that don't. */
export const narrowLaws: DeviceLaws = { unit };
