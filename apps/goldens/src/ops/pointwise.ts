/** Elementwise functions of PyTorch and the calls of our library that they are. */

import type { OpTable } from '../run/call.ts';
import type { CallArguments } from '../run/call-arguments.ts';
import { callFunction, needsWaiting } from '../run/library.ts';
import { toCamelCase } from '../run/signature.ts';

const UNARY = [
  ...['abs', 'neg', 'exp', 'exp2', 'expm1', 'log', 'log1p', 'log2', 'log10', 'sqrt', 'rsqrt', 'square', 'reciprocal'],
  ...['sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'tanh', 'asinh', 'acosh', 'atanh', 'sinc'],
  ...['sigmoid', 'relu', 'selu', 'erf', 'erfc', 'erfinv', 'lgamma', 'digamma', 'sign', 'signbit', 'floor', 'ceil'],
  ...['trunc', 'frac', 'isnan', 'isinf', 'isfinite', 'isposinf', 'isneginf', 'logical_not', 'bitwise_not', 'positive'],
  ...['zero', 'deg2rad', 'rad2deg'],
];

const BINARY = [
  ...['mul', 'maximum', 'minimum', 'fmax', 'fmin', 'atan2', 'hypot', 'logaddexp', 'logaddexp2', 'copysign'],
  ...['remainder', 'fmod', 'floor_divide', 'xlogy', 'eq', 'ne', 'lt', 'le', 'gt', 'ge', 'logical_and', 'logical_or'],
  ...['logical_xor', 'bitwise_and', 'bitwise_or', 'bitwise_xor', 'bitwise_left_shift', 'bitwise_right_shift'],
];

/** With the condition alone it finds places, whose number is read; the asynchronous form of that is called by its own name. */
function callWhere(call: CallArguments): unknown {
  const condition = call.tensor('condition');
  if (call.has('input')) return callFunction('where', [condition, call.operand('input'), call.operand('other')]);
  return needsWaiting() ? callFunction('nonzero', [condition, { asTuple: true }]) : callFunction('where', [condition]);
}

function rows(names: readonly string[], parameters: string): OpTable {
  return Object.fromEntries(names.map((name) => [`torch.${name}`, `${toCamelCase(name)}(${parameters})`]));
}

/** Other names of PyTorch for the same function. */
const ALIASES: OpTable = Object.fromEntries([
  ...['cos', 'sin', 'tan', 'cosh', 'sinh', 'tanh'].map((name) => [`torch.arc${name}`, `a${name}(input)`]),
  ...Object.entries({ absolute: 'abs', negative: 'neg', fix: 'trunc' }).map(([alias, name]) => [
    `torch.${alias}`,
    `${name}(input)`,
  ]),
  ...Object.entries({
    ...{ multiply: 'mul', greater: 'gt', greater_equal: 'ge', less: 'lt', less_equal: 'le', not_equal: 'ne' },
    ...{ arctan2: 'atan2', true_divide: 'div' },
  }).map(([alias, name]) => [`torch.${alias}`, `${name}(input:scalar, other:scalar)`]),
]);

export const pointwise: OpTable = {
  ...ALIASES,
  ...rows(UNARY, 'input'),
  ...rows(BINARY, 'input:scalar, other:scalar'),
  'torch.add': 'add(input:scalar, other:scalar, { alpha })',
  'torch.sub': 'sub(input:scalar, other:scalar, { alpha })',
  'torch.subtract': 'sub(input:scalar, other:scalar, { alpha })',
  'torch.rsub': 'rsub(input, other:scalar, { alpha })',
  'torch.div': 'div(input:scalar, other:scalar, { rounding_mode })',
  'torch.divide': 'div(input:scalar, other:scalar, { rounding_mode })',
  'torch.pow': 'pow(input:scalar, exponent:scalar)',
  'torch.clamp': 'clamp(input, { min:scalar, max:scalar })',
  'torch.clip': 'clamp(input, { min:scalar, max:scalar })',
  'torch.clamp_min': 'clampMin(input, min:scalar)',
  'torch.clamp_max': 'clampMax(input, max:scalar)',
  'torch.round': 'round(input, { decimals })',
  'torch.logit': 'logit(input, { eps })',
  'torch.nan_to_num': 'nanToNum(input, { nan, posinf, neginf })',
  'torch.lerp': 'lerp(input, end, weight:scalar)',
  'torch.addcmul': 'addcmul(input, tensor1, tensor2, { value:scalar })',
  'torch.addcdiv': 'addcdiv(input, tensor1, tensor2, { value:scalar })',
  'torch.heaviside': 'heaviside(input, values)',
  'torch.where': callWhere,
  'torch.masked_fill': 'maskedFill(input, mask, value:scalar)',
  'torch.isclose': 'isclose(input, other, { rtol, atol, equal_nan })',
  'torch.allclose': 'allclose(input, other, { rtol, atol, equal_nan })',
  'torch.equal': 'equal(input, other)',
  'torch.dist': 'dist(input, other, { p })',
  'torch.cdist': 'cdist(x1, x2, { p })',
  'torch.fill': 'fill(input, value:scalar)',
  'torch.Tensor.copy_': 'copy_(src)',
  'torch.Tensor.to': 'to(dtype)',
  'torch.Tensor.type_as': 'typeAs(other)',
};
