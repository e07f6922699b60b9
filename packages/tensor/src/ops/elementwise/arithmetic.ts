/** The four operations and their kin. */
import { add as plus, cast, castTo, type Expression, mul as times, scalar, sub as less } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import type { Layout } from '../../core/layout.ts';
import { type MapBuild, Op } from '../../core/op.ts';
import { isNumeric, type Numeric, resultType } from '../../core/promotion.ts';
import { dtypes } from '@nn/backend';
import type { Tensor } from '../../tensor.ts';
import { binary, binaryInPlace, element, single, unary, unaryInPlace } from './build.ts';

export interface AlphaOptions {
  /** Multiplies the second operand; 1. */
  readonly alpha?: number | undefined;
}

const scaled = (sign: (x: Expression, y: Expression) => Expression) => ([x, y]: readonly Layout[]): MapBuild => {
  const dtype = resultType([x!, y!]);
  const type = dtypes[dtype].scalar === 'bool' ? 'i32' : dtypes[dtype].scalar;
  const value = sign(cast(element(x!, 0), type), times(scalar(0, type), cast(element(y!, 1), type)));
  return single(dtype, castTo(value, dtype), 1);
};

const addOf = binary('add');
const addScaled = new Op('map', 'add', { inPlace: false, build: scaled(plus) });
const addScaledInto = new Op('map', 'add_', { inPlace: true, build: scaled(plus) });
const subOf = binary('sub');
const subScaled = new Op('map', 'sub', { inPlace: false, build: scaled(less) });
const subScaledInto = new Op('map', 'sub_', { inPlace: true, build: scaled(less) });
const addInto = binaryInPlace('add');
const subInto = binaryInPlace('sub');

const hasAlpha = (options: AlphaOptions | undefined): options is { readonly alpha: number } =>
  options?.alpha !== undefined && options.alpha !== 1;

/** x + alpha · y; PyTorch: `torch.add`. */
export function add(x: Tensor | Numeric, y: Tensor | Numeric, options?: AlphaOptions): Tensor {
  if (!hasAlpha(options)) return addOf(x, y);
  if (isNumeric(x) || isNumeric(y)) return addOf(x, isNumeric(y) ? Number(y) * options.alpha : mul(y, options.alpha));
  return dispatch(addScaled, x, y, null, [options.alpha]);
}

/** x − alpha · y; PyTorch: `torch.sub`. */
export function sub(x: Tensor | Numeric, y: Tensor | Numeric, options?: AlphaOptions): Tensor {
  if (!hasAlpha(options)) return subOf(x, y);
  if (isNumeric(x) || isNumeric(y)) return subOf(x, isNumeric(y) ? Number(y) * options.alpha : mul(y, options.alpha));
  return dispatch(subScaled, x, y, null, [options.alpha]);
}

export const mul: (x: Tensor | Numeric, y: Tensor | Numeric) => Tensor = binary('mul');
/** True division: integers give floats; PyTorch: `torch.div`. */
export const div: (x: Tensor | Numeric, y: Tensor | Numeric) => Tensor = binary('div', 'float');
export const neg: (x: Tensor) => Tensor = unary('neg');

/** x += alpha · y, in place. */
export const add_ = (x: Tensor, y: Tensor | Numeric, options?: AlphaOptions): Tensor =>
  hasAlpha(options) && !isNumeric(y) ? dispatchInto(addScaledInto, [x, y], [options.alpha]) : addInto(x, hasAlpha(options) ? Number(y) * options.alpha : y);

/** x −= alpha · y, in place. */
export const sub_ = (x: Tensor, y: Tensor | Numeric, options?: AlphaOptions): Tensor =>
  hasAlpha(options) && !isNumeric(y) ? dispatchInto(subScaledInto, [x, y], [options.alpha]) : subInto(x, hasAlpha(options) ? Number(y) * options.alpha : y);

export const mul_: (x: Tensor, y: Tensor | Numeric) => Tensor = binaryInPlace('mul');
export const div_: (x: Tensor, y: Tensor | Numeric) => Tensor = binaryInPlace('div', 'float');
export const neg_: (x: Tensor) => Tensor = unaryInPlace('neg');
