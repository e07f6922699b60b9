import { describe, expect, it } from 'vitest';
import type { Json } from '../format/document.ts';
import { readFamily } from '../format/document.ts';
import { diskFolder } from '../format/folder.ts';
import type { CaseResult } from '../report/result.ts';
import { runCase } from './run-case.ts';

type Fields = Readonly<Record<string, Json>>;

async function run(fields: Fields): Promise<CaseResult> {
  const text = JSON.stringify({ family: 'f', cases: [{ id: 'f/1', inputs: [], attrs: {}, ...fields }] });
  const [golden] = readFamily(text, 'f.json').cases;
  if (!golden) throw new Error('no case');
  return runCase(golden, { folder: diskFolder('.') });
}

const tensor = (...data: readonly number[]): Fields => ({ dtype: 'float32', shape: [data.length], data });
const product: Fields = {
  op: 'torch.mul',
  inputs: [
    { name: 'input', ...tensor(1, 2), requires_grad: true },
    { name: 'other', ...tensor(3, 4), requires_grad: true },
  ],
  outputs: [tensor(3, 8)],
  grad_output: [{ shape: [2], data: [1, 10] }],
  grads: { input: { shape: [2], data: [3, 40] }, other: { shape: [2], data: [1, 20] } },
};

describe('runCase on other spellings', () => {
  const self = { name: 'self', ...tensor(1, 4), requires_grad: false };
  const input = { ...self, name: 'input' };
  const number = (value: number): Fields => ({ dtype: 'float32', shape: [], data: [value] });

  it.each<[string, Fields]>([
    ['an alias', { op: 'torch.multiply', inputs: [input], attrs: { other: 2 }, outputs: [tensor(2, 8)] }],
    ['a method by its alias', { op: 'torch.Tensor.negative', inputs: [self], outputs: [tensor(-1, -4)] }],
    ['such a method in place', { op: 'torch.Tensor.absolute_', inputs: [self], outputs: [tensor(1, 4)] }],
    ['an operator', { op: 'torch.Tensor.__rsub__', inputs: [self], attrs: { args: [5] }, outputs: [tensor(4, 1)] }],
    [
      'an operator in place',
      { op: 'torch.Tensor.__iadd__', inputs: [self], attrs: { args: [1] }, outputs: [tensor(2, 5)] },
    ],
    ['torch.special', { op: 'torch.special.exp2', inputs: [input], outputs: [tensor(2, 16)] }],
    ['a function of torch.nn.functional in torch', { op: 'torch.celu', inputs: [input], outputs: [tensor(1, 4)] }],
    [
      'a method that is only a function here',
      { op: 'torch.Tensor.dist', inputs: [self, { ...self, name: 'other' }], outputs: [number(0)] },
    ],
    [
      'unbiased in the place of dim',
      { op: 'torch.Tensor.var', inputs: [self], attrs: { args: [false] }, outputs: [number(2.25)] },
    ],
    ['bounds that are floats', { op: 'torch.arange', attrs: { end: 2.5 }, outputs: [tensor(0, 1, 2)] }],
  ])('passes %s', async (_, fields) => {
    expect(await run(fields)).toMatchObject({ status: 'passed' });
  });

  it('refuses what has no mapping under any name', async () => {
    const result = await run({ op: 'torch.special.unheard_of', inputs: [input], outputs: [tensor(1, 4)] });
    expect(result.message).toContain('no mapping for torch.special.unheard_of');
  });
});

describe('runCase on a call', () => {
  it('passes when outputs and gradients agree', async () => {
    expect(await run(product)).toEqual({ id: 'f/1', family: 'f', op: 'torch.mul', status: 'passed', largestError: 0 });
  });

  it.each<[string, Fields, string]>([
    ['a wrong value', { outputs: [tensor(3, 9)] }, 'output: at [1]: 8, expected 9'],
    ['a wrong dtype', { outputs: [{ ...tensor(3, 8), dtype: 'float64' }] }, 'dtype float32, expected float64'],
    ['a missing output', { outputs: [tensor(3, 8), tensor(0, 0)] }, '1 outputs, expected 2'],
    [
      'a wrong gradient',
      { grads: { other: { shape: [2], data: [1, 2] } } },
      'gradient of other: at [1]: 20, expected 2',
    ],
    ['a gradient where there is none', { grads: { input: null } }, 'gradient of input: a gradient, expected none'],
    ['a gradient of no input', { grads: { x: { shape: [2], data: [1, 2] } } }, 'no input of that name'],
    ['an op without a mapping', { op: 'torch.unheard_of' }, 'no mapping for torch.unheard_of'],
    ['an attribute that the mapping ignores', { attrs: { speed: 2 } }, 'the mapping of torch.mul ignores speed'],
  ])('fails on %s', async (_, change, message) => {
    const result = await run({ ...product, ...change });
    expect(result.status).toBe('failed');
    expect(result.message).toContain(message);
  });

  it('fails on a gradient that the library does not give', async () => {
    const unused = { name: 'min', ...tensor(0, 0), requires_grad: true };
    const result = await run({
      ...product,
      op: 'torch.zeros_like',
      inputs: [{ ...unused, name: 'input' }],
      outputs: [tensor(0, 0)],
    });
    expect(result.status).toBe('failed');
  });
});

describe('runCase on second derivatives', () => {
  const square: Fields = {
    op: 'torch.square',
    inputs: [{ name: 'input', ...tensor(3), requires_grad: true }],
    outputs: [tensor(9)],
    grad_output: [{ shape: [1], data: [2] }],
    grads: { input: { shape: [1], data: [12] } },
  };
  const doubled = (second: number, ofGradOutput: number): Fields => ({
    v: { input: { shape: [1], data: [5] } },
    grads: { input: { shape: [1], data: [second] } },
    grad_grad_output: [{ shape: [1], data: [ofGradOutput] }],
  });

  it('differentiates the gradients by inputs and by grad_output', async () => {
    expect(await run({ ...square, double_backward: doubled(20, 30) })).toMatchObject({ status: 'passed' });
    expect((await run({ ...square, double_backward: doubled(21, 30) })).message).toContain(
      'gradient of input: at [0]: 20',
    );
    expect((await run({ ...square, double_backward: doubled(20, 31) })).message).toContain('grad_output 0: at [0]: 30');
  });
});

describe('runCase on other forms', () => {
  it('runs a method in place on a clone, whose origin still gets the gradient', async () => {
    const result = await run({
      op: 'torch.Tensor.mul_',
      inputs: [{ name: 'self', ...tensor(1, 2), requires_grad: true }],
      attrs: { other: 3 },
      outputs: [tensor(3, 6)],
      grad_output: [{ shape: [2], data: [1, 1] }],
      grads: { self: { shape: [2], data: [3, 3] } },
    });
    expect(result.status).toBe('passed');
  });

  it('loads the parameters of a module and differentiates by them', async () => {
    const result = await run({
      op: 'torch.nn.Linear',
      inputs: [
        { name: 'input', dtype: 'float32', shape: [1, 2], data: [1, 2], requires_grad: true },
        { name: 'weight', dtype: 'float32', shape: [1, 2], data: [3, 4], requires_grad: true, role: 'parameter' },
        { name: 'bias', ...tensor(0.5), requires_grad: true, role: 'parameter' },
      ],
      attrs: { init: { in_features: 2, out_features: 1 } },
      outputs: [{ dtype: 'float32', shape: [1, 1], data: [11.5] }],
      grad_output: [{ shape: [1, 1], data: [2] }],
      grads: { weight: { shape: [1, 2], data: [2, 4] }, bias: { shape: [1], data: [2] } },
    });
    expect(result).toMatchObject({ status: 'passed' });
  });

  it('reads subscripts, and assigns to a clone', async () => {
    const self = { name: 'self', ...tensor(1, 2, 3), requires_grad: false };
    const index = [{ slice: [1, null, null] }];
    expect(
      await run({ op: 'torch.Tensor.__getitem__', inputs: [self], attrs: { index }, outputs: [tensor(2, 3)] }),
    ).toMatchObject({ status: 'passed' });
    const outputs = [tensor(1, 7, 7)];
    expect(
      await run({ op: 'torch.Tensor.__setitem__', inputs: [self], attrs: { index, value: 7 }, outputs }),
    ).toMatchObject({ status: 'passed' });
  });

  it('tells programs that nobody translated from failures', async () => {
    const program = { op: 'program', attrs: { code: 'x = 1' }, expected: { x: 1 } };
    expect(await run(program)).toMatchObject({ status: 'untranslated' });
  });

  it('passes a program that must fail when the library refuses it', async () => {
    const failing = {
      op: 'program',
      attrs: { code: 'torch.ones(3)[5]' },
      expected: { error: 'IndexError', message: '' },
    };
    expect(await run(failing)).toMatchObject({ status: 'passed' });
  });
});
