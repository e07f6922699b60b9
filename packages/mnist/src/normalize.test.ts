import { ValueError } from '@nn/backend';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadBuiltIn } from './built-in.ts';
import { normalize, pixelStatistics } from './normalize.ts';

describe('pixelStatistics', () => {
  test('agrees with the plain two-pass sums, in any order', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 2, maxLength: 300 }), (images) => {
        fc.pre(new Set(images).size > 1);
        const values = Array.from(images, (pixel) => pixel / 255);
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
        const found = pixelStatistics(images);
        expect(found.mean).toBeCloseTo(mean, 12);
        expect(found.std).toBeCloseTo(Math.sqrt(variance), 9);
        expect(pixelStatistics(images.toReversed())).toEqual(found);
      }),
    );
  });

  test('of the built-in training digits is close to that of the full set, 0.1307 and 0.3081', async () => {
    const { train } = await loadBuiltIn();
    const { mean, std } = pixelStatistics(train.images);
    // The mean of one image deviates by about 0.04, so that of 9,000 by 4e-4; four times that.
    expect(Math.abs(mean - 0.1307)).toBeLessThan(1.6e-3);
    expect(Math.abs(std - 0.3081)).toBeLessThan(1.6e-3);
  });

  test('refuses what has no deviation', () => {
    expect(() => pixelStatistics(new Uint8Array())).toThrow(ValueError);
    expect(() => pixelStatistics(Uint8Array.of(9, 9))).toThrow(/all 2 pixels are 9/);
  });
});

describe('normalize', () => {
  test('gives the training pixels mean 0 and deviation 1', async () => {
    const { train } = await loadBuiltIn();
    const x = normalize(train.images, pixelStatistics(train.images));
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length;
    expect(Math.abs(mean)).toBeLessThan(1e-6);
    expect(Math.abs(variance - 1)).toBeLessThan(1e-6);
  });

  test('without options it divides by 255', () => {
    expect(normalize(Uint8Array.of(0, 51, 255))).toEqual(Float32Array.of(0, 0.2, 1));
    expect(normalize(Uint8Array.of(0, 51, 255), { dtype: 'float64' })).toEqual(Float64Array.of(0, 0.2, 1));
  });

  test('subtracts first, then divides', () => {
    expect(normalize(Uint8Array.of(255), { mean: 0.25, std: 0.5 })).toEqual(Float32Array.of(1.5));
  });

  test.each([
    { mean: 0, std: 0 },
    { mean: 0, std: -1 },
    { mean: 0, std: Number.NaN },
    { mean: Number.POSITIVE_INFINITY, std: 1 },
  ])('refuses %o', (statistics) => {
    expect(() => normalize(Uint8Array.of(1), statistics)).toThrow(ValueError);
  });
});
