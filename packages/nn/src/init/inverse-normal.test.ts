/** The quantiles against the distribution function, which the tensor package computes by another method. */
import { erfc, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { inverseNormal } from './inverse-normal.ts';

/** The distribution function in float64: erfc(-z/√2)/2. */
const distribution = (z: Float64Array): Float64Array =>
  (erfc(tensor(z.map((x) => -x / Math.SQRT2))) as { dataSync(): Float64Array }).dataSync().map((x) => x / 2);

describe('inverseNormal', () => {
  it('is what the distribution function comes back from', () => {
    const places = Float64Array.from({ length: 4001 }, (_, i) => (i + 0.5) / 4002);
    for (let e = 1; e < 300; e++) places[e] = 10 ** -e;
    const back = distribution(inverseNormal(places.slice()));
    // A relative error of z times z² stands in the result.
    for (const [i, p] of places.entries())
      expect(Math.abs(back[i]! / p - 1)).toBeLessThan(1e-15 * (10 - 6 * Math.log(p)));
  });

  it('turns the sign on the other side of a half', () => {
    const upper = inverseNormal(Float64Array.of(0.5, 0.6, 0.9375, 1 - 2 ** -40));
    const lower = inverseNormal(Float64Array.of(0.5, 0.4, 0.0625, 2 ** -40));
    for (const [i, z] of upper.entries()) expect(z).toBeCloseTo(-lower[i]!, 14);
    expect(lower[0]).toBe(0);
  });

  it('known quantiles and the ends', () => {
    // Tables: 97.5 %, one standard deviation.
    const [two, one, ...ends] = inverseNormal(Float64Array.of(0.975, 0.8413447460685429, 0, 1));
    expect(two).toBeCloseTo(1.959963984540054, 14);
    expect(one).toBeCloseTo(1, 14);
    expect(ends).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });
});
