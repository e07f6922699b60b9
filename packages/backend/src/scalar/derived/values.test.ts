/** Every derived row against a formula in float64 that doesn't come from it, over its domain, in both float types. */
import { describe, expect, it } from 'vitest';
import { applied, evaluate, type Float, points } from '../../../test/evaluate.ts';
import { specialValues } from '../../../test/special-values.ts';
import { accepts, type Row } from '../row.ts';
import { rows } from '../rows.ts';
import './index.ts';

type Reference = (...x: number[]) => number;

const { abs, acos, acosh, asin, asinh, atan, atanh, cosh, exp, expm1, floor, fround, hypot, log, log1p, max, min } =
  Math;
const { sign, sin, sinh, sqrt, tan, tanh, trunc } = Math;

const sigmoid = (x: number): number => 1 / (1 + exp(-x));
const softened = (x: number): number => max(x, 0) + log1p(exp(-abs(x)));
const clamp = (x: number, lo: number, hi: number): number => min(max(x, lo), hi);
const elu = (x: number, alpha: number): number => (x > 0 ? x : alpha * expm1(x));
const logit = (x: number): number => (x < 0.25 ? log(x / (1 - x)) : 2 * atanh(2 * x - 1));
const close = (x: number, y: number, rtol: number, atol: number): number => Number(abs(x - y) <= atol + rtol * abs(y));

/** (x cosh x - sinh x)/cosh x, by the numerator's series where it would cancel. */
function tanhshrink(x: number): number {
  if (abs(x) > 1) return x - tanh(x);
  let sum = 0;
  for (let k = 1, term = x; k < 12; k++) {
    term *= (x * x) / (2 * k * (2 * k + 1));
    sum += 2 * k * term;
  }
  return sum / cosh(x);
}

const references: Readonly<Record<string, Reference>> = {
  square: (x) => x * x,
  reciprocal: (x) => 1 / x,
  inverseSquare: (x) => 1 / (x * x),
  rsqrt: (x) => 1 / sqrt(x),
  normSqrt: sqrt,
  normRoot: (x, p) => x ** (1 / p),
  hypot,
  exp2: (x) => 2 ** x,
  expm1,
  log1p,
  log2: Math.log2,
  log10: Math.log10,
  xlogy: (x, y) => x * log(y),
  sigmoid,
  logit,
  logitEps: (x, eps) => logit(clamp(x, eps, 1 - eps)),
  logSigmoid: (x) => -softened(-x),
  softplus: (x, beta, limit) => (x * beta > limit ? x : softened(x * beta) / beta),
  binaryCrossEntropy: (x, t) => -(t * log(x) + (1 - t) * log1p(-x)),
  binaryCrossEntropyWithLogits: (x, t, p) => (1 - t) * softened(x) + p * t * softened(-x),
  logaddexp: (x, y) => max(x, y) + log1p(exp(-abs(x - y))),
  logaddexp2: (x, y) => max(x, y) + log1p(2 ** -abs(x - y)) / Math.LN2,
  tan,
  asin,
  acos,
  atan,
  atan2: Math.atan2,
  sinc: (x) => ((-1) ** Math.round(x) * sin(Math.PI * (x - Math.round(x)))) / (Math.PI * x),
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
  tanhshrink,
  frac: (x) => x - trunc(x),
  remainder: (x, y) => ((x % y) + y) % y,
  floorDivide: (x, y) => floor(x / y),
  truncDivide: (x, y) => trunc(x / y),
  sign,
  copysign: (x, y) => (y < 0 ? -abs(x) : abs(x)),
  heaviside: (x, values) => (x === 0 ? values : Number(x > 0)),
  isnan: () => 0,
  isinf: () => 0,
  isfinite: () => 1,
  isposinf: () => 0,
  isneginf: () => 0,
  signbit: (x) => Number(x < 0),
  nanToNum: (x) => x,
  isclose: close,
  iscloseEqualNan: close,
  clamp,
  clampMin: max,
  clampMax: min,
  fmax: max,
  fmin: min,
  lerp: (x, end, weight) => (1 - weight) * x + weight * end,
  relu: (x) => max(x, 0),
  relu6: (x) => clamp(x, 0, 6),
  leakyRelu: (x, slope) => (x > 0 ? x : slope * x),
  threshold: (x, limit, value) => (x > limit ? x : value),
  hardtanh: clamp,
  hardsigmoid: (x) => clamp(x + 3, 0, 6) / 6,
  hardswish: (x) => (x * clamp(x + 3, 0, 6)) / 6,
  hardshrink: (x, lambda) => (abs(x) > lambda ? x : 0),
  softshrink: (x, lambda) => sign(x) * max(abs(x) - lambda, 0),
  elu,
  celu: (x, alpha) => (x > 0 ? x : alpha * expm1(x / alpha)),
  selu: (x) => 1.0507009873554805 * elu(x, 1.6732632423543772),
  silu: (x) => x * sigmoid(x),
  mish: (x) => x * tanh(softened(x)),
  geluTanh: (x) => x * sigmoid(2 * sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)),
  softsign: (x) => x / (1 + abs(x)),
};

/** Checked at points of a table (gelu through ndtr), and in `random.test.ts`. */
const elsewhere = new Set([
  ...Object.keys(specialValues),
  ...['gelu', 'randomBits', 'randomBits2', 'elementBits', 'uniform', 'uniformDouble', 'dropoutMask'],
]);

/** Units in the last place that a row may lose; more where a difference or an exponent magnifies the rounding of arguments. */
const allowance: Readonly<Record<string, number>> = { tanhshrink: 10, softplus: 20, geluTanh: 200, default: 5 };
const specialAllowance: Readonly<Record<string, number>> = { lgamma: 20, default: 8 };

/** Of the larger size of arguments and results, where the result is a difference of them. */
const relativeToArguments = new Set([
  'lerp',
  'remainder',
  'frac',
  'softshrink',
  'logaddexp',
  'logaddexp2',
  'mish',
  'digamma',
]);

const epsilon = { f32: 2 ** -23, f64: 2 ** -52 };

function expectValues(row: Row, type: Float, x: readonly number[][], wanted: readonly number[], ulps: number): void {
  const actual = evaluate(applied(row.name, type), x);
  wanted.forEach((value, i) => {
    const size = relativeToArguments.has(row.name)
      ? max(abs(value), 1, ...x.map((column) => abs(column[i]!)))
      : abs(value);
    const error = abs(actual[i]! - value) / (size * epsilon[type] || 1);
    const at = x.map((column) => column[i]).join(', ');
    if (!(error <= ulps)) expect.fail(`${row.name}(${at}) = ${actual[i]} instead of ${value}: ${error} ulp`);
  });
}

const derived = [...rows()].filter((row) => row.meaning !== undefined);

describe.each(['f32', 'f64'] as const)('values in %s', (type) => {
  it.each(derived.filter((row) => accepts(row, type)))('$name', (row) => {
    if (elsewhere.has(row.name)) return expect(references).not.toHaveProperty(row.name);
    const reference = references[row.name];
    if (reference === undefined) return expect.fail(`no reference for ${row.name}`);
    const x = points(row, 500).map((column) => (type === 'f32' ? column.map(fround) : column));
    const wanted = x[0]!.map((_, i) => reference(...x.map((column) => column[i]!)));
    expectValues(row, type, x, wanted, allowance[row.name] ?? allowance['default']!);
  });

  it.each(derived.filter((row) => row.name in specialValues))('$name at tabulated points', (row) => {
    const table = specialValues[row.name]!.filter(([x, value]) => row.name !== 'lgamma' || x > 0 || abs(value) > 0.5);
    const wanted = table.map(([, value]) => value);
    const ulps = specialAllowance[row.name] ?? specialAllowance['default']!;
    expectValues(row, type, [table.map(([x]) => x)], wanted, ulps);
  });

  it('gelu at tabulated points', () => {
    const table = specialValues['ndtr']!;
    const x = table.map(([at]) => at);
    const actual = evaluate(applied('gelu', type), [x]);
    table.forEach(([at, value], i) => {
      expect(abs(actual[i]! - at * value), `gelu(${at})`).toBeLessThanOrEqual(8 * epsilon[type] * abs(at * value));
    });
  });
});

it('every row names a domain for each argument', () => {
  for (const row of rows()) expect(row.domain, row.name).toHaveLength(row.arity);
});

/** The same rows on integers, by hand. */
const integers: readonly [name: string, args: readonly number[], value: number][] = [
  ['square', [-3], 9],
  ['sign', [-7], -1],
  ['sign', [0], 0],
  ['signbit', [-7], 1],
  ['heaviside', [0, 5], 5],
  ['heaviside', [3, 5], 1],
  ['clamp', [9, -2, 4], 4],
  ['clamp', [-9, -2, 4], -2],
  ['clampMin', [1, 2], 2],
  ['clampMax', [1, 2], 1],
  ['fmax', [1, 2], 2],
  ['fmin', [1, 2], 1],
  ['relu', [-4], 0],
  ['relu6', [8], 6],
  ['threshold', [1, 1, 20], 20],
  ['hardtanh', [5, -1, 1], 1],
  ['remainder', [-7, 3], 2],
  ['remainder', [7, -3], -2],
  ['remainder', [-6, 3], 0],
  ['remainder', [7, 0], 0],
  ['floorDivide', [-7, 3], -3],
  ['floorDivide', [7, -3], -3],
  ['floorDivide', [6, 3], 2],
  ['floorDivide', [7, 0], 0],
  ['truncDivide', [-7, 3], -2],
  ['isnan', [3], 0],
  ['isinf', [3], 0],
  ['isfinite', [3], 1],
  ['isposinf', [3], 0],
  ['isneginf', [3], 0],
];

it.each(integers)('%s of integers %j is %i', (name, args, value) => {
  expect(
    evaluate(
      applied(name, 'i32'),
      args.map((x) => [x]),
    ),
  ).toEqual([value]);
});
