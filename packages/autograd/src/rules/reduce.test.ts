/** Gradients of products, of running log Σ exp and of softmax along any dimension, beside plain loops. */
import '@nn/tensor/methods';
import { nullBackend } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import * as nn from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { grad, gradcheck, gradgradcheck } from '../index.ts';

const f64 = { dtype: 'float64' } as const;
const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minus } = Number;

/** Numbers from 0 to 1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const gradientOf = (y: Tensor, x: Tensor, g: Tensor, createGraph = false): Tensor =>
  grad(y, [x], { gradOutputs: [g], createGraph })[0]!;

describe('a product', () => {
  /** ±1, some twos, and zeros at places: products of thousands are exact. */
  const factors = (n: number, zeros: readonly number[]): number[] => {
    const next = numbers(n);
    const list: number[] = Array.from({ length: n }, () => (next() < 0.5 ? -1 : next() < 0.01 ? 2 : 1));
    for (const i of zeros) list[i] = 0;
    return list;
  };
  /** The product without the elements at these places. */
  const without = (list: readonly number[], ...places: number[]): number =>
    list.reduce((p, v, i) => (places.includes(i) ? p : p * v), 1);

  it.each([
    ['no zero', 1500, []],
    ['one', 1500, [7]],
    ['one in the middle of an odd number', 1501, [750]],
    ['two', 1501, [3, 1500]],
    ['three', 1030, [0, 514, 1029]],
    ['few elements', 5, [2]],
  ])('of many elements passes what the others give: %s', async (_, n, zeros) => {
    const list = factors(n, zeros);
    const wanted = list.map((_, i) => without(list, i) + 0);
    for (const createGraph of [false, true]) {
      const x = nn.tensor(list, { ...f64, requiresGrad: true }) as Tensor;
      const found = grad(nn.prod(x) as Tensor, [x], { createGraph })[0]!;
      expect((await found.data()).map((v) => v + 0)).toEqual(Float64Array.from(wanted));
    }
  });

  it.each([
    ['no zero', []],
    ['one', [7]],
    ['two', [3, 1029]],
    ['three', [3, 4, 5]],
  ])('of many elements has the right second gradient: %s', (_, zeros) => {
    const list = factors(1030, zeros);
    const x = nn.tensor(list, { ...f64, requiresGrad: true }) as Tensor;
    const first = grad(nn.prod(x) as Tensor, [x], { createGraph: true })[0]!;
    // A row of second derivatives for each of some places.
    for (const i of [0, 3, 7, 514, 1029]) {
      const row = grad(first.at(i) as Tensor, [x], { retainGraph: true })[0]!.dataSync();
      for (const j of [1, 3, 7, 515, 1029]) expect(row[j]! + 0).toBe(i === j ? 0 : without(list, i, j) + 0);
    }
  });

  it('is the same along any dimensions of a large tensor', async () => {
    const shape = [8, 30, 9];
    const list = factors(8 * 30 * 9, [1, 40, 41, 500, 1999]);
    for (const dims of [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]) {
      const x = nn.tensor(list, { ...f64, shape, requiresGrad: true }) as Tensor;
      nn.sum(nn.prod(x, { dim: dims }) as Tensor).backward();
      const key = (i: number): string =>
        [Math.floor(i / 270), Math.floor(i / 9) % 30, i % 9].filter((_, d) => !dims.includes(d)).join();
      const groups = new Map<string, number[]>();
      for (const i of list.keys()) groups.set(key(i), [...(groups.get(key(i)) ?? []), i]);
      const wanted = list.map((_, i) => groups.get(key(i))!.reduce((p, j) => (j === i ? p : p * list[j]!), 1));
      expect((await x.grad!.data()).map((v) => v + 0)).toEqual(Float64Array.from(wanted, (v) => v + 0));
    }
  });

  it('whose value is too small or too large has the gradient that isn’t', () => {
    for (const size of [1e-30, 1e30]) {
      const x = nn.tensor([size, size, 1], { requiresGrad: true }) as Tensor;
      nn.prod(x).backward();
      expect([...x.grad!.dataSync()].slice(0, 2)).toEqual([Math.fround(size), Math.fround(size)]);
    }
  });

  it('of many factors is as exact as its dtype', () => {
    const next = numbers(1);
    const n = 20_001;
    const x = nn.tensor(Float32Array.from({ length: n }, () => 1 + 0.002 * (next() - 0.5))).requiresGrad_() as Tensor;
    nn.prod(x).backward();
    const list = Array.from(x.detach().dataSync(), Number);
    const whole = list.reduce((p, v) => p * v, 1);
    x.grad!.dataSync().forEach((v, i) => {
      expect(Math.abs((Number(v) * list[i]!) / whole - 1)).toBeLessThan(3e-7);
    });
  });

  it('of nothing, of one element and of a number', async () => {
    const empty = nn.zeros([2, 0], { requiresGrad: true });
    nn.sum(nn.prod(empty, { dim: 1 })).backward();
    expect(empty.grad!.shape).toEqual([2, 0]);
    const rows = nn.zeros([0, 2], { requiresGrad: true });
    nn.sum(nn.prod(rows, { dim: 1 })).backward();
    expect(rows.grad!.shape).toEqual([0, 2]);
    const one = nn.tensor([[5], [0]], { requiresGrad: true });
    nn.sum(nn.prod(one, { dim: 1, keepdim: true })).backward();
    expect(await one.grad!.toArray()).toEqual([[1], [1]]);
    const number = nn.tensor(3, { requiresGrad: true });
    nn.prod(number).backward();
    expect(await number.grad!.item()).toBe(1);
  });
});

describe('logcumsumexp', () => {
  /** y, and the gradient of Σ gᵢ yᵢ, in float64 one element after the other. */
  function loops(x: ArrayLike<number>, g: ArrayLike<number>): { y: number[]; gradient: number[] } {
    const n = x.length;
    const [y, gradient] = [new Array<number>(n), new Array<number>(n)];
    let [most, total] = [minus, 0];
    for (let i = 0; i < n; i++) {
      const next = Math.max(most, x[i]!);
      total = next === minus ? 0 : total * Math.exp(most - next) + Math.exp(x[i]! - next);
      most = next;
      y[i] = most === minus ? minus : most + Math.log(total);
    }
    let later = 0;
    for (let i = n - 1; i >= 0; i--) {
      later = g[i]! + (i + 1 < n && y[i] !== minus ? later * Math.exp(y[i]! - y[i + 1]!) : 0);
      gradient[i] = y[i] === minus ? 0 : later * Math.exp(x[i]! - y[i]!);
    }
    return { y, gradient };
  }

  const inputs: Record<string, (u: number, i: number, n: number) => number> = {
    small: (u) => u - 0.5,
    'of a large range': (u) => 400 * u - 200,
    large: (u) => 1000 + u,
    rising: (u, i, n) => (300 * i) / n + u,
    falling: (u, i, n) => (-300 * i) / n + u,
    'with -∞': (u) => (u < 0.3 ? minus : 8 * u),
    'from -∞ on': (u, i) => (i < 5 ? minus : 8 * u),
  };
  it.each(Object.entries(inputs))('is exact to a few roundings, with its gradient: %s', (_, make) => {
    for (const n of [1, 2, 3, 64, 1000, 4097]) {
      const next = numbers(n);
      const x = nn.tensor(Float32Array.from({ length: n }, (_, i) => make(next(), i, n))).requiresGrad_() as Tensor;
      const g = nn.tensor(Float32Array.from({ length: n }, () => next() - 0.5)) as Tensor;
      const found = nn.logcumsumexp(x, 0) as Tensor;
      const { y, gradient } = loops(x.dataSync(), g.dataSync());
      found.dataSync().forEach((v, i) => {
        if (v !== y[i]) expect(Math.abs(v - y[i]!)).toBeLessThan(1.2e-7 * Math.max(4, Math.abs(y[i]!)));
      });
      gradientOf(found, x, g)
        .dataSync()
        .forEach((v, i) => {
          if (y[i] !== minus) expect(Math.abs(v - gradient[i]!)).toBeLessThan(2e-6);
        });
    }
  });

  it('shares the gradient among equal infinities', () => {
    for (const [values, wanted] of [
      [
        [minus, 0],
        [1, 1],
      ],
      [
        [minus, minus],
        [1.5, 0.5],
      ],
      [
        [inf, 0],
        [2, 0],
      ],
      [
        [0, inf, 1, inf],
        [1, 2.5, 0, 0.5],
      ],
    ] as const) {
      const x = nn.tensor(values, { requiresGrad: true }) as Tensor;
      nn.sum(nn.logcumsumexp(x, 0) as Tensor).backward();
      expect([...x.grad!.dataSync()]).toEqual(wanted);
    }
  });

  it.each([0, 1, 2])('has first and second gradients along dimension %i', async (dim) => {
    const next = numbers(dim);
    const x = nn.tensor(
      Array.from({ length: 60 }, () => 6 * next() - 3),
      { ...f64, shape: [5, 4, 3] },
    ) as Tensor;
    const f = (v: Tensor): Tensor => nn.logcumsumexp(v, dim) as Tensor;
    await gradcheck(f, [x]);
    await gradgradcheck(f, [x]);
  });

  it('of nothing and of a number', async () => {
    const empty = nn.zeros([2, 0], { requiresGrad: true });
    nn.sum(nn.logcumsumexp(empty, 1)).backward();
    expect(empty.grad!.shape).toEqual([2, 0]);
    const number = nn.tensor(3, { requiresGrad: true });
    nn.logcumsumexp(number, 0).backward();
    expect(await number.grad!.item()).toBe(1);
  });

  it('takes a few times the memory of its input, with its gradient', () => {
    const backend = nullBackend();
    const n = 2 ** 20;
    const x = nn.zeros([n], { backend, requiresGrad: true });
    nn.logcumsumexp(x, 0).backward(nn.ones([n], { backend }) as Tensor);
    expect(nn.memory(backend).peak).toBeLessThan(12 * 4 * n);
  });
});

describe.each([
  ['softmax', nn.softmax],
  ['logSoftmax', nn.logSoftmax],
] as const)('%s along a dimension that isn’t the last', (_, op) => {
  const run = op as (x: Tensor, dim: number) => Tensor;

  it.each(['float64', 'float32', 'float16'] as const)('has the gradients that it has along the last: %s', (dtype) => {
    const next = numbers(5);
    const list = (): number[] => Array.from({ length: 2 * 7 * 5 }, () => 4 * next() - 2);
    const [x, g, h] = [list(), list(), list()].map((v) => nn.tensor(v, { dtype, shape: [2, 7, 5] })) as unknown as [Tensor, Tensor, Tensor]; // biome-ignore format: three of a kind
    const both = (f: (v: Tensor) => Tensor): number[][] => {
      const v = x.clone().detach().requiresGrad_() as Tensor;
      const first = gradientOf(f(v), v, g, true);
      return [first, gradientOf(first, v, h)].map((t) => [...t.dataSync()].map(Number));
    };
    const found = both((v) => run(v, 1));
    const wanted = both((v) => run(v.transpose(1, 2) as Tensor, 2).transpose(1, 2) as Tensor);
    const tolerance = { float64: 1e-14, float32: 1e-6, float16: 0.01 }[dtype];
    found.forEach((order, k) => {
      order.forEach((v, i) => {
        expect(Math.abs(v - wanted[k]![i]!)).toBeLessThan(tolerance);
      });
    });
  });

  it('moves nothing in its gradient, and saves one result', () => {
    const backend = nullBackend();
    const [x, g] = [nn.zeros([4, 256, 256], { backend, requiresGrad: true }), nn.ones([4, 256, 256], { backend })];
    const y = run(x, 1);
    const { launches } = backend.counts;
    expect(nn.memory(backend).live - nn.memory(backend).free).toBeLessThan(3.1 * 4 * 4 * 256 * 256);
    y.backward(g as Tensor);
    expect(backend.counts.launches).toMatchObject({
      rows: launches.rows,
      reduce: launches.reduce + 1,
      map: launches.map + 1,
    });
  });
});
