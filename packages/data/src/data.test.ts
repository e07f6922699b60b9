/** Samplers, splits, collation and loaders: order, seeds, going on in the middle, errors. */
import { Generator, Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { BatchSampler, ConcatDataset, DataLoader, type Dataset, DistributedSampler, defaultCollate, RandomSampler, randomSplit, type Sampler, SequentialSampler, Subset, SubsetRandomSampler, TensorDataset, WeightedRandomSampler } from './index.ts'; // biome-ignore format: a list

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const sorted = (list: Iterable<number>): number[] => [...list].sort((p, q) => p - q);
const seeded = (seed = 0): Generator => new Generator(seed);

async function batches(loader: AsyncIterable<unknown>): Promise<unknown[]> {
  const out: unknown[] = [];
  for await (const batch of loader) out.push(await plain(batch));
  return out;
}

async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Tensor) return value.toArray();
  return Array.isArray(value) ? Promise.all(value.map(plain)) : value;
}

describe('samplers', () => {
  const random: readonly [string, (generator: Generator) => Sampler][] = [
    ['RandomSampler', (generator) => new RandomSampler(range(50), { generator })],
    ['with replacement', (generator) => new RandomSampler(range(50), { replacement: true, generator })],
    ['SubsetRandomSampler', (generator) => new SubsetRandomSampler(range(50), { generator })],
    ['WeightedRandomSampler', (generator) => new WeightedRandomSampler(range(50), 40, { generator })],
  ];
  test.each(random)('%s: a seed gives one order, the next epoch another', (_, make) => {
    const [a, b] = [make(seeded(3)), make(seeded(3))];
    const [first, second] = [[...a], [...a]];
    expect([...b]).toEqual(first);
    expect(second).not.toEqual(first);
    expect(first).toHaveLength(a.length);
  });

  test('without replacement every index comes once', () => {
    expect(sorted(new RandomSampler(range(20), { generator: seeded() }))).toEqual(range(20));
    expect(sorted(new SubsetRandomSampler([5, 7, 9], { generator: seeded() }))).toEqual([5, 7, 9]);
    expect(sorted(new WeightedRandomSampler([1, 0, 2, 3], 3, { replacement: false, generator: seeded() }))).toEqual([
      0, 2, 3,
    ]);
    expect([...new RandomSampler(range(3), { numSamples: 7, generator: seeded() })]).toHaveLength(7);
  });

  test('weights are frequencies', () => {
    const counts = [0, 0, 0];
    for (const i of new WeightedRandomSampler([1, 0, 3], 8000, { generator: seeded(1) })) counts[i]!++;
    expect(counts[1]).toBe(0);
    expect(counts[2]! / 8000).toBeCloseTo(0.75, 1);
  });

  test('BatchSampler and DistributedSampler', () => {
    expect([...new BatchSampler(new SequentialSampler(range(5)), 2)]).toEqual([[0, 1], [2, 3], [4]]);
    expect([...new BatchSampler(new SequentialSampler(range(5)), 2, { dropLast: true })]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    const parts = [0, 1, 2].map((rank) => [
      ...new DistributedSampler(range(10), { numReplicas: 3, rank, shuffle: false }),
    ]);
    expect(parts).toEqual([
      [0, 3, 6, 9],
      [1, 4, 7, 0],
      [2, 5, 8, 1],
    ]);
    const own = new DistributedSampler(range(9), { numReplicas: 3, rank: 1 });
    const before = [...own];
    own.setEpoch(1);
    expect([...own]).not.toEqual(before);
  });

  test.each([
    [() => new BatchSampler(new SequentialSampler([1]), 0), /\[BatchSampler\] batchSize/],
    [() => new RandomSampler([1], { numSamples: 0 }), /numSamples/],
    [() => new WeightedRandomSampler([1, -1], 1), /weight 1 is -1/],
    [
      () => new WeightedRandomSampler([1, 0], 2, { replacement: false }),
      /can't draw 2 samples without replacement from 1/,
    ],
    [() => new DistributedSampler([1], { numReplicas: 2, rank: 2 }), /rank 2/],
  ])('refuses nonsense %#', (make, message) => {
    expect(make).toThrow(message);
  });
});

describe('datasets', () => {
  test('TensorDataset, Subset, ConcatDataset', async () => {
    const pairs = new TensorDataset(
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      tensor([0n, 1n, 2n]),
    );
    expect(await plain(pairs.get(-1))).toEqual([[5, 6], 2]);
    expect(await plain(pairs.batch([2, 0]))).toEqual([
      [
        [5, 6],
        [1, 2],
      ],
      [2, 0],
    ]);
    const some = new Subset(pairs, [2, 2, 0]);
    expect(await plain(some.batch!([0, 2]))).toEqual([
      [
        [5, 6],
        [1, 2],
      ],
      [2, 0],
    ]);
    const joined = new ConcatDataset<number>([[1, 2], [3]]);
    expect([joined.length, joined.get(2), joined.get(-3)]).toEqual([3, 3, 1]);
    expect(() => joined.get(3)).toThrow(/index 3 is out of bounds for 3/);
    expect(() => new TensorDataset(tensor([1]), tensor([1, 2]))).toThrow(/tensor 1 has 2 rows, tensor 0 has 1/);
  });

  test('randomSplit gives as many parts as lengths, to the compiler too', () => {
    const [train, valid] = randomSplit(range(5), [0.8, 0.2]);
    expect([train.length, valid.length]).toEqual([4, 1]);
    // @ts-expect-error there is no third
    expect(randomSplit(range(5), [4, 1])[2]).toBe(undefined);
  });

  test('randomSplit covers everything once', () => {
    const parts = randomSplit(range(11), [0.5, 0.3, 0.2], { generator: seeded() });
    expect(parts.map((p) => p.length)).toEqual([6, 3, 2]);
    expect(sorted(parts.flatMap((p) => [...p.indices]))).toEqual(range(11));
    expect(() => randomSplit(range(3), [2, 2])).toThrow(/add up to 4/);
  });
});

describe('defaultCollate', () => {
  test('tuples, objects, numbers, strings, booleans', async () => {
    const batch = defaultCollate([
      { x: [tensor([1]), 2] as const, name: 'a', on: true },
      { x: [tensor([3]), 4] as const, name: 'b', on: false },
    ]);
    expect([await plain(batch.x), batch.name, await plain(batch.on)]).toEqual([
      [
        [[1], [3]],
        [2, 4],
      ],
      ['a', 'b'],
      [true, false],
    ]);
    expect([batch.x[1].dtype, defaultCollate([0.5, 1]).dtype, batch.on.dtype]).toEqual(['int64', 'float64', 'bool']);
  });

  test('refuses what it cannot batch', () => {
    expect(() => defaultCollate([null])).toThrow(/can't batch null/);
    expect(() => defaultCollate([[1], [1, 2]])).toThrow(/sample 1 has 2/);
    expect(() => defaultCollate([])).toThrow(/no samples/);
  });
});

describe('DataLoader', () => {
  const rows = new TensorDataset(tensor(range(10).map((i) => [i])));

  test('reads arrays, datasets with asynchronous samples, and own collation', async () => {
    const slow: Dataset<number> = { length: 3, get: async (i) => i * i };
    expect(await batches(new DataLoader(slow, { batchSize: 2 }))).toEqual([[0, 1], [4]]);
    const own = new DataLoader([1, 2, 3], { batchSize: 2, collate: (samples: number[]) => samples.join('+') });
    expect(await batches(own)).toEqual(['1+2', '3']);
    expect([own.length, new DataLoader(range(5), { batchSize: 2, dropLast: true }).length]).toEqual([2, 2]);
    expect(await batches(new DataLoader([], { shuffle: true }))).toEqual([]);
  });

  test('a loader of known shapes is one of tensors', async () => {
    const rowsOf = async (loader: DataLoader<[Tensor, Tensor]>): Promise<number> => {
      let rows = 0;
      for await (const [x] of loader) rows += x.shape[0]!;
      return rows;
    };
    expect(await rowsOf(new DataLoader(new TensorDataset(zeros([5, 2]), zeros([5])), { batchSize: 2 }))).toBe(5);
  });

  test('refuses options that it does not have', () => {
    expect(() => new DataLoader([1], { collateFn: String } as never)).toThrow(
      '[DataLoader] has no option collateFn; there are batchSize, shuffle, dropLast, sampler, batchSampler, collate, gen',
    );
  });

  test('refuses what has no length, as a tensor', () => {
    expect(() => new DataLoader(zeros([3]) as never)).toThrow(
      /^\[DataLoader\] got tensor.* wrap tensors: new TensorDat/,
    );
    expect(() => new DataLoader(undefined as never)).toThrow(/^\[DataLoader\] got undefined, which has no length/);
  });

  test('whole batches equal collated samples', async () => {
    const single: Dataset<readonly [Tensor]> = { length: 10, get: (i) => rows.get(i) as unknown as readonly [Tensor] };
    expect(await batches(new DataLoader(single, { batchSize: 3 }))).toEqual(
      await batches(new DataLoader(rows, { batchSize: 3 })),
    );
  });

  test.each([{}, { replacement: true }])('goes on in the middle of an epoch %j', async (options) => {
    const make = (): [DataLoader<unknown>, Generator] => {
      const generator = seeded(9);
      return [
        new DataLoader<unknown>(rows, { batchSize: 2, sampler: new RandomSampler(rows, { ...options, generator }) }),
        generator,
      ];
    };
    const [whole] = make();
    const expected = [...(await batches(whole)), ...(await batches(whole))];
    const [first, drawn] = make();
    const seen: unknown[] = [];
    let saved = '';
    let later = '';
    for await (const batch of first) {
      seen.push(await plain(batch));
      // Something else draws from the same generator during the epoch.
      if (seen.length === 3) {
        saved = JSON.stringify(first.stateDict());
        later = JSON.stringify(drawn.getState());
        break;
      }
    }
    const [second, generator] = make();
    second.loadStateDict(JSON.parse(saved));
    generator.setState(JSON.parse(later));
    const rest = [...(await batches(second)), ...(await batches(second))];
    expect([...seen, ...rest]).toEqual(expected);
  });

  test('goes on between two epochs', async () => {
    const make = (): [DataLoader<readonly [Tensor]>, Generator] => {
      const generator = seeded(4);
      return [new DataLoader<readonly [Tensor]>(rows, { batchSize: 5, shuffle: true, generator }), generator];
    };
    const [whole, drawn] = make();
    await batches(whole);
    const saved = whole.stateDict();
    const expected = [await batches(whole), drawn.getState()];
    const [second, generator] = make();
    second.loadStateDict(saved);
    expect([await batches(second), generator.getState()]).toEqual(expected);
  });

  test.each([
    [() => new DataLoader([1], { shuffle: true, sampler: new SequentialSampler([1]) }), /exclude each other/],
    [
      () => new DataLoader([1], { batchSize: 2, batchSampler: new BatchSampler(new SequentialSampler([1]), 1) }),
      /batchSampler makes the batches/,
    ],
    [() => new DataLoader([1]).loadStateDict({ batches: 5, generator: null }), /5 batches into an epoch of 1/],
  ])('refuses %#', (make, message) => {
    expect(make).toThrow(message);
  });
});
