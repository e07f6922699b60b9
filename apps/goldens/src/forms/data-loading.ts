/** Samplers, datasets, batches and collation of torch.utils.data. Random ones are judged by their property. */

import { arange } from '@nn/tensor';
import { AGREED, type Comparison, comparePlain, fail, joinComparisons } from '../compare/tensors.ts';
import {
  type GoldenCase,
  isRecord,
  isStoredTensor,
  type Json,
  type JsonRecord,
  type StoredTensor,
} from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { compareValue } from '../run/compare-value.ts';
import { callFunction, construct, MissingError } from '../run/library.ts';
import { toOptions } from '../run/options.ts';
import { makeStored } from '../run/tensors.ts';
import { type Form, UntranslatedError } from './form.ts';

const PREFIX = 'torch.utils.data.';

interface Attributes {
  readonly n: number;
  readonly batch_size: number;
  readonly drop_last: boolean;
  readonly shuffle: boolean;
  readonly dataset: string;
  readonly sampler: string;
  readonly lengths: readonly number[];
  readonly parts: readonly (readonly number[])[];
  readonly base: string;
  readonly indices: readonly number[];
  readonly replacement: boolean;
  readonly num_replicas: number;
  readonly rank: number;
}

type Check = (attributes: Attributes, expected: JsonRecord, golden: GoldenCase) => Promise<Comparison>;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['BatchSampler', checkBatchSampler],
  ['DataLoader', checkLoader],
  ['default_collate', checkCollate],
  ['random_split', checkRandomSplit],
  ['ConcatDataset', checkConcatenation],
  ['Subset', checkSubset],
  ['RandomSampler', checkRandomSampler],
  ['distributed.DistributedSampler', checkDistributedSampler],
]);

export const dataForm: Form = {
  matches: ({ op }) => op.startsWith(PREFIX),

  run(golden) {
    const check = CHECKS.get(golden.op.slice(PREFIX.length));
    const expected = golden.fields['expected'];
    if (!check || !isRecord(expected)) throw new MissingError(`no mapping for ${golden.op}`);
    return check(toPlain(golden.attrs) as unknown as Attributes, expected, golden);
  },
};

async function checkBatchSampler(
  attributes: Attributes,
  expected: JsonRecord,
  golden: GoldenCase,
): Promise<Comparison> {
  const { n, sampler, batch_size, drop_last } = attributes;
  const indices = construct(sampler, [range(n)]);
  const batches = construct('BatchSampler', [indices, batch_size, { dropLast: drop_last }]) as Sized;
  const actual = { batches: await collect(batches), len: batches.length };
  return compareValue(actual, expected, golden.tolerance);
}

async function checkLoader(attributes: Attributes, expected: JsonRecord, golden: GoldenCase): Promise<Comparison> {
  const { n, dataset, batch_size, ...rest } = attributes;
  if (dataset !== 'TensorDataset(arange(n).float() * 2, arange(n))')
    throw new UntranslatedError(`no translation of ${dataset}`);
  const tensors = [arange(n, { dtype: 'float32' }).mul(2), arange(n)];
  const { drop_last, shuffle } = rest;
  const options = { batchSize: batch_size, dropLast: drop_last, shuffle };
  const loader = construct('DataLoader', [construct('TensorDataset', tensors), options]) as Sized;
  return compareValue({ batches: await collect(loader), len: loader.length }, expected, golden.tolerance);
}

async function checkCollate(_: Attributes, expected: JsonRecord, golden: GoldenCase): Promise<Comparison> {
  const given = golden.fields['given'] as { samples: readonly Json[] };
  const collated = await callFunction('defaultCollate', [given.samples.map(readSample)]);
  return compareValue(collated, expected['collated'], golden.tolerance);
}

function readSample(sample: Json | undefined): unknown {
  if (isStoredTensor(sample)) return makeStored(sample as unknown as StoredTensor);
  if (Array.isArray(sample)) return sample.map(readSample);
  if (isRecord(sample))
    return Object.fromEntries(Object.entries(sample).map(([name, value]) => [name, readSample(value)]));
  return sample;
}

/** Disjoint parts of the given lengths covering range(n). */
async function checkRandomSplit({ n, lengths }: Attributes): Promise<Comparison> {
  const parts = (await callFunction('randomSplit', [range(n), lengths])) as readonly Dataset[];
  const items = await Promise.all(parts.map(readItems));
  return joinComparisons([
    [
      'lengths',
      comparePlain(
        items.map((part) => part.length),
        lengths,
      ),
    ],
    ['union', comparePlain(items.flat().sort(byValue), range(n))],
  ]);
}

async function checkConcatenation({ parts }: Attributes, expected: JsonRecord): Promise<Comparison> {
  const dataset = construct('ConcatDataset', [parts]) as Dataset;
  const items = await readItems(dataset);
  const actual = { len: dataset.length, items, last_by_minus_one: await readItem(dataset, -1) };
  return compareValue(actual, expected, { rtol: 0, atol: 0 });
}

async function checkSubset({ base, indices }: Attributes, expected: JsonRecord): Promise<Comparison> {
  const bounds = /^range\((\d+), (\d+)\)$/.exec(base)?.slice(1).map(Number);
  if (!bounds) throw new UntranslatedError(`no translation of ${base}`);
  const [start = 0, stop = 0] = bounds;
  const dataset = construct('Subset', [range(stop).slice(start), indices]) as Dataset;
  return compareValue({ items: await readItems(dataset) }, expected, { rtol: 0, atol: 0 });
}

/** A permutation of range(n); with replacement, n values of range(n). */
async function checkRandomSampler({ n, replacement }: Attributes): Promise<Comparison> {
  const drawn = (await collect(construct('RandomSampler', [range(n), { replacement }]))) as number[];
  if (!replacement) return comparePlain(drawn.sort(byValue), range(n));
  return drawn.length === n && drawn.every((index) => range(n).includes(index))
    ? AGREED
    : fail(`drew ${drawn.join(', ')}`);
}

async function checkDistributedSampler(attributes: Attributes, expected: JsonRecord): Promise<Comparison> {
  const { n, ...options } = attributes;
  const sampler = construct('DistributedSampler', [range(n), toOptions({ ...options })]);
  return compareValue({ indices: await collect(sampler) }, expected, { rtol: 0, atol: 0 });
}

interface Sized {
  readonly length: number;
}

interface Dataset extends Sized {
  readonly get?: (index: number) => unknown;
  readonly at?: (index: number) => unknown;
}

async function readItems(dataset: Dataset): Promise<number[]> {
  return Promise.all(range(dataset.length).map((index) => readItem(dataset, index)));
}

async function readItem(dataset: Dataset, index: number): Promise<number> {
  const read = dataset.get ?? dataset.at;
  if (!read) throw new MissingError('a dataset has neither get nor at');
  return (await read.call(dataset, index)) as number;
}

async function collect(source: unknown): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of source as AsyncIterable<unknown> | Iterable<unknown>) items.push(item);
  return items;
}

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function byValue(left: number, right: number): number {
  return left - right;
}
