/** Gradients of all kinds of dropout, of first and second order, against finite differences: each draw is the same again, for its generator is made anew. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { dropout, Generator, manualSeed, randn, type Tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import {
  alphaDropout,
  dropout1d,
  dropout2d,
  dropout3d,
  featureAlphaDropout,
  MultiheadAttention,
  scaledDotProductAttention,
  TransformerEncoderLayer,
} from '../index.ts';

const double = { dtype: 'float64' } as const;
const normal = (...shape: number[]): Tensor => randn(shape, double) as Tensor;

type Run = (...inputs: Tensor[]) => Tensor;

const attention =
  (isCausal: boolean): Run =>
  (q, k, v) =>
    scaledDotProductAttention(q!, k!, v!, { dropoutP: 0.4, isCausal, generator: new Generator(6) });

const cases: [string, Run, readonly number[][]][] = [
  ['dropout', (x) => dropout(x!, { p: 0.4, generator: new Generator(3) }) as Tensor, [[4, 5]]],
  ['dropout1d', (x) => dropout1d(x!, { p: 0.4, generator: new Generator(3) }), [[4, 3, 2]]],
  ['dropout2d', (x) => dropout2d(x!, { p: 0.4, generator: new Generator(3) }), [[2, 4, 1, 3]]],
  ['dropout3d without a batch', (x) => dropout3d(x!, { p: 0.4, generator: new Generator(3) }), [[6, 1, 2, 2]]],
  ['alphaDropout', (x) => alphaDropout(x!, { p: 0.4, generator: new Generator(3) }), [[4, 5]]],
  ['featureAlphaDropout', (x) => featureAlphaDropout(x!, { p: 0.4, generator: new Generator(3) }), [[3, 4, 2]]],
  ['attention', attention(false), [[2, 3, 2], [2, 4, 2], [2, 4, 3]]], // biome-ignore format: shapes
  ['causal attention', attention(true), [[2, 3, 2], [2, 3, 2], [2, 3, 3]]], // biome-ignore format: shapes
];

describe('gradients where parts are dropped', () => {
  it.each(cases)('%s', async (_, run, shapes) => {
    manualSeed(2);
    // Squares, so that the slope depends on what was kept.
    const squared: Run = (...inputs) => {
      const out = run(...inputs);
      return out.mul(out) as Tensor;
    };
    const inputs = shapes.map((shape) => normal(...shape));
    expect(await run(...inputs).toArray()).toEqual(await run(...inputs).toArray());
    expect(await gradcheck(squared as never, inputs)).toBe(true);
    expect(await gradgradcheck(squared as never, inputs)).toBe(true);
  });

  it('attention and encoder layers, in training mode', async () => {
    const attention = new MultiheadAttention(4, 2, { dropout: 0.4, ...double });
    const given = { dimFeedforward: 5, dropout: 0.4, activation: 'gelu', ...double } as const;
    const encoder = new TransformerEncoderLayer(4, 2, given);
    for (const forward of [(x: Tensor) => attention.forward(x, x, x)[0], (x: Tensor) => encoder.forward(x)]) {
      const run = (x: Tensor): Tensor => {
        manualSeed(4);
        return forward(x);
      };
      expect(await gradcheck(run as never, [normal(3, 2, 4)])).toBe(true);
    }
  });
});
