/** The generator and its distributions on the host: known answers, agreement with the scalar language bit for bit, and the laws that the values must follow. */
import {
  bitcast,
  cast,
  coordinate,
  randomBits,
  randomBits2,
  scalar,
  standardExponential,
  standardNormal,
  uniform,
  uniformDouble,
} from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { dispatchCreate } from '../core/dispatch.ts';
import { layoutOf } from '../core/layout.ts';
import { Op } from '../core/op.ts';
import { currentDevice } from '../core/state.ts';
import '../tensor.ts';
import { fillExponential, fillNormal, fillUniform, permutation, WholeNumbers } from './distributions.ts';
import { circle, logs } from './elementary.ts';

const log = (x: number): number => {
  const values = Float64Array.of(x);
  logs(values);
  return values[0]!;
};

import { Generator } from './generator.ts';
import { type Draw, threefryWords } from './threefry.ts';

const draw = (seed: number, counter = 0): Draw => ({ key0: seed, key1: 0, counter });
const count = 40000;

describe('threefryWords', () => {
  /** Random123's kat_vectors: threefry2x32, 20 rounds. */
  it.each([
    [
      [0, 0],
      [0, 0],
      [0x6b200159, 0x99ba4efe],
    ],
    [
      [0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x1cb996fc, 0xbb002be7],
    ],
    [
      [0x243f6a88, 0x85a308d3],
      [0x13198a2e, 0x03707344],
      [0xc4923a9c, 0x483df7a0],
    ],
  ])('counter %j, key %j', (counter, key, wanted) => {
    const of: Draw = { key0: key[0]!, key1: key[1]!, counter: counter[0]! };
    expect(Array.from(threefryWords(of, counter[1]!, 1))).toEqual(wanted);
  });

  const device = currentDevice();
  const u32 = (k: number) => scalar(k, 'u32');
  const place = cast(coordinate, 'u32');
  const [first, second] = [randomBits(u32(0), u32(1), u32(2), place), randomBits2(u32(0), u32(1), u32(2), place)];
  const made = (
    dtype: 'int32' | 'float32' | 'float64',
    expression: typeof first,
    { key0, key1, counter }: Draw,
    n: number,
  ) =>
    dispatchCreate(
      new Op('map', 'test', { inPlace: false, build: () => ({ outputs: [{ dtype, expression }], scalars: 3 }) }),
      layoutOf(device, dtype, [n]),
      [key0, key1, counter],
    ).dataSync();

  it.each([draw(0), draw(0xdeadbeef, 0xffffffff), { key0: 1, key1: 0x80000000, counter: 3 }])(
    'agrees with the expressions for %j',
    (of) => {
      const words = threefryWords(of, 0, 5000);
      const even = Int32Array.from({ length: 5000 }, (_, i) => words[2 * i]!);
      const odd = Int32Array.from({ length: 5000 }, (_, i) => words[2 * i + 1]!);
      expect(made('int32', bitcast(first, 'i32'), of, 5000)).toEqual(even);
      expect(made('int32', bitcast(second, 'i32'), of, 5000)).toEqual(odd);
      const [single, double] = [new Float32Array(5000), new Float64Array(5000)];
      fillUniform(single, of);
      fillUniform(double, of);
      expect(made('float32', uniform(first), of, 5000)).toEqual(single);
      expect(made('float64', uniformDouble(first, second), of, 5000)).toEqual(double);
      const own = [u32(0), u32(1), u32(2), place];
      fillNormal(double, of);
      expect(made('float64', standardNormal(...own), of, 5000)).toEqual(double);
      fillExponential(double, of);
      expect(made('float64', standardExponential(...own), of, 5000)).toEqual(double);
    },
  );

  it('goes on where a shorter run stopped', () => {
    expect(threefryWords(draw(5), 0, 10).slice(6)).toEqual(threefryWords(draw(5), 3, 7));
  });
});

describe('elementary functions', () => {
  it('come within a few units in the last place', () => {
    for (let i = 1; i <= 20000; i++) {
      const u = i / 20000;
      expect(Math.abs(log(u) - Math.log(u))).toBeLessThanOrEqual(1e-15 * Math.abs(Math.log(u)));
      const [cosine, sine] = circle(u);
      expect(Math.abs(cosine - Math.cos(2 * Math.PI * u))).toBeLessThanOrEqual(1e-15);
      expect(Math.abs(sine - Math.sin(2 * Math.PI * u))).toBeLessThanOrEqual(1e-15);
    }
    expect(log(2 ** -53)).toBeCloseTo(-53 * Math.LN2, 13);
  });
});

/** Known values, so that no engine and no change draws others unseen. */
describe('known values', () => {
  it('uniform, normal, exponential', () => {
    const [u, z, e] = [new Float64Array(3), new Float64Array(3), new Float64Array(3)];
    fillUniform(u, draw(1));
    fillNormal(z, draw(1));
    fillExponential(e, draw(1));
    expect([u, z, e].map((v) => Array.from(v))).toEqual([
      [0.7039437263423627, 0.9096430411480448, 0.953731173488146],
      [0.7064723958730394, -0.450566836610252, -0.19406368344752128],
      [0.35105686019178106, 0.09470301890096688, 0.04737343604026608],
    ]);
  });
  it('doesn’t depend on how many values are drawn', () => {
    for (const fill of [fillUniform, fillNormal, fillExponential]) {
      const [short, long] = [new Float32Array(7), new Float32Array(5000)];
      fill(short, draw(2));
      fill(long, draw(2));
      expect(long.slice(0, 7)).toEqual(short);
    }
  });
});

const moments = (values: ArrayLike<number>): number[] => {
  const list = Array.from(values);
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  const central = (k: number): number => list.reduce((a, b) => a + (b - mean) ** k, 0) / list.length;
  return [mean, central(2), central(3) / central(2) ** 1.5, central(4) / central(2) ** 2];
};

/** Pearson's statistic of counts that should be equal. */
const chiSquare = (counts: readonly number[], expected: number): number =>
  counts.reduce((s, n) => s + (n - expected) ** 2 / expected, 0);

const tally = (values: Iterable<number>, bins: number, bin: (v: number) => number): number[] => {
  const counts = new Array<number>(bins).fill(0);
  for (const v of values) counts[bin(v)]!++;
  return counts;
};

/** The standard normal distribution function, by numerical integration of its density. */
function normalBelow(z: number): number {
  let sum = 0.5;
  const step = 1e-4;
  for (let t = 0; t < Math.abs(z); t += step)
    sum += (Math.exp(-((t + step / 2) ** 2) / 2) / Math.sqrt(2 * Math.PI)) * step;
  return z < 0 ? 1 - sum : sum;
}

describe('laws', () => {
  it.each([0, 1, 12345])('uniform of seed %i', (seed) => {
    const values = new Float32Array(count);
    fillUniform(values, draw(seed));
    const [mean, variance] = moments(values) as [number, number];
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / count));
    // 99 degrees of freedom: mean 99, standard deviation 14.
    expect(
      chiSquare(
        tally(values, 100, (v) => Math.floor(v * 100)),
        count / 100,
      ),
    ).toBeLessThan(99 + 5 * Math.sqrt(2 * 99));
    expect(values.every((v) => v >= 0 && v < 1 && v * 2 ** 24 === Math.floor(v * 2 ** 24))).toBe(true);
  });

  it.each([0, 1, 12345])('normal of seed %i', (seed) => {
    const values = new Float64Array(count);
    fillNormal(values, draw(seed));
    const [mean, variance, skewness, kurtosis] = moments(values) as [number, number, number, number];
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(skewness)).toBeLessThan(5 * Math.sqrt(6 / count));
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / count));
    const edges = [-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2];
    const below = [0, ...edges.map(normalBelow), 1];
    const counts = tally(values, 10, (v) => edges.filter((e) => v >= e).length);
    const statistic = counts.reduce(
      (s, n, i) => s + (n - count * (below[i + 1]! - below[i]!)) ** 2 / (count * (below[i + 1]! - below[i]!)),
      0,
    );
    expect(statistic).toBeLessThan(9 + 5 * Math.sqrt(18));
  });

  it('exponential', () => {
    const values = new Float64Array(count);
    fillExponential(values, draw(9));
    const [mean, variance] = moments(values) as [number, number];
    expect(Math.abs(mean - 1)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(variance - 1)).toBeLessThan(5 * Math.sqrt(8 / count));
    expect(Math.min(...values)).toBeGreaterThan(0);
  });

  it.each([2, 3, 7, 100, 1000])('whole numbers below %i', (range) => {
    const numbers = new WholeNumbers(draw(range));
    const values = Array.from({ length: count }, () => numbers.below(range));
    expect(
      chiSquare(
        tally(values, range, (v) => v),
        count / range,
      ),
    ).toBeLessThan(range - 1 + 5 * Math.sqrt(2 * (range - 1)));
  });

  it('whole numbers without bias where a remainder would have one', () => {
    // 3 · 2^30 values: taken modulo, the lowest quarter of 2^32 would come twice as often as the rest, and the mean would lie at 5/12 instead of 1/2.
    const range = 3 * 2 ** 30;
    const numbers = new WholeNumbers(draw(4));
    const values = Array.from({ length: count }, () => numbers.below(range) / range);
    expect(Math.abs(moments(values)[0]! - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(
      chiSquare(
        tally(values, 64, (v) => Math.floor(v * 64)),
        count / 64,
      ),
    ).toBeLessThan(63 + 5 * Math.sqrt(126));
    const whole = new WholeNumbers(draw(4));
    const words = threefryWords(draw(4), 0, 4);
    expect(Array.from({ length: 8 }, () => whole.below(2 ** 32))).toEqual(Array.from(words));
  });

  it('every order equally often', () => {
    const orders = new Map<string, number>();
    for (let seed = 0; seed < 12000; seed++) {
      const key = permutation(4, draw(seed)).join('');
      orders.set(key, (orders.get(key) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    expect(chiSquare([...orders.values()], 500)).toBeLessThan(23 + 5 * Math.sqrt(46));
  });

  it('independent between calls, seeds and neighbours', () => {
    const correlation = (a: Float64Array, b: Float64Array): number => {
      let sum = 0;
      for (let i = 0; i < count; i++) sum += (a[i]! - 0.5) * (b[i]! - 0.5);
      return (12 * sum) / count;
    };
    const uniformOf = (of: Draw): Float64Array => {
      const values = new Float64Array(count);
      fillUniform(values, of);
      return values;
    };
    const a = uniformOf(draw(1, 0));
    const shifted = Float64Array.from({ length: count }, (_, i) => a[(i + 1) % count]!);
    for (const b of [
      uniformOf(draw(1, 1)),
      uniformOf(draw(2, 0)),
      uniformOf({ key0: 1, key1: 1, counter: 0 }),
      shifted,
    ])
      expect(Math.abs(correlation(a, b))).toBeLessThan(5 / Math.sqrt(count));
    const pairs = new Float64Array(count);
    fillNormal(pairs, draw(3));
    let product = 0;
    for (let i = 0; i < count; i += 2) product += pairs[i]! * pairs[i + 1]!;
    expect(Math.abs(product / (count / 2))).toBeLessThan(5 / Math.sqrt(count / 2));
  });
});

describe('Generator', () => {
  it('takes one counter a call', () => {
    const generator = new Generator(7);
    expect([generator.next(), generator.next()]).toEqual([draw(7, 0), draw(7, 1)]);
    expect(generator.getState()).toEqual({ seed: [7, 0], counter: 2 });
  });
  it('takes seeds of 64 bits', () => {
    expect(new Generator(-1).getState().seed).toEqual([0xffffffff, 0xffffffff]);
    expect(new Generator(-1).initialSeed()).toBe(2n ** 64n - 1n);
    expect(new Generator(2 ** 40 + 5).getState().seed).toEqual([5, 256]);
    expect(new Generator(2n ** 63n).getState().seed).toEqual([0, 2 ** 31]);
    expect(new Generator().initialSeed()).toBe(67280421310721);
    expect(() => new Generator(0.5)).toThrow('[manualSeed] 0.5 is not a seed');
    const generator = new Generator(1);
    expect(generator.seed()).toBe(generator.initialSeed());
  });
  it('goes on from a state that went through JSON', () => {
    const generator = new Generator(2n ** 50n + 3n);
    generator.next();
    const stored = JSON.parse(JSON.stringify(generator.getState()));
    const wanted = [generator.next(), generator.next()];
    const other = new Generator().setState(stored);
    expect([other.next(), other.next()]).toEqual(wanted);
    expect(other.initialSeed()).toBe(2 ** 50 + 3);
  });
  it('changes the key when the counter is used up', () => {
    const generator = new Generator(7).setState({ seed: [7, 0xffffffff], counter: 2 ** 32 - 1 });
    expect(generator.next()).toEqual({ key0: 7, key1: 0xffffffff, counter: 2 ** 32 - 1 });
    expect(generator.next()).toEqual({ key0: 7, key1: 0, counter: 0 });
  });
  it.each([
    null,
    {},
    { seed: [1], counter: 0 },
    { seed: [1, -1], counter: 0 },
    { seed: [1, 2 ** 32], counter: 0 },
    { seed: [1, 0], counter: 0.5 },
  ])('refuses the state %j', (state) => {
    expect(() => new Generator().setState(state as never)).toThrow('[setState]');
  });
});
