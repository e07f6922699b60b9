/** PyTorch's own elementwise results and gradients (apps/goldens/data), expression by expression: no tensors involved. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as scalar from '../src/index.ts';
import { constant, type Expression, input } from '../src/index.ts';
import { derivative, evaluate } from './evaluate.ts';

interface Data {
  readonly name: string;
  readonly dtype?: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string | boolean)[];
  readonly requires_grad?: boolean;
}

interface Case {
  readonly id: string;
  readonly op: string;
  readonly inputs: readonly Data[];
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly outputs: readonly Data[];
  readonly grad_output?: readonly (Data | null)[];
  readonly grads?: Readonly<Record<string, Data | null>>;
  readonly double_backward?: {
    readonly v: Readonly<Record<string, Data>>;
    readonly grads: Readonly<Record<string, Data | null>>;
    readonly grad_grad_output: readonly (Data | null)[];
  };
  readonly tolerance: { readonly rtol: number; readonly atol: number };
}

type Build = (x: readonly Expression[], number: (name: string, otherwise?: number) => Expression) => Expression;

const unary =
  (f: (x: Expression) => Expression): Build =>
  ([x]) =>
    f(x!);
const binary =
  (f: (x: Expression, y: Expression) => Expression): Build =>
  ([x, y], number) =>
    f(x!, y ?? number('other'));

const s = scalar;
const highest = 3.4028234663852886e38;

/** Expression of each of PyTorch's functions over its tensor arguments. Bounds that are tensors come after x. */
const table: Readonly<Record<string, Build>> = {
  abs: unary(s.abs),
  neg: unary(s.neg),
  exp: unary(s.exp),
  exp2: unary(s.exp2),
  expm1: unary(s.expm1),
  log: unary(s.log),
  log1p: unary(s.log1p),
  log2: unary(s.log2),
  log10: unary(s.log10),
  sqrt: unary(s.sqrt),
  rsqrt: unary(s.rsqrt),
  sin: unary(s.sin),
  cos: unary(s.cos),
  tan: unary(s.tan),
  asin: unary(s.asin),
  acos: unary(s.acos),
  atan: unary(s.atan),
  sinh: unary(s.sinh),
  cosh: unary(s.cosh),
  tanh: unary(s.tanh),
  asinh: unary(s.asinh),
  acosh: unary(s.acosh),
  atanh: unary(s.atanh),
  sigmoid: unary(s.sigmoid),
  erf: unary(s.erf),
  erfc: unary(s.erfc),
  erfinv: unary(s.erfinv),
  sign: unary(s.sign),
  floor: unary(s.floor),
  ceil: unary(s.ceil),
  trunc: unary(s.trunc),
  frac: unary(s.frac),
  reciprocal: unary(s.reciprocal),
  square: unary(s.square),
  lgamma: unary(s.lgamma),
  digamma: unary(s.digamma),
  sinc: unary(s.sinc),
  isnan: unary(s.isnan),
  isinf: unary(s.isinf),
  isfinite: unary(s.isfinite),
  isposinf: unary(s.isposinf),
  isneginf: unary(s.isneginf),
  signbit: unary(s.signbit),
  relu: unary(s.relu),
  relu6: unary(s.relu6),
  selu: unary(s.selu),
  silu: unary(s.silu),
  mish: unary(s.mish),
  hardswish: unary(s.hardswish),
  hardsigmoid: unary(s.hardsigmoid),
  softsign: unary(s.softsign),
  tanhshrink: unary(s.tanhshrink),
  logsigmoid: unary(s.logSigmoid),
  logical_not: unary(s.logicalNot),
  logit: ([x], number) => (number('eps', -1).value < 0 ? s.logit(x!) : s.logitEps(x!, number('eps'))),
  leaky_relu: ([x], number) => s.leakyRelu(x!, number('negative_slope', 0.01)),
  rrelu: ([x]) => s.leakyRelu(x!, s.same((1 / 8 + 1 / 3) / 2, x!)),
  elu: ([x], number) => s.elu(x!, number('alpha', 1)),
  celu: ([x], number) => s.celu(x!, number('alpha', 1)),
  hardtanh: ([x], number) => s.hardtanh(x!, number('min_val', -1), number('max_val', 1)),
  softplus: ([x], number) => s.softplus(x!, number('beta', 1), number('threshold', 20)),
  hardshrink: ([x], number) => s.hardshrink(x!, number('lambd', 0.5)),
  softshrink: ([x], number) => s.softshrink(x!, number('lambd', 0.5)),
  threshold: ([x], number) => s.threshold(x!, number('threshold'), number('value')),
  clamp_min: ([x], number) => s.clampMin(x!, number('min')),
  clamp_max: ([x], number) => s.clampMax(x!, number('max')),
  nan_to_num: ([x], number) => s.nanToNum(x!, number('nan', 0), number('posinf', highest), number('neginf', -highest)),
  prelu: ([x, w]) => s.prelu(x!, w!),
  add: ([x, y], number) => s.add(x!, s.mul(y ?? number('other'), number('alpha', 1))),
  sub: ([x, y], number) => s.sub(x!, s.mul(y ?? number('other'), number('alpha', 1))),
  rsub: ([x], number) => s.sub(number('other'), x!),
  mul: binary(s.mul),
  maximum: binary(s.max),
  minimum: binary(s.min),
  fmax: binary(s.fmax),
  fmin: binary(s.fmin),
  atan2: binary(s.atan2),
  hypot: binary(s.hypot),
  logaddexp: binary(s.logaddexp),
  logaddexp2: binary(s.logaddexp2),
  copysign: binary(s.copysign),
  remainder: binary(s.remainder),
  fmod: binary(s.fmod),
  floor_divide: binary(s.floorDivide),
  xlogy: binary(s.xlogy),
  heaviside: binary(s.heaviside),
  eq: binary(s.equal),
  ne: binary(s.notEqual),
  lt: binary(s.less),
  le: binary(s.lessEqual),
  gt: binary(s.greater),
  ge: binary(s.greaterEqual),
  logical_and: binary(s.logicalAnd),
  logical_or: binary(s.logicalOr),
  logical_xor: binary(s.logicalXor),
  lerp: ([x, end, weight], number) => s.lerp(x!, end!, weight ?? number('weight')),
  addcmul: ([x, y, z], number) => s.add(x!, s.mul(number('value', 1), s.mul(y!, z!))),
  addcdiv: ([x, y, z], number) => s.add(x!, s.mul(number('value', 1), s.div(y!, z!))),
};

/** Functions whose expression depends on an option. */
const optional: Readonly<Record<string, (attrs: Case['attrs']) => Build | undefined>> = {
  gelu: ({ approximate }) => unary(approximate === 'tanh' ? s.geluTanh : s.gelu),
  round: ({ decimals }) => (decimals === undefined ? unary(s.round) : undefined),
  div: ({ rounding_mode }) =>
    binary(rounding_mode === 'floor' ? s.floorDivide : rounding_mode === 'trunc' ? s.truncDivide : s.div),
  clamp: ({ min, max }) => {
    if (min !== undefined && max === undefined) return ([x], number) => s.clampMin(x!, number('min'));
    if (max !== undefined && min === undefined) return ([x], number) => s.clampMax(x!, number('max'));
    return ([x, lo, hi], number) => s.clamp(x!, lo ?? number('min'), hi ?? number('max'));
  },
  // PyTorch takes the root for the exponent 1/2, which differs from the power at -0 and -inf.
  pow: ({ self, exponent }) => {
    if (self !== undefined) return ([y], number) => s.pow(number('self'), y!);
    return exponent === 0.5 ? unary(s.sqrt) : ([x, y], number) => s.pow(x!, y ?? number('exponent'));
  },
  isclose:
    ({ equal_nan }) =>
    ([x, y], number) =>
      (equal_nan === true ? s.iscloseEqualNan : s.isclose)(x!, y!, number('rtol', 1e-5), number('atol', 1e-8)),
};

/** Elementwise with three arguments; with one it lists positions. */
const where: Build = ([condition, x, y]) => s.select(condition!, x!, y!);

const types: Readonly<Record<string, Expression['type']>> = {
  float32: 'f32',
  int64: 'i32',
  int32: 'i32',
  bool: 'bool',
};

/** A weight of prelu belongs to dimension 1. */
const aligned = (entry: Case, tensor: Data): Data =>
  entry.op.endsWith('prelu') && tensor.name === 'weight'
    ? { ...tensor, shape: [...tensor.shape, ...entry.outputs[0]!.shape.slice(2).map(() => 1)] }
    : tensor;

const read = (tensor: Data): number[] =>
  tensor.data.map((value) => (typeof value === 'string' ? Number(value) : Number(value)));

/** Elements of a tensor spread over a shape, row-major. */
function spread(tensor: Data, shape: readonly number[]): number[] {
  const values = read(tensor);
  const lead = shape.length - tensor.shape.length;
  const count = shape.reduce((product, size) => product * size, 1);
  return Array.from({ length: count }, (_, flat) => {
    let address = 0;
    let stride = 1;
    for (let d = shape.length - 1, rest = flat; d >= 0; rest = Math.floor(rest / shape[d]!), d--) {
      const size = tensor.shape[d - lead] ?? 1;
      if (size > 1) address += (rest % shape[d]!) * stride;
      stride *= size;
    }
    return values[address]!;
  });
}

/** Sums elements of a shape back to those that were spread over it. */
function gathered(values: readonly number[], tensor: Data, shape: readonly number[]): number[] {
  const positions = spread({ ...tensor, data: read(tensor).map((_, i) => i) }, shape);
  const sums = read(tensor).map(() => 0);
  values.forEach((value, i) => {
    sums[positions[i]!]! += value;
  });
  return sums;
}

function expectClose(
  actual: readonly number[],
  expected: readonly number[],
  { rtol, atol }: Case['tolerance'],
  what: string,
): void {
  expect(actual.length, what).toBe(expected.length);
  actual.forEach((value, i) => {
    const wanted = expected[i]!;
    const near =
      Object.is(value, wanted) || value === wanted || Math.abs(value - wanted) <= atol + rtol * Math.abs(wanted);
    if (!near) expect.fail(`${what}[${i}]: ${value} instead of ${wanted}`);
  });
}

function builderOf(entry: Case): Build | undefined {
  const name = entry.op.split('.').at(-1)!;
  if (!/^torch(\.nn\.functional)?\.\w+$/.test(entry.op)) return undefined;
  if (entry.inputs.some((tensor) => types[tensor.dtype ?? 'float32'] === undefined)) return undefined;
  if (name === 'where' && entry.inputs.length === 3) return where;
  return optional[name]?.(entry.attrs) ?? table[name];
}

/** What the table doesn't cover belongs to tensors: reductions, dtype promotion, shapes, in-place forms. */
const elsewhere =
  /softm|softmin|glu\/|normalize|Tensor\.|round\/0[45]|bitwise|where\/03|allclose|\/equal\/|dist\/|cosine|pairwise|logsumexp|\/(sum|mean|prod|max|min|amax|amin|nansum|argmax|argmin)\/|broadcast_|masked_fill|matmul|linear|var|norm|std|_loss|entropy|conv|pool|einsum|gather|cumsum|autograd|penalty/;

for (const family of ['elementwise_unary', 'elementwise_binary', 'elementwise_edge', 'broadcasting', 'second_order']) {
  const path = new URL(`../../../apps/goldens/data/${family}.json`, import.meta.url);
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as { cases: Case[] };
  describe(family, () => {
    for (const entry of cases) {
      const build = builderOf(entry);
      if (build === undefined) {
        it(`${entry.id} isn't elementwise`, () => expect(entry.id).toMatch(elsewhere));
        continue;
      }
      it(entry.id, () => {
        const { outputs, attrs, tolerance } = entry;
        const inputs = entry.inputs.map((tensor) => aligned(entry, tensor));
        const wanted = outputs[0]!;
        const floats = inputs.some((tensor) => tensor.dtype === 'float32') || wanted.dtype === 'float32';
        const type = floats ? 'f32' : types[inputs[0]!.dtype ?? 'float32']!;
        const arguments_ = inputs.map((tensor, i) => {
          const own = types[tensor.dtype ?? 'float32']!;
          return floats && own === 'i32' && wanted.dtype !== 'bool' ? scalar.cast(input(i, own), 'f32') : input(i, own);
        });
        const number = (name: string, otherwise = Number.NaN): Expression => {
          const given = attrs[name];
          return constant(given === undefined || given === null ? otherwise : Number(given), type);
        };
        const root = build(arguments_, number);
        const columns = inputs.map((tensor) => spread(tensor, wanted.shape));
        expectClose(evaluate(root, columns), read(wanted), tolerance, 'output');
        if (entry.grads === undefined) return;
        const g = read(entry.grad_output![0]!);
        const incoming = input(inputs.length, 'f32');
        const slopes = inputs.map((tensor, i) => (tensor.requires_grad ? derivative(root, i, incoming) : null));
        inputs.forEach((tensor, i) => {
          const gradient = entry.grads![tensor.name];
          if (gradient === undefined || gradient === null) return;
          const slope = slopes[i] ?? null;
          const values = slope === null ? g.map(() => 0) : evaluate(slope, [...columns, g]);
          expectClose(gathered(values, tensor, wanted.shape), read(gradient), tolerance, `gradient of ${tensor.name}`);
        });
        if (entry.double_backward === undefined) return;
        const { v, grads, grad_grad_output } = entry.double_backward;
        const directions = inputs.map((tensor) => spread({ ...tensor, ...v[tensor.name]! }, wanted.shape));
        const sum = slopes
          .map((slope, i) => (slope === null ? null : s.mul(slope, input(inputs.length + 1 + i, 'f32'))))
          .reduce((p, q) => (p !== null && q !== null ? s.add(p, q) : (p ?? q)))!;
        const all = [...columns, g, ...directions];
        inputs.forEach((tensor, i) => {
          const second = grads[tensor.name] ?? null;
          const slope = derivative(sum, i);
          const values = slope === null ? g.map(() => 0) : evaluate(slope, all, [], g.length);
          const sums = gathered(values, tensor, wanted.shape);
          const wantedSecond = second === null ? sums.map(() => 0) : read(second);
          expectClose(sums, wantedSecond, tolerance, `second gradient of ${tensor.name}`);
        });
        const slope = derivative(sum, inputs.length)!;
        expectClose(
          evaluate(slope, all, [], g.length),
          read(grad_grad_output[0]!),
          tolerance,
          'gradient of the gradient',
        );
      });
    }
  });
}
