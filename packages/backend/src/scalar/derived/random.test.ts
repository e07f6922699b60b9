/** The generator against its authors' known answers, and the exactness of what is made of its bits. */
import { describe, expect, it } from 'vitest';
import { applied, evaluate } from '../../../test/evaluate.ts';
import { cast } from '../core.ts';
import { constant, coordinate, input, scalar } from '../expression.ts';
import { print } from '../print.ts';
import { dropoutMask, elementBits, randomBits, randomBits2, threefry2x32, uniform } from './random.ts';

const words = (...values: number[]): number[][] => values.map((value) => [value]);
const u32 = (i: number) => input(i, 'u32');

/** Random123's kat_vectors: threefry2x32, 20 rounds: counter, key, result. */
const known: readonly [counter: readonly number[], key: readonly number[], result: readonly number[]][] = [
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
];

describe('threefry2x32', () => {
  it.each(known)('counter %j, key %j', (counter, key, result) => {
    const columns = words(...key, ...counter);
    expect(evaluate(randomBits(u32(0), u32(1), u32(2), u32(3)), columns)).toEqual([result[0]]);
    expect(evaluate(randomBits2(u32(0), u32(1), u32(2), u32(3)), columns)).toEqual([result[1]]);
    expect(threefry2x32(u32(0), u32(1), u32(2), u32(3)).map((word) => evaluate(word, columns)[0])).toEqual(result);
  });

  it('takes signed words by their bits', () => {
    const signed = words(...known[2]![1], ...known[2]![0]).map(([word]) => [word! | 0]);
    expect(evaluate(applied('randomBits', 'i32'), signed)).toEqual([0xc4923a9c]);
  });

  it('gives each element its own number', () => {
    const bits = randomBits(scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32'), cast(coordinate, 'u32'));
    const drawn = evaluate(bits, [], [1, 2, 3], 5000);
    expect(new Set(drawn).size).toBeGreaterThan(4990);
    expect(drawn[4999]).toBe(evaluate(applied('randomBits', 'u32'), words(1, 2, 3, 4999))[0]);
    expect(print(bits)).toBe('randomBits(s0, s1, s2, u32(coordinate))');
  });
});

it('elements i and i + 4 of every eight take the words of one block', () => {
  const key = [scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32')] as const;
  const place = cast(coordinate, 'u32');
  const of = [1, 2, 3];
  const [first, second] = [randomBits, randomBits2].map((row) => evaluate(row(...key, place), [], of, 12));
  const drawn = evaluate(elementBits(...key, place), [], of, 24);
  const eight = (n: number): number[] => [...first!.slice(n, n + 4), ...second!.slice(n, n + 4)];
  expect(drawn).toEqual([...eight(0), ...eight(4), ...eight(8)]);
});

describe('uniform', () => {
  it('is exact: all multiples of 2^-24 below 1', () => {
    const bits = [0, 0xff, 0x100, 0x80000000, 0xffffff00, 0xffffffff];
    const wanted = [0, 0, 2 ** -24, 0.5, 1 - 2 ** -24, 1 - 2 ** -24];
    expect(evaluate(uniform(u32(0)), [bits])).toEqual(wanted);
  });

  it('in float64 takes 53 bits of two words', () => {
    const value = evaluate(applied('uniformDouble', 'u32'), words(0xffffffff, 0xffffffff))[0];
    expect(value).toBe(1 - 2 ** -53);
    expect(evaluate(applied('uniformDouble', 'u32'), words(0, 0x40))[0]).toBe(2 ** -53);
    expect(evaluate(applied('uniformDouble', 'u32'), words(0x20, 0))[0]).toBe(2 ** -27);
  });

  it('has the mean and variance of a uniform law', () => {
    const bits = randomBits(constant(7, 'u32'), constant(0, 'u32'), constant(1, 'u32'), cast(coordinate, 'u32'));
    const count = 20000;
    const drawn = evaluate(uniform(bits), [], [], count);
    const mean = drawn.reduce((sum, x) => sum + x) / count;
    const variance = drawn.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / count;
    // Five standard errors.
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / count));
  });
});

describe('dropoutMask', () => {
  const kept = (fraction: number): number => {
    const bits = randomBits(constant(7, 'u32'), constant(0, 'u32'), constant(2, 'u32'), cast(coordinate, 'u32'));
    const mask = evaluate(dropoutMask(bits, scalar(0, 'u32')), [], [Math.round(fraction * 2 ** 24)], 20000);
    return mask.reduce((sum, x) => sum + x) / 20000;
  };

  it('keeps all, none, or the fraction asked for', () => {
    expect(kept(1)).toBe(1);
    expect(kept(0)).toBe(0);
    expect(Math.abs(kept(0.7) - 0.7)).toBeLessThan(5 * Math.sqrt(0.21 / 20000));
  });

  it('keeps the greatest bits when all are kept', () => {
    expect(evaluate(applied('dropoutMask', 'u32'), words(0xffffffff, 2 ** 24))).toEqual([1]);
    expect(evaluate(applied('dropoutMask', 'u32'), words(0, 0))).toEqual([0]);
  });
});
