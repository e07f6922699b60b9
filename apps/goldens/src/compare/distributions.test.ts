import { describe, expect, it } from 'vitest';
import { compareDistribution, ENOUGH_VALUES } from './distributions.ts';

// Evenly spaced quantiles stand for a perfect draw.
const uniform = Array.from({ length: ENOUGH_VALUES }, (_, i) => (2 * (i + 0.5)) / ENOUGH_VALUES - 1);
// Sums of twelve uniforms would do; a logistic scaled to variance 1 has another kurtosis but the same mean and spread.
const bell = uniform.map((u) => (Math.log((1 + u) / (1 - u)) * Math.sqrt(3)) / Math.PI);

describe('compareDistribution', () => {
  it('accepts values of the distribution', () => {
    expect(compareDistribution(uniform, { distribution: 'uniform', bound: 1 }).message).toBeUndefined();
    expect(compareDistribution(bell, { distribution: 'normal', std: 1 }).message).toBeUndefined();
    expect(compareDistribution([2, 2], { constant: 2 }).message).toBeUndefined();
    expect(compareDistribution([Math.fround(0.1)], { constant: 0.1 }).message).toBeUndefined();
  });

  it.each([
    ['values past the bound', { distribution: 'uniform', bound: 0.99 }, 'the bound is 0.99'],
    ['a bound that is 5 % too wide', { distribution: 'uniform', bound: 1.05 }, 'standard deviation'],
    ['another mean', { distribution: 'normal', mean: 0.1, std: 0.57735 }, 'mean'],
    ['a distribution it does not know', { distribution: 'cauchy' }, 'unknown distribution'],
    ['a constant', { constant: 0 }, 'expected 0 everywhere'],
  ])('refuses %s', (_, description, message) => {
    expect(compareDistribution(uniform, description).message).toContain(message);
  });
});
