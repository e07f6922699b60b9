/** Padding layers against positions that are counted one by one, as they print, what they refuse, and what the compiler knows of their shapes. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { ShapeError, ValueError } from '@nn/backend';
import { float, manualSeed, randn, type Shape, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import * as nn from '../index.ts';

beforeEach(() => {
  manualSeed(0);
});

type Fill = (at: number, size: number, before: number, after: number) => number | null;

/** Where position `at`, before, within or after `size` elements, is read from. */
const fills: Record<string, Fill> = {
  ConstantPad: (at, size) => (at < 0 || at >= size ? null : at),
  ZeroPad: (at, size) => (at < 0 || at >= size ? null : at),
  ReflectionPad: (at, size) => (at < 0 ? -at : at >= size ? 2 * size - 2 - at : at),
  ReplicationPad: (at, size) => Math.min(Math.max(at, 0), size - 1),
  // Around what negative sides leave.
  CircularPad: (at, size, before, after) => {
    const [start, end] = [Math.max(-before, 0), Math.min(size, size + after)];
    return start + ((at - start + end - start) % (end - start));
  },
};

async function expected(x: Tensor, sides: readonly number[], fill: Fill, value: number): Promise<[number[], number[]]> {
  const { shape } = x;
  const values = Array.from(await x.data(), Number);
  const [before, after] = [0, 1].map((end) => shape.map((_, d) => sides[2 * (shape.length - 1 - d) + end] ?? 0));
  const sizes = shape.map((n, d) => n + before![d]! + after![d]!);
  const out: number[] = [];
  const walk = (d: number, place: number | null): void => {
    if (d === sizes.length) out.push(place === null ? value : values[place]!);
    else
      for (let i = 0; i < sizes[d]!; i++) {
        const from = fill(i - before![d]!, shape[d]!, before![d]!, after![d]!);
        walk(d + 1, from === null || place === null ? null : place * shape[d]! + from);
      }
  };
  walk(0, 0);
  return [sizes, out];
}

const sidesOf: readonly (readonly number[])[][] = [
  [[1, 2], [0, 3], [-1, 2], [1, 1]],
  [[1, 2, 0, 1], [2, 0, 1, 2], [-1, 2, 1, -1], [2, 2, 2, 2]],
  [[1, 0, 2, 1, 0, 1], [0, 0, -1, 1, 1, 2], [1, 1, 1, 1, 1, 1]],
]; // biome-ignore format: a table
const shapes = [
  [2, 3, 4],
  [2, 3, 3, 4],
  [2, 1, 3, 3, 4],
];

const rows = Object.keys(fills).flatMap((kind) =>
  [1, 2, 3].flatMap((rank) => sidesOf[rank - 1]!.map((sides) => [`${kind}${rank}d`, kind, rank, sides] as const)),
);

const make = (name: string, ...args: unknown[]): nn.Module =>
  new (nn as unknown as Record<string, new (...args: unknown[]) => nn.Module>)[name]!(...args);

describe.each(rows)('%s', (name, kind, rank, sides) => {
  const value = kind === 'ConstantPad' ? 2.5 : 0;
  const layer = make(name, sides.every((n) => n === sides[0]) ? sides[0] : sides, 2.5);

  it(`${sides}`, async () => {
    const batch = randn(shapes[rank - 1]!) as Tensor;
    for (const x of [batch, batch.at(0) as Tensor, batch.transpose(0, -1).contiguous().transpose(0, -1) as Tensor]) {
      const [shape, values] = await expected(x, sides, fills[kind]!, value);
      const out = layer.forward(x) as Tensor;
      expect(out.shape).toEqual(shape);
      expect(Array.from(await out.data(), Number)).toEqual(values);
    }
    expect((layer.forward(zeros([0, ...batch.shape.slice(1)])) as Tensor).shape[0]).toBe(0);
  });
});

it.each(rows.filter(([, , rank, sides]) => sides === sidesOf[rank - 1]![2]))(
  '%s: gradients, twice',
  async (name, _, rank, sides) => {
    const layer = make(name, sides, 2.5);
    const x = randn(shapes[rank - 1]!.slice(1), { dtype: 'float64' }) as Tensor;
    expect(await gradcheck((t) => layer.forward(t) as Tensor, [x])).toBe(true);
    expect(await gradgradcheck((t) => (layer.forward(t) as Tensor).pow(3), [x])).toBe(true);
  },
);

it('fills any rank and dtype with a constant', async () => {
  expect(await new nn.ConstantPad1d([1, 2], -1).forward(tensor([5, 6])).toArray()).toEqual([-1, 5, 6, -1, -1]);
  expect(new nn.ZeroPad1d(1).forward(zeros([2, 2, 2, 2, 2])).shape).toEqual([2, 2, 2, 2, 4]);
  expect(await new nn.ConstantPad1d(1, true).forward(tensor([false])).toArray()).toEqual([true, false, true]);
  expect(await new nn.ConstantPad1d(1, 7).forward(tensor([1n])).toArray()).toEqual([7, 1, 7]);
  expect(await new nn.ReplicationPad1d(1).forward(tensor([[1n, 2n]])).toArray()).toEqual([[1, 1, 2, 2]]);
});

it.each<[nn.Module, string]>([
  [new nn.ConstantPad1d(2, 3.5), 'ConstantPad1d(padding=(2, 2), value=3.5)'],
  [new nn.ConstantPad2d([1, 2, 3, 4], 1), 'ConstantPad2d(padding=(1, 2, 3, 4), value=1)'],
  [new nn.ConstantPad2d(1, float(1)), 'ConstantPad2d(padding=(1, 1, 1, 1), value=1.0)'],
  [new nn.ConstantPad3d(1, true), 'ConstantPad3d(padding=(1, 1, 1, 1, 1, 1), value=True)'],
  [new nn.ZeroPad2d(1), 'ZeroPad2d((1, 1, 1, 1))'],
  [new nn.ReflectionPad1d(2), 'ReflectionPad1d((2, 2))'],
  [new nn.ReplicationPad2d([1, 0, 2, 1]), 'ReplicationPad2d((1, 0, 2, 1))'],
  [new nn.CircularPad3d(1), 'CircularPad3d((1, 1, 1, 1, 1, 1))'],
])('prints as PyTorch does: %s', (layer, text) => {
  expect(String(layer)).toBe(text);
});

it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
  [
    'two numbers for two dimensions',
    () => new nn.ZeroPad2d([1, 2] as never),
    ValueError,
    '[ZeroPad2d] padding is 1,2, expected a whole number or 4 of them',
  ],
  ['a fraction', () => new nn.ReflectionPad1d(0.5), ValueError, '[ReflectionPad1d] padding is 0.5'],
  ['nothing', () => new nn.CircularPad1d(undefined as never), ValueError, '[CircularPad1d] padding is undefined'],
  [
    'no channels',
    () => new nn.ReflectionPad2d(1).forward(zeros([3, 3]) as Tensor),
    ShapeError,
    '[ReflectionPad2d] the input has 2 dimensions, expected 3 or 4: (3, 3)',
  ],
  ['no value', () => new nn.ConstantPad1d(1, undefined as never), ValueError, '[ConstantPad1d] value is undefined'],
  ['a text as value', () => new nn.ConstantPad2d(1, 'x' as never), ValueError, '[ConstantPad2d] value is x'],
  ['a long mirror', () => new nn.ReflectionPad1d(3).forward(zeros([1, 3])), ShapeError, 'a reflection must be shorter'],
  ['more than a turn', () => new nn.CircularPad1d(4).forward(zeros([1, 3])), ShapeError, 'more than once'],
  ['crops of more than there is', () => new nn.ZeroPad1d(-2).forward(zeros([1, 3])), ShapeError, 'a negative size'],
])('refuses %s', (_, call, kind, text) => {
  expect(call).toThrow(kind);
  expect(call).toThrow(text);
});

describe('types', () => {
  const x = zeros([8, 3, 28, 30]);

  it('one number for all sides is followed', () => {
    expectTypeOf(new nn.ReflectionPad2d(2).forward(x)).toEqualTypeOf<Tensor<[8, 3, 32, 34], 'float32'>>();
    expectTypeOf(new nn.ZeroPad3d(1).forward(zeros([1, 2, 3, 4]))).toEqualTypeOf<Tensor<[1, 4, 5, 6], 'float32'>>();
    expectTypeOf(new nn.ConstantPad1d(3, 1).forward(zeros([2, 4]))).toEqualTypeOf<Tensor<[2, 10], 'float32'>>();
    const chain = new nn.Sequential(new nn.ReplicationPad2d(1), new nn.Conv2d(3, 4, 3), new nn.Flatten());
    expectTypeOf(chain.forward(x)).toEqualTypeOf<Tensor<[8, 3360], 'float32'>>();
    expect(chain.forward(x).shape).toEqual([8, 3360]);
  });

  it('what only run time knows is open', () => {
    expectTypeOf(new nn.ZeroPad2d([1, 2, 0, 0]).forward(x)).toEqualTypeOf<Tensor<Shape, 'float32'>>();
    expectTypeOf(new nn.CircularPad2d(-1).forward(x)).toEqualTypeOf<Tensor<Shape, 'float32'>>();
    expectTypeOf(new nn.ZeroPad1d(1).forward(zeros([5]))).toEqualTypeOf<Tensor<Shape, 'float32'>>();
    const layer: nn.ReflectionPad2d = new nn.ReflectionPad2d(1);
    expectTypeOf(layer.forward(x)).toExtend<Tensor>();
  });

  it('ranks that do not fit are compile errors', () => {
    // @ts-expect-error ReflectionPad2d: the input has 2 dimensions, expected 3 or 4
    expect(() => new nn.ReflectionPad2d(1).forward(zeros([4, 4]))).toThrow('expected 3 or 4');
  });
});
