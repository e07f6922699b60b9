/** Covariances and correlations beside numbers of PyTorch 1.13. Gradients: test/linalg-gradients.test.ts. */
import '../../methods.ts';
import { describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';
import { memory, type Tensor } from '../../index.ts';

const x = nn.tensor([
  [0, 1, 2.5, -1],
  [2, 1.5, 0, 0.25],
]) as Tensor;
const often = nn.tensor([2, 1, 0, 3], { dtype: 'int64' });
const heavy = nn.tensor([0.5, 0.25, 1, 2]);
const { NaN: none, POSITIVE_INFINITY: inf } = Number;

function near(found: Tensor, wanted: unknown, shape: readonly number[]): void {
  expect(found.shape).toEqual(shape);
  const numbers = [wanted].flat(2) as number[];
  Array.from(found.dataSync(), Number).forEach((value, i) => {
    if (Number.isFinite(numbers[i])) expect(value).toBeCloseTo(numbers[i]!, 5);
    else expect(value).toBe(numbers[i]);
  });
}

describe('cov', () => {
  it.each<[nn.CovarianceOptions, number[][]]>([
    [{}, [[2.229167, -0.364583], [-0.364583, 0.932292]]],
    [{ correction: 0 }, [[1.671875, -0.273438], [-0.273438, 0.699219]]],
    [{ correction: 2 }, [[3.34375, -0.546875], [-0.546875, 1.398438]]],
    [{ correction: 9 }, [[inf, -inf], [-inf, inf]]],
    [{ fweights: often }, [[0.666667, 0.566667], [0.566667, 0.785417]]],
    [{ fweights: often, correction: 0 }, [[0.555556, 0.472222], [0.472222, 0.654514]]],
    [{ aweights: heavy }, [[3.578571, -0.214286], [-0.214286, 0.75]]],
    [{ aweights: heavy, correction: 0 }, [[2.226667, -0.133333], [-0.133333, 0.466667]]],
    [{ fweights: often, aweights: heavy }, [[0.30625, 0.353125], [0.353125, 0.519531]]],
    [{ fweights: often, aweights: heavy, correction: 3 }, [[0.82353, 0.94958], [0.94958, 1.397059]]],
  ])('case %#', (options, wanted) => near(nn.cov(x, options) as Tensor, wanted, [2, 2])); // biome-ignore format: facts
  it('takes one variable, integers, nothing, other layouts', () => {
    near(nn.cov(x.at(0) as Tensor), 2.229167, []);
    near(nn.cov(x.at(0) as Tensor, { aweights: heavy }), 3.578571, []);
    near(nn.cov(x.at('0:1') as Tensor), 2.229167, []);
    near(nn.cov(nn.tensor(3)), none, []);
    near(nn.cov(x.int() as Tensor), [1.666667, -0.166667, -0.166667, 0.916667], [2, 2]);
    near(nn.cov(nn.zeros([2, 0])), [none, none, none, none], [2, 2]);
    expect(nn.cov(nn.zeros([0, 3])).shape).toEqual([0, 0]);
    near((x.t() as Tensor).clone().t().cov() as Tensor, [2.229167, -0.364583, -0.364583, 0.932292], [2, 2]);
    expect(nn.cov(x, { aweights: heavy.double() }).dtype).toBe('float64');
  });
  it.each<[string, () => unknown]>([
    ['[cov] takes a matrix', () => nn.cov(nn.ones([2, 2, 2]))],
    ["[cov] of bool isn't defined", () => nn.cov(nn.tensor([true, false]))],
    ['[cov] fweights of float32; they are integers', () => nn.cov(x, { fweights: heavy })],
    ['[cov] aweights of int64; they are floats', () => nn.cov(x, { aweights: often })],
    ['[cov] fweights of shape (2,) for 4 observations', () => nn.cov(x, { fweights: often.at('0:2') as Tensor })],
    ['[cov] aweights of shape (1, 4) for 4 observations', () => nn.cov(x, { aweights: heavy.unsqueeze(0) as Tensor })],
    ['[corrcoef] takes a matrix', () => nn.corrcoef(nn.ones([2, 2, 2]))],
  ])('%s', (message, run) => expect(run).toThrow(message));
  it('keeps no memory but its result', () => {
    const taken = (): number => memory().live - memory().free;
    for (const run of [() => nn.cov(x), () => nn.cov(x, { fweights: often, aweights: heavy }), () => nn.corrcoef(x)]) {
      run().dispose();
      const before = taken();
      run().dispose();
      expect(taken()).toBe(before);
    }
  });
});

describe('corrcoef', () => {
  it('is between -1 and 1, NaN where nothing varies', () => {
    near(nn.corrcoef(x) as Tensor, [1, -0.2529, -0.2529, 1], [2, 2]);
    near(x.at(0).corrcoef() as Tensor, 1, []);
    near(nn.corrcoef(nn.ones([2, 3])), [none, none, none, none], [2, 2]);
    expect(nn.corrcoef(x.at('0:1') as Tensor).shape).toEqual([]);
    expect(nn.corrcoef(nn.zeros([0, 3])).shape).toEqual([0, 0]);
  });
});
