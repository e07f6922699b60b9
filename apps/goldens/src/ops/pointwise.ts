/** Elementwise functions of PyTorch and the calls of our library that they are. */

import type { OpRow, OpTable } from '../run/call.ts';
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

/** `2 / x` asks x for it. */
function swapped(name: string): OpRow {
  return (call) => {
    const named = call.named(['self', 'other']);
    return callFunction(name, [named.operand('other'), named.tensor('self')]);
  };
}

const DTYPE_METHODS = ['half', 'float', 'double', 'int', 'long', 'byte', 'bool'];

/** With the condition alone it finds places, whose number is read; the asynchronous form of that is called by its own name. */
function callWhere(call: CallArguments): unknown {
  const condition = call.tensor('condition');
  if (call.has('input')) return callFunction('where', [condition, call.operand('input'), call.operand('other')]);
  return needsWaiting() ? callFunction('nonzero', [condition, { asTuple: true }]) : callFunction('where', [condition]);
}

function rows(names: readonly string[], parameters: string): OpTable {
  return Object.fromEntries(names.map((name) => [`torch.${name}`, `${toCamelCase(name)}(${parameters})`]));
}

export const pointwise: OpTable = {
  ...rows(UNARY, 'input'),
  ...rows(BINARY, 'input:scalar, other:scalar'),
  'torch.add': 'add(input:scalar, other:scalar, { alpha })',
  'torch.sub': 'sub(input:scalar, other:scalar, { alpha })',
  'torch.rsub': 'rsub(input, other:scalar, { alpha })',
  'torch.div': 'div(input:scalar, other:scalar, { rounding_mode })',
  'torch.pow': 'pow(input:scalar, exponent:scalar)',
  'torch.clamp': 'clamp(input, { min:scalar, max:scalar })',
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
  'torch.pdist': 'pdist(input, { p })',
  'torch.bernoulli': 'bernoulli(input)',
  'torch.multinomial': 'multinomial(input, num_samples, { replacement })',
  'torch.fill': 'fill(input, value:scalar)',
  'torch.Tensor.__rtruediv__': swapped('div'),
  'torch.Tensor.__rfloordiv__': swapped('floorDivide'),
  'torch.Tensor.__rpow__': swapped('pow'),
  'torch.Tensor.copy_': 'copy_(src)',
  'torch.Tensor.to': 'to(dtype)',
  'torch.Tensor.where': 'where(condition, other:scalar)',
  'torch.Tensor.detach': 'detach()',
  ...Object.fromEntries(DTYPE_METHODS.map((name) => [`torch.Tensor.${name}`, `${name}()`])),
  'torch.Tensor.type_as': 'typeAs(other)',
};
