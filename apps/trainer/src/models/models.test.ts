import { select, type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { activationNames, completeOptions, type TrainingOptions } from '../options/training-options.ts';
import { buildModel, countWeights, describeModel, detailsOf, isDescription, titleOf, weightShapes } from './models.ts';

const sizes = { inputs: 64, outputs: 3 };
const dropouts = [0, 0.5];
const options: Partial<TrainingOptions>[] = [
  ...[[], [4], [5, 3]].flatMap((hidden) =>
    dropouts.flatMap((dropout) => activationNames.map((activation) => ({ hidden, dropout, activation }))),
  ),
  ...[[], [4], [2, 3]].flatMap((channels) => dropouts.map((dropout) => ({ model: 'cnn' as const, channels, dropout }))),
  ...dropouts.map((dropout) => ({
    model: 'gpt' as const,
    dataset: 'x',
    block: 6,
    layers: 2,
    heads: 2,
    dim: 4,
    dropout,
  })),
];

test.each(options)('%j has the names and shapes that are told without building it', (given) => {
  const description = describeModel(completeOptions(given), sizes);
  const state: Record<string, Tensor> = buildModel(description).stateDict();
  expect(Object.entries(state).map(([name, t]) => [name, t.shape])).toEqual([...weightShapes(description)]);
  expect(isDescription(JSON.parse(JSON.stringify(description)))).toBe(true);
});

test("the default's names are PyTorch's", () => {
  const description = describeModel(completeOptions({}), { inputs: 784, outputs: 10 });
  expect([...weightShapes(description).keys()]).toEqual(['0.weight', '0.bias', '2.weight', '2.bias']);
  expect([titleOf(description), detailsOf(description), countWeights(description)]).toEqual([
    '784-50-10',
    ['relu'],
    39_760,
  ]);
});

test('a network of convolutions takes rows of pixels', () => {
  const description = describeModel(completeOptions({ model: 'cnn' }), { inputs: 784, outputs: 10 });
  expect(titleOf(description)).toBe('cnn 16-32-10');
  expect(countWeights(description)).toBe(20_490);
  expect((buildModel(description).forward(zeros([2, 784])) as Tensor).shape).toEqual([2, 10]);
  const tooMany = completeOptions({ model: 'cnn', channels: [1, 1, 1, 1, 1] });
  expect(() => describeModel(tooMany, { inputs: 784, outputs: 10 })).toThrow(/28 × 28 can't be halved that often/);
});

describe('a model of text', () => {
  const given = completeOptions({ model: 'gpt', dataset: 'x', block: 5, layers: 2, heads: 2, dim: 8 });
  const description = describeModel(given, { inputs: 5, outputs: 7 });
  const model = buildModel(description).eval();
  const forward = async (values: readonly number[]): Promise<number[][]> => {
    const x = tensor([...values], { dtype: 'int64', shape: [1, values.length] });
    return (await select(model.forward(x) as Tensor, 0, 0).toArray()) as unknown as number[][];
  };

  test('says what it is', () => {
    expect([titleOf(description), ...detailsOf(description)]).toEqual([
      'gpt 2 × 8',
      '2 heads',
      '7 characters',
      'sees 5',
    ]);
    const odd = completeOptions({ model: 'gpt', dataset: 'x', dim: 9 });
    expect(() => describeModel(odd, sizes)).toThrow(/--dim 9 can't be divided among --heads 4/);
  });

  test('expects the next character by those before it only', async () => {
    const [one, other] = [await forward([1, 2, 3, 4]), await forward([1, 2, 6, 0])];
    expect(one).toHaveLength(4);
    expect(one[0]).toHaveLength(7);
    expect(other.slice(0, 2)).toEqual(one.slice(0, 2));
    expect(other[2]).not.toEqual(one[2]);
  });

  test('begins by expecting all alike', async () => {
    for (const row of await forward([0, 1, 2])) for (const logit of row) expect(Math.abs(logit)).toBeLessThan(0.3);
  });
});

test.each([
  null,
  3,
  {},
  { kind: 'toString' },
  { kind: 'mlp', inputs: 4, hidden: [3], outputs: 2, activation: 'relu', dropout: 1 },
  { kind: 'cnn', side: 4, channels: [1, 1, 1], outputs: 2, dropout: 0 },
  { kind: 'cnn', side: 4, channels: 3, outputs: 2, dropout: 0 },
  { kind: 'gpt', vocabulary: 2, block: 4, layers: 1, heads: 3, dim: 4, dropout: 0 },
  { kind: 'gpt', vocabulary: 2, block: 4, layers: 0, heads: 1, dim: 4, dropout: 0 },
])('%j is no description', (value) => {
  expect(isDescription(value)).toBe(false);
});
