/** What dtypes elementwise ops take and give, where PyTorch's reference values don't say so: refusals, numbers, in-place forms. */
import '../../methods.ts';
import { DTypeError, ShapeError, ValueError } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { float, type Tensor, tensor } from '../../index.ts';
import * as ops from './index.ts';

const int = (...values: number[]): Tensor => tensor(values, { dtype: 'int32' });
const long = (...values: number[]): Tensor => tensor(values, { dtype: 'int64' });
const byte = (...values: number[]): Tensor => tensor(values, { dtype: 'uint8' });
const bool = (...values: boolean[]): Tensor => tensor(values);
const real = (...values: number[]): Tensor => tensor(values, { dtype: 'float32' });

const shown = (t: Tensor): [string, number[]] => [t.dtype, Array.from(t.dataSync())];

type Unary = (x: Tensor) => Tensor;
type Binary = (x: Tensor, y: Tensor | number) => Tensor;
const unaryOf = (name: string): Unary => (ops as unknown as Record<string, Unary>)[name]!;
const binaryOf = (name: string): Binary => (ops as unknown as Record<string, Binary>)[name]!;

describe('bools', () => {
  it.each(['neg', 'abs', 'floor', 'ceil', 'trunc', 'round', 'relu', 'relu6', 'square', 'positive', 'hardtanh'])(
    'are no numbers to %s',
    (name) => {
      expect(() => unaryOf(name)(bool(true))).toThrow(DTypeError);
      expect(() => unaryOf(name)(bool(true))).toThrow(`[${name}] takes numbers, not bool`);
    },
  );

  it.each(['sub', 'rsub', 'remainder', 'fmod', 'floorDivide', 'pow', 'clampMin', 'clampMax'])(
    'are no numbers to %s',
    (name) => {
      expect(() => binaryOf(name)(bool(true), bool(false))).toThrow(DTypeError);
    },
  );

  it('add as "or", multiply as "and", and have a larger one', () => {
    const [x, y] = [bool(true, true, false), bool(true, false, false)];
    expect(shown(ops.add(x, y))).toEqual(['bool', [1, 1, 0]]);
    expect(shown(ops.mul(x, y))).toEqual(['bool', [1, 0, 0]]);
    expect(shown(ops.maximum(x, y))).toEqual(['bool', [1, 1, 0]]);
    expect(shown(ops.minimum(x, y))).toEqual(['bool', [1, 0, 0]]);
    expect(shown(ops.sign(y))).toEqual(['bool', [1, 0, 0]]);
    expect(shown(ops.lt(y, x))).toEqual(['bool', [0, 1, 0]]);
    expect(shown(ops.ge(y, x))).toEqual(['bool', [1, 0, 1]]);
    expect(shown(ops.bitwiseNot(y))).toEqual(['bool', [0, 1, 1]]);
  });

  it('count beside numbers', () => {
    expect(shown(ops.sub(bool(true, false), 1))).toEqual(['int64', [0, -1]]);
    expect(shown(ops.pow(bool(true, false), 2))).toEqual(['int64', [1, 0]]);
    expect(shown(ops.exp(bool(false)))).toEqual(['float32', [1]]);
    expect(shown(ops.add(int(1, 2), true))).toEqual(['int32', [2, 3]]);
  });
});

describe('integers', () => {
  const floatOnly = [
    'silu',
    'selu',
    'mish',
    'gelu',
    'leakyRelu',
    'elu',
    'celu',
    'softplus',
    'hardshrink',
    'softshrink',
    'hardswish',
    'hardsigmoid',
    'logsigmoid',
    'frac',
    'rrelu',
  ];
  it.each(floatOnly)('are refused by %s', (name) => {
    expect(() => unaryOf(name)(long(1))).toThrow(DTypeError);
    expect(() => unaryOf(name)(long(1))).toThrow(/takes floats, not int64; convert with \.to\('float32'\) first/);
  });

  it.each(['hypot', 'logaddexp', 'logaddexp2'])('are refused by %s', (name) => {
    expect(() => binaryOf(name)(long(1), long(2))).toThrow(DTypeError);
  });

  it.each(['exp', 'sqrt', 'sigmoid', 'lgamma', 'reciprocal', 'softsign', 'tanhshrink', 'deg2rad'])(
    'become floats in %s',
    (name) => {
      expect(unaryOf(name)(int(1, 2)).dtype).toBe('float32');
      expect(unaryOf(name)(tensor([1, 2], { dtype: 'float64' })).dtype).toBe('float64');
    },
  );

  it.each(['floor', 'ceil', 'round', 'trunc', 'neg', 'abs', 'relu', 'square', 'sign', 'nanToNum', 'hardtanh'])(
    'stay integers in %s',
    (name) => {
      expect(unaryOf(name)(int(3, -3)).dtype).toBe('int32');
    },
  );

  it('are rounded to themselves', () => {
    for (const f of [ops.floor, ops.ceil, ops.round, ops.trunc])
      expect(shown(f(long(-7, 0, 2147483647)))).toEqual(['int64', [-7, 0, 2147483647]]);
    expect(() => ops.round(long(15), { decimals: -1 })).toThrow(DTypeError);
  });

  it('wrap around in uint8', () => {
    expect(shown(ops.add(byte(250, 1), byte(10, 1)))).toEqual(['uint8', [4, 2]]);
    expect(shown(ops.sub(byte(1), byte(2)))).toEqual(['uint8', [255]]);
    expect(shown(ops.neg(byte(1, 0)))).toEqual(['uint8', [255, 0]]);
    expect(shown(ops.bitwiseNot(byte(0, 255)))).toEqual(['uint8', [255, 0]]);
  });

  it('divide as PyTorch does', () => {
    const [x, y] = [long(-7, 7, -7, 7), long(2, -2, -2, 2)];
    expect(shown(ops.div(x, y))).toEqual(['float32', [-3.5, -3.5, 3.5, 3.5]]);
    expect(shown(ops.div(x, y, { roundingMode: 'floor' }))).toEqual(['int64', [-4, -4, 3, 3]]);
    expect(shown(ops.div(x, y, { roundingMode: 'trunc' }))).toEqual(['int64', [-3, -3, 3, 3]]);
    expect(shown(ops.floorDivide(x, 2))).toEqual(['int64', [-4, 3, -4, 3]]);
    expect(shown(ops.remainder(x, y))).toEqual(['int64', [1, -1, -1, 1]]);
    expect(shown(ops.fmod(x, y))).toEqual(['int64', [-1, 1, -1, 1]]);
  });

  it('are not divided by the number 0, and give 0 where a tensor holds it', () => {
    for (const f of [ops.floorDivide, ops.remainder, ops.fmod] as Binary[])
      expect(() => f(long(1), 0)).toThrow(ValueError);
    expect(() => ops.div(long(1), 0, { roundingMode: 'trunc' })).toThrow('an integer is divided by 0');
    expect(() => long(1).floorDivide_(0)).toThrow('[floorDivide_]');
    expect(shown(ops.div(long(1), 0))).toEqual(['float32', [Number.POSITIVE_INFINITY]]);
    expect(shown(ops.floorDivide(long(1), float(0)))).toEqual(['float32', [Number.POSITIVE_INFINITY]]);
    expect(shown(ops.floorDivide(long(5, 5), long(0, 2)))).toEqual(['int64', [0, 2]]);
  });

  it('have powers of integers only', () => {
    expect(() => ops.pow(long(2), -1)).toThrow('[pow] integers have no power -1; pass float(-1)');
    expect(() => long(2).pow_(-2)).toThrow(ValueError);
    expect(shown(ops.pow(long(2, 4), float(-1)))).toEqual(['float32', [0.5, 0.25]]);
    expect(shown(ops.pow(long(1, -1, 2), long(-2, -3, -1)))).toEqual(['int64', [1, -1, 0]]);
    expect(shown(ops.pow(int(-3, 2), 3))).toEqual(['int32', [-27, 8]]);
    expect(shown(ops.pow(2, int(0, 5)))).toEqual(['int32', [1, 32]]);
    expect(shown(ops.pow(long(9), 0.5))).toEqual(['float32', [3]]);
  });

  it('shift and combine bits; floats do not', () => {
    expect(shown(ops.bitwiseLeftShift(int(1, -1), int(4, 1)))).toEqual(['int32', [16, -2]]);
    expect(shown(ops.bitwiseRightShift(int(16, -16), 2))).toEqual(['int32', [4, -4]]);
    expect(shown(ops.bitwiseXor(int(6), long(3)))).toEqual(['int64', [5]]);
    for (const f of [ops.bitwiseAnd, ops.bitwiseOr, ops.bitwiseXor, ops.bitwiseLeftShift] as Binary[])
      expect(() => f(real(1), 1)).toThrow(DTypeError);
    expect(() => ops.bitwiseLeftShift(bool(true), bool(true))).toThrow('takes integers, not bool');
  });

  it('compare with fractions as floats', () => {
    expect(shown(ops.lt(int(2, 3), 2.5))).toEqual(['bool', [1, 0]]);
    expect(shown(ops.eq(long(2, 3), float(2)))).toEqual(['bool', [1, 0]]);
    expect(shown(ops.ge(byte(200), 300))).toEqual(['bool', [0]]);
  });
});

describe('plain numbers', () => {
  it('promote by their kind only', () => {
    expect(shown(ops.mul(long(3), 2))).toEqual(['int64', [6]]);
    expect(shown(ops.mul(long(3), 0.5))).toEqual(['float32', [1.5]]);
    expect(shown(ops.mul(long(3), float(2)))).toEqual(['float32', [6]]);
    expect(shown(ops.sub(10, int(3)))).toEqual(['int32', [7]]);
    expect(shown(ops.where(bool(true, false), 1, 0))).toEqual(['int64', [1, 0]]);
    expect(shown(ops.where(bool(true, false), 1, 0.5))).toEqual(['float32', [1, 0.5]]);
    expect(shown(ops.clamp(long(-3, 3), { min: -0.5, max: 2 }))).toEqual(['float32', [-0.5, 2]]);
    expect(shown(ops.clamp(long(-3, 3), { max: tensor(2.5) }))).toEqual(['float32', [-3, 2.5]]);
  });

  it('are the values of later calls too, not those of the first', () => {
    const x = real(1, 2);
    expect([1, 2, 3].map((n) => Array.from(ops.mul(x, n).dataSync()))).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
    expect(
      [0.25, 0.5].map((negativeSlope) => Array.from(ops.leakyRelu(real(-4), { negativeSlope }).dataSync())),
    ).toEqual([[-1], [-2]]);
    expect(
      [1, 2].map((decimals) => Array.from(ops.round(tensor([1.126], { dtype: 'float64' }), { decimals }).dataSync())),
    ).toEqual([[1.1], [1.13]]);
  });

  it('must fit 32 bits beside integers', () => {
    expect(() => ops.add(long(1), 3e9)).toThrow(
      '[add] 3000000000 does not fit the 32 bits in which int64 computes; pass float(3000000000)',
    );
    expect(() => ops.lt(int(1), -3e9)).toThrow(ValueError);
    expect(() => int(1).mul_(2 ** 40)).toThrow(ValueError);
    expect(shown(ops.add(real(1), 3e9))).toEqual(['float32', [3e9]]);
    expect(shown(ops.div(long(3), 3e9))).toEqual(['float32', [Math.fround(1e-9)]]);
    expect(shown(ops.where(bool(true), 3e9, 0.5))).toEqual(['float32', [3e9]]);
    expect(shown(ops.logicalAnd(int(1), 3e9))).toEqual(['bool', [1]]);
  });

  it('need a tensor beside them', () => {
    expect(() => (ops.add as Binary)(1 as never, 2)).toThrow(
      '[add] got plain numbers only: 1, 2; make one of them a tensor',
    );
    expect(() => ops.add(real(1), undefined as never)).toThrow(
      '[add] an operand is undefined, neither a tensor nor a number',
    );
    expect(() => ops.add([1] as never, real(1))).toThrow('an operand is an array');
    expect(() => ops.mul_(real(1), null as never)).toThrow('an operand is null');
    expect(() => ops.clamp(real(1), { min: 'a' as never, max: 1 })).toThrow('an operand is a');
  });

  it('as alpha and value are fractions only of floats', () => {
    expect(() => ops.add(long(1), long(1), { alpha: 0.5 })).toThrow(
      '[add] alpha is the fraction 0.5, but the operands are integers',
    );
    expect(() => long(1).sub_(2, { alpha: 0.5 })).toThrow('[sub_]');
    expect(() => ops.addcmul(long(1), long(1), long(1), { value: 0.5 })).toThrow(DTypeError);
    expect(shown(ops.addcmul(long(1), long(2), long(3), { value: 2 }))).toEqual(['int64', [13]]);
    expect(shown(ops.add(long(1), 0.5, { alpha: 0.5 }))).toEqual(['float32', [1.25]]);
    expect(shown(ops.rsub(long(1), long(10), { alpha: 3 }))).toEqual(['int64', [7]]);
    expect(() => ops.addcdiv(long(1), long(1), long(1))).toThrow(DTypeError);
  });
});

describe('in place', () => {
  it('the dtype stays, and a higher kind is refused', () => {
    expect(shown(long(1, 2).add_(bool(true, true)))).toEqual(['int64', [2, 3]]);
    expect(shown(int(1).add_(long(5)))).toEqual(['int32', [6]]);
    expect(shown(real(1).mul_(tensor([2.5], { dtype: 'float64' })))).toEqual(['float32', [2.5]]);
    expect(shown(real(1, 3).lt_(2))).toEqual(['float32', [1, 0]]);
    expect(shown(int(0, 2).logicalNot_())).toEqual(['int32', [1, 0]]);
    for (const f of [
      (x: Tensor) => x.add_(0.5),
      (x: Tensor) => x.div_(2),
      (x: Tensor) => x.exp_(),
      (x: Tensor) => x.clamp_({ min: 0.5 }),
    ]) {
      expect(() => f(long(1))).toThrow(DTypeError);
      expect(() => f(long(1))).toThrow('the result is float32 but is stored in place in int64');
    }
    expect(() => bool(true).add_(1)).toThrow(DTypeError);
  });

  it('the tensor itself comes back, changed, also through a view', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(x.t().add_(tensor([10, 20]))).not.toBe(x);
    expect(Array.from(x.dataSync())).toEqual([11, 12, 23, 24]);
    expect(x.mul_(2)).toBe(x);
    expect(Array.from(x.dataSync())).toEqual([22, 24, 46, 48]);
    expect(Array.from(x.copy_(x.t()).dataSync())).toEqual([22, 46, 24, 48]);
  });

  it('the shape stays', () => {
    expect(() => real(1).add_(real(1, 2))).toThrow(ShapeError);
  });

  it('fill_ converts as PyTorch does', () => {
    expect(shown(int(1, 2).fill_(2.7))).toEqual(['int32', [2, 2]]);
    expect(shown(int(1).fill_(-2.7))).toEqual(['int32', [-2]]);
    expect(shown(bool(false, false).fill_(5))).toEqual(['bool', [1, 1]]);
    expect(shown(real(1).fill_(tensor(3, { dtype: 'int64' })))).toEqual(['float32', [3]]);
    expect(shown(real(1, 2).zero_())).toEqual(['float32', [0, 0]]);
    expect(() => real(1).fill_(real(1))).toThrow('[fill_] the value has shape (1,)');
  });
});
