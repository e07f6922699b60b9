import { describe, expect, it } from 'vitest';
import { parseSignature, toCamelCase } from './signature.ts';

describe('parseSignature', () => {
  it('separates positional parameters from options', () => {
    const { name, parameters } = parseSignature('linalg.norm(A, { ord, dim, keepdim })');
    expect(name).toBe('linalg.norm');
    expect(parameters.map((parameter) => [parameter.name, parameter.option])).toEqual([
      ['A', undefined],
      ['ord', 'ord'],
      ['dim', 'dim'],
      ['keepdim', 'keepdim'],
    ]);
  });

  it('reads scalar operands, other option names and values for what is left out', () => {
    const { parameters } = parseSignature('f(x:scalar, shape:sizes=[1, 2], { keep_dim, p_norm>p, alpha:scalar })');
    expect(parameters).toEqual([
      { name: 'x', kind: 'scalar', option: undefined, fallback: undefined },
      { name: 'shape', kind: 'sizes', option: undefined, fallback: [1, 2] },
      { name: 'keep_dim', kind: 'plain', option: 'keepDim', fallback: undefined },
      { name: 'p_norm', kind: 'plain', option: 'p', fallback: undefined },
      { name: 'alpha', kind: 'scalar', option: 'alpha', fallback: undefined },
    ]);
  });

  it('reads flags', () => {
    expect(parseSignature('f(x, { unbiased:flag })').parameters[1]).toMatchObject({ kind: 'flag', option: 'unbiased' });
  });

  it('accepts a call without parameters', () => {
    expect(parseSignature('f()')).toEqual({ name: 'f', parameters: [] });
  });

  it('refuses text that is no signature', () => {
    expect(() => parseSignature('f(x')).toThrow('not a signature');
    expect(() => parseSignature('f(x y)')).toThrow('not a parameter');
  });
});

describe('toCamelCase', () => {
  it.each([
    ['log_softmax', 'logSoftmax'],
    ['add_', 'add_'],
    ['kaiming_uniform_', 'kaimingUniform_'],
    ['num_batches_tracked', 'numBatchesTracked'],
    ['T_max', 'tMax'],
    ['__getitem__', '__getitem__'],
    ['conv_transpose2d', 'convTranspose2d'],
  ])('%s → %s', (python, ours) => {
    expect(toCamelCase(python)).toBe(ours);
  });
});
