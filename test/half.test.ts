/** float16 as PyTorch has it: promotion, values of what PyTorch computes in float16 on a CPU, gradients, printing. Numbers beside tensors are ones that float16 holds. */
import '@nn/autograd';
import '@nn/tensor/methods';
import { type DType, dtypes } from '@nn/backend';
import * as F from '@nn/tensor';
import { type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import goldens from './half-goldens.json' with { type: 'json' };

type Stored = readonly [dtype: string, shape: readonly number[], values: readonly (number | string)[]];

const half = (data: unknown, requiresGrad = false): Tensor =>
  tensor(data as never, { dtype: 'float16', requiresGrad }) as Tensor;
const whole = (data: unknown): Tensor => tensor(data as never, { dtype: 'int64' }) as Tensor;

const a = half([0.1, -2.7, Math.PI, 1000.5, 2049, 65519, 1e-7, -0]);
const b = half([0.3, 1.9, -7.77, 12.25, 3, 65504, 6e-8, 5]);
const m = (F.arange(1, 13, { dtype: 'float32' }) as Tensor).reshape([3, 4]).mul(0.37).half() as Tensor;
const few = [0.5, 0.25, 0.1];

const functions = F as unknown as Record<string, (...args: unknown[]) => Tensor>;
const camel = (name: string): string => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const others: Readonly<Record<string, () => Tensor>> = {
  sum: () => m.sum(),
  sum0: () => m.sum({ dim: 0 }),
  mean1: () => m.mean({ dim: 1 }),
  var1: () => m.var({ dim: 1 }),
  std: () => m.std(),
  amax0: () => m.amax({ dim: 0 }),
  max: () => F.max(m) as Tensor,
  argmax: () => m.argmax(),
  norm: () => m.norm(),
  sort: () => F.sort(m.flip([0]), { dim: 0 }).values,
  sumf: () => m.sum({ dtype: 'float32' }),
  meanf: () => m.mean({ dtype: 'float32' }),
  where: () => F.where(m.gt(2), m, half(0.1)) as Tensor,
  cat: () => F.cat([m, m]) as Tensor,
  masked_fill: () => m.maskedFill(m.gt(2), 0.1),
  index_add: () => F.indexAdd(m, 0, whole([0, 0]), F.narrow(m, 0, 0, 2) as Tensor),
  gather: () => F.gather(m, 1, whole([[1], [2], [0]])) as Tensor,
  scatter_add: () => F.scatterAdd(zeros([2, 4], { dtype: 'float16' }), 0, zeros([3, 4], { dtype: 'int64' }), m),
  arange: () => F.arange(0, 1, 0.15, { dtype: 'float16' }) as Tensor,
  full: () => F.full([2], 0.1, { dtype: 'float16' }),
  to_int: () => (F.narrow(a, 0, 0, 5) as Tensor).long(),
  to_bool: () => a.bool(),
  from_int: () => whole([2049, 70000, -3]).half(),
  from_f32: () => tensor([0.1, 65520, 1e-8, Number.NaN]).half(),
  int_add: () => whole([1, 2, 3]).add(half(few)) as Tensor,
  f32_add: () => tensor([0.1, 0.2, 0.3]).add(half(few) as never) as Tensor,
  f32_scalar_tensor: () => tensor(0.1).add(half(few)) as Tensor,
  half0_int: () => half(0.5).add(whole([1, 2])) as Tensor,
  bool_mul: () => tensor([true, false]).mul(half([0.5, 0.25]) as never) as Tensor,
};

/** The gradients that a scalar of a half leaf, and perhaps of a float32 one, sends back. */
function gradientsOf(scalar: (w: Tensor, v: Tensor) => Tensor): [w: Tensor, v: Tensor | null] {
  const w = half([0.1, 2.5, -3.3], true);
  const v = tensor([0.1, 0.2, 0.3], { requiresGrad: true }) as Tensor;
  scalar(w, v).backward();
  return [w.grad as Tensor, v.grad as Tensor | null];
}

const gradients: Readonly<Record<string, () => Tensor | null>> = {
  mul: () => gradientsOf((w) => (w.mul(w) as Tensor).mul(0.3).sum())[0],
  sumf: () => gradientsOf((w) => w.sum({ dtype: 'float32' }))[0],
  float: () => gradientsOf((w) => (w.float().mul(tensor([0.1, 0.2, 0.3]) as never) as Tensor).sum())[0],
  mixed_h: () => gradientsOf((w, v) => (w.mul(v) as Tensor).sum())[0],
  mixed_f: () => gradientsOf((w, v) => (w.mul(v) as Tensor).sum())[1],
};

function run(name: string): Tensor | null {
  const [, kind, op] = /^([a-z]+)_(.*)$/.exec(name) as unknown as [string, string, string];
  if (kind === 'tt') return functions[camel(op)]!(a, b);
  if (kind === 'u') return functions[camel(op)]!(a);
  if (kind === 'g') return gradients[op]!();
  if (kind === 'o') return others[op]!();
  const [, base, number] = /^(.*)_([\d.]+)$/.exec(op) as unknown as [string, string, string];
  return functions[camel(base)]!(a, Number(number));
}

const stated = (x: number): number | string =>
  Number.isNaN(x) ? 'nan' : Number.isFinite(x) ? x : x < 0 ? '-inf' : 'inf';

describe(`float16 as in ${goldens.source}`, () => {
  it.each(Object.entries(goldens.promote))('%s beside it becomes %s', (dtype, promoted) => {
    expect(F.promoteTypes(dtype as DType, 'float16')).toBe(promoted);
    expect(F.promoteTypes('float16', dtype as DType)).toBe(promoted);
  });

  it('is asked about all dtypes', () => {
    expect(Object.keys(goldens.promote).sort()).toEqual(Object.keys(dtypes).sort());
  });

  it.each(Object.entries(goldens.cases) as unknown as [string, Stored][])(
    '%s',
    async (name, [dtype, shape, values]) => {
      const t = run(name)!;
      expect([t.dtype, [...t.shape], Array.from(await t.data(), stated)]).toEqual([dtype, shape, values]);
    },
  );

  const prints: Readonly<Record<string, Tensor>> = {
    v: half([0.1, -2.7, Math.PI]),
    whole: half([1, 2, 3]),
    big: half([1e-4, 65504]),
    sub: half([6e-8, 1]),
    scalar: half(0.1),
    empty: zeros([0], { dtype: 'float16' }),
    empty2: zeros([0, 3], { dtype: 'float16' }),
    nan: half([Number.NaN, Number.POSITIVE_INFINITY, 0.1]),
    grad: half([0.1, 1], true),
    gradfn: half([0.1, 1], true).mul(2) as Tensor,
    m,
    int_like: half([65504, 2048]),
    wide: half([1000.5, 0.001]),
  };
  it.each(Object.entries(goldens.prints))('prints %s', (name, text) => {
    expect(String(prints[name])).toBe(text);
  });
});
