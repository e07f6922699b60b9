/** What has no length where samples belong, and what is no tensor where rows do. */
import { NnError } from '@nn/backend';
import { tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as data from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const D: any = data;
const junk = [
  undefined,
  null,
  5,
  Number.NaN,
  true,
  {},
  { length: -1 },
  { length: 0.5 },
  { length: Number.POSITIVE_INFINITY },
];

describe.each<readonly [string, (bad: unknown) => unknown]>([
  ['SequentialSampler', (bad) => new D.SequentialSampler(bad)],
  ['RandomSampler', (bad) => new D.RandomSampler(bad)],
  ['SubsetRandomSampler', (bad) => new D.SubsetRandomSampler(bad)],
  ['WeightedRandomSampler', (bad) => new D.WeightedRandomSampler(bad, 1)],
  ['BatchSampler', (bad) => new D.BatchSampler(bad, 1)],
  ['DistributedSampler', (bad) => new D.DistributedSampler(bad, { numReplicas: 1, rank: 0 })],
  ['Subset', (bad) => new D.Subset(bad, [])],
  ['Subset', (bad) => new D.Subset([1], bad)],
  ['ConcatDataset', (bad) => new D.ConcatDataset(bad)],
  ['ConcatDataset', (bad) => new D.ConcatDataset([[1], bad])],
  ['randomSplit', (bad) => D.randomSplit(bad, [1])],
  ['randomSplit', (bad) => D.randomSplit([1], bad)],
  ['defaultCollate', (bad) => D.defaultCollate(bad)],
  ['TensorDataset', (bad) => new D.TensorDataset(bad)],
  ['TensorDataset', (bad) => new D.TensorDataset(tensor([1]), bad)],
])('%s', (name, call) => {
  it.each(junk.map((bad) => [bad]))('refuses %s', (bad) => {
    if (name === 'TensorDataset' && bad === undefined) return;
    expect(() => call(bad)).toThrow(NnError);
    expect(() => call(bad)).toThrow(`[${name}] `);
  });
});

it('refuses a batch size without its name', () => {
  expect(() => new D.DataLoader([1, 2], 32)).toThrow('[DataLoader] got 32 where options belong');
});

it('refuses an epoch that is no whole number', () => {
  const sampler = new D.DistributedSampler([1, 2], { numReplicas: 1, rank: 0 });
  expect(() => sampler.setEpoch(Number.NaN)).toThrow(
    '[DistributedSampler.setEpoch] the epoch must be a whole number, got NaN',
  );
});
