/** Printed forms against what PyTorch 1.13.1 printed: the golden family `modules`, and further forms written down from its documentation. */
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as nn from '../index.ts';
import { pythonFloat } from './python-text.ts';

class Nest extends nn.Module {
  readonly layers = new nn.ModuleList([new nn.Linear(3, 2), new nn.ReLU()]);
  readonly d = new nn.ModuleDict({ a: new nn.Linear(2, 2), b: new nn.Tanh() });
  readonly plist = new nn.ParameterList([zeros([2, 2])]);
  override forward(): void {}
}

class MLP extends nn.Module {
  readonly l1 = new nn.Linear(784, 50);
  readonly l2 = new nn.Linear(50, 10);
  readonly relu = new nn.ReLU();
  override forward(): void {}
}

const { cases } = JSON.parse(
  readFileSync(new URL('../../../../apps/goldens/data/modules.json', import.meta.url), 'utf8'),
) as { cases: readonly { id: string; expected: { repr: string } }[] };

const golden: Readonly<Record<string, () => nn.Module>> = {
  'modules/nn.Linear/01': () => new nn.Linear(3, 4),
  'modules/nn.Linear/02': () => new nn.Linear(5, 2, { bias: false }),
  'modules/nn.Sequential/01': () => new nn.Sequential(new nn.Linear(784, 50), new nn.ReLU(), new nn.Linear(50, 10)),
  'modules/nn.Dropout/01': () => new nn.Dropout({ p: 0.3 }),
  'modules/nn.Flatten/01': () => new nn.Flatten(),
  'modules/nn.ReLU/01': () => new nn.ReLU({ inplace: true }),
  'modules/nn.LeakyReLU/01': () => new nn.LeakyReLU({ negativeSlope: 0.2 }),
  'modules/nn.Softmax/01': () => new nn.Softmax({ dim: 1 }),
  'modules/nn.ELU/01': () => new nn.ELU(),
  'modules/nn.PReLU/01': () => new nn.PReLU(),
  'modules/nn.Hardtanh/01': () => new nn.Hardtanh(),
  'modules/nn.GELU/01': () => new nn.GELU({ approximate: 'tanh' }),
  'modules/nn.Identity/01': () => new nn.Identity(54, { unused: true }),
  'modules/nn.CrossEntropyLoss/01': () => new nn.CrossEntropyLoss(),
  'modules/nn.MSELoss/01': () => new nn.MSELoss(),
  'modules/nn.Bilinear/01': () => new nn.Bilinear(2, 3, 4),
  'modules/MLP/01': () => new MLP(),
  'modules/nn.ModuleList/01': () => new nn.ModuleList([new nn.Linear(2, 2), new nn.ReLU()]),
  'modules/Nest/01': () => new Nest(),
};

describe('repr as PyTorch printed it', () => {
  it.each(Object.entries(golden))('%s', (id, make) => {
    const { repr } = cases.find((each) => each.id === id)!.expected;
    expect(String(make())).toBe(repr);
    expect(inspect(make())).toBe(repr);
  });
});

describe('repr of other modules', () => {
  it.each<[string, nn.Module]>([
    ['ReLU()', new nn.ReLU()],
    ['ReLU6(inplace=True)', new nn.ReLU6({ inplace: true })],
    ['Hardswish()', new nn.Hardswish({ inplace: true })],
    ['Hardsigmoid()', new nn.Hardsigmoid()],
    ['LeakyReLU(negative_slope=1e-05, inplace=True)', new nn.LeakyReLU({ negativeSlope: 1e-5, inplace: true })],
    ['RReLU(lower=0.125, upper=0.3333333333333333)', new nn.RReLU()],
    ['Threshold(threshold=0.1, value=20)', new nn.Threshold(0.1, 20)],
    ['Hardtanh(min_val=-2.0, max_val=2.5)', new nn.Hardtanh({ minVal: -2, maxVal: 2.5 })],
    ['Hardshrink(0.5)', new nn.Hardshrink()],
    ['Softshrink(0.1)', new nn.Softshrink({ lambd: 0.1 })],
    ['SELU()', new nn.SELU()],
    ['SiLU(inplace=True)', new nn.SiLU({ inplace: true })],
    ['Mish()', new nn.Mish()],
    ['CELU(alpha=0.5, inplace=True)', new nn.CELU({ alpha: 0.5, inplace: true })],
    ["GELU(approximate='none')", new nn.GELU()],
    ['Softplus(beta=1, threshold=20)', new nn.Softplus()],
    ['Sigmoid()', new nn.Sigmoid()],
    ['LogSigmoid()', new nn.LogSigmoid()],
    ['Tanhshrink()', new nn.Tanhshrink()],
    ['Softsign()', new nn.Softsign()],
    ['GLU(dim=-1)', new nn.GLU()],
    ['LogSoftmax(dim=-1)', new nn.LogSoftmax({ dim: -1 })],
    ['Softmin(dim=0)', new nn.Softmin({ dim: 0 })],
    ['Softmax2d()', new nn.Softmax2d()],
    ['Unflatten(dim=1, unflattened_size=(2, 5))', new nn.Unflatten(1, [2, 5])],
    ['AlphaDropout(p=0.5, inplace=False)', new nn.AlphaDropout()],
    ['Dropout2d(p=0.2, inplace=True)', new nn.Dropout2d({ p: 0.2, inplace: true })],
    ['CosineSimilarity()', new nn.CosineSimilarity()],
    ['PairwiseDistance()', new nn.PairwiseDistance()],
    ['BCEWithLogitsLoss()', new nn.BCEWithLogitsLoss({ posWeight: zeros([2]) })],
    ['Sequential()', new nn.Sequential()],
    [
      'ParameterDict(  (a): Parameter containing: [torch.FloatTensor of size 2x3])',
      new nn.ParameterDict({ a: zeros([2, 3]) }),
    ],
  ])('%s', (text, module) => {
    expect(String(module)).toBe(text);
  });

  it('puts several settings and modules on lines of their own', () => {
    class Block extends nn.Module {
      readonly act = new nn.ReLU();
      override forward(): void {}
      override extraRepr(): string {
        return 'width=3\ndepth=2';
      }
    }
    expect(String(new nn.Sequential({ block: new Block() }))).toBe(
      'Sequential(\n  (block): Block(\n    width=3\n    depth=2\n    (act): ReLU()\n  )\n)',
    );
  });
});

it.each([
  [0, '0.0'],
  [-0, '-0.0'],
  [1, '1.0'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.5e-7, '1.5e-07'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [123456.789, '123456.789'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [Number.NaN, 'nan'],
])('Python prints %d as %s', (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});
