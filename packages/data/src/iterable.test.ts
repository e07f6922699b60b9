/** Samples as they come: batches, epochs, ends, states, and what is refused. Numbers are PyTorch's (1.13). */
import { manualSeed, memory, rand, setDefaultGenerator, type Tensor, TorchGenerator, tensor, zeros } from '@nn/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChainDataset, ConcatDataset, DataLoader, randomSplit, Subset, TensorDataset } from './index.ts'; // biome-ignore format: a list

/** 0 … n − 1, again each epoch; tells what became of its iterators. */
class Count {
  readonly n: number;
  readonly log: string[] = [];
  constructor(n: number) {
    this.n = n;
  }
  *[Symbol.iterator](): Generator<number, undefined> {
    this.log.push('opened');
    try {
      for (let i = 0; i < this.n; i++) {
        this.log.push(`${i}`);
        yield i;
      }
      this.log.push('ended');
    } finally {
      this.log.push('closed');
    }
  }
}

/** The same, asynchronously. */
class Later extends Count {
  override [Symbol.iterator](): never {
    throw new Error('the other one is asked');
  }
  async *[Symbol.asyncIterator](): AsyncGenerator<number, undefined> {
    for (const i of { [Symbol.iterator]: () => super[Symbol.iterator]() }) yield i;
  }
}

class Sized extends Count {
  readonly length: number;
  constructor(n: number, length: number = n) {
    super(n);
    this.length = length;
  }
}

const asList = { collate: (samples: number[]): number[] => [...samples] };

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/** Whether each of two types can stand for the other, and neither is `any`. */
type Same<A, B> = 0 extends 1 & A ? false : [A, B] extends [B, A] ? true : false;

/** The type of what a loader gives, for the compiler alone. */
const batchesOf = <A>(_: AsyncIterable<A>): { are<B>(same: Same<A, B>): void } => ({ are: () => undefined });

/** `list(DataLoader(It(n), batch_size=b, drop_last=d))`, and its `len` where It has one. */
// biome-ignore format: a line a case
const fromTorch: readonly (readonly [n: number, b: number, d: boolean, batches: number[][], length: number])[] = [
  [0, 1, false, [], 0],
  [0, 3, true, [], 0],
  [1, 1, true, [[0]], 1],
  [1, 3, false, [[0]], 1],
  [1, 3, true, [], 0],
  [5, 2, false, [[0, 1], [2, 3], [4]], 3],
  [5, 2, true, [[0, 1], [2, 3]], 2],
  [6, 3, false, [[0, 1, 2], [3, 4, 5]], 2],
  [6, 3, true, [[0, 1, 2], [3, 4, 5]], 2],
  [7, 3, false, [[0, 1, 2], [3, 4, 5], [6]], 3],
  [7, 3, true, [[0, 1, 2], [3, 4, 5]], 2],
  [2, 9, false, [[0, 1]], 1],
  [2, 9, true, [], 0],
];

describe('batches of an iterable', () => {
  it.each(fromTorch)('%i samples by %i, dropLast %s', async (n, batchSize, dropLast, batches, length) => {
    const datasets: readonly Count[] = [new Count(n), new Later(n), new Sized(n)];
    for (const dataset of datasets) {
      const loader = new DataLoader(dataset, { batchSize, dropLast, ...asList });
      expect(await collect(loader)).toEqual(batches);
      if (dataset instanceof Sized) expect(loader.length).toBe(length);
    }
  });

  it('are those of an array of its samples', async () => {
    const cases = fc.record({ n: fc.nat(30), batchSize: fc.integer({ min: 1, max: 12 }), dropLast: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, ...options }) => {
        const array = new DataLoader([...new Count(n)], { ...options, ...asList });
        const datasets: readonly Count[] = [new Sized(n), new Later(n)];
        for (const dataset of datasets) {
          const loader = new DataLoader(dataset, { ...options, ...asList });
          expect(await collect(loader)).toEqual(await collect(array));
          if (dataset instanceof Sized) expect(loader.length).toBe(array.length);
        }
      }),
    );
  });

  it('have types and values as those of an array', async () => {
    class Rows {
      async *[Symbol.asyncIterator]() {
        for (let i = 0; i < 3; i++) yield { x: tensor([i, 0.5]), y: i, name: `r${i}` };
      }
    }
    const loader = new DataLoader(new Rows(), { batchSize: 2 });
    const [first, second] = await collect(loader);
    batchesOf(loader).are<{ x: Tensor; y: Tensor; name: string[] }>(true);
    expect([await first!.x.toArray(), first!.y.dtype, first!.name]).toEqual([[[0, 0.5], [1, 0.5]], 'int64', ['r0', 'r1']]); // biome-ignore format: values
    expect([await second!.x.toArray(), await second!.y.toArray(), second!.name]).toEqual([[[2, 0.5]], [2], ['r2']]);
  });

  it('have types that follow from each kind of iterable', () => {
    function* pairs(): Generator<[Tensor, number]> {
      yield [zeros([2]), 1];
    }
    function* promises(): Generator<Promise<string>> {
      yield Promise.resolve('a');
    }
    batchesOf(new DataLoader(pairs())).are<[Tensor, Tensor]>(true);
    batchesOf(new DataLoader({ [Symbol.iterator]: pairs, length: 1 })).are<[Tensor, Tensor]>(true);
    batchesOf(new DataLoader(new Set([1, 2]))).are<Tensor>(true);
    batchesOf(new DataLoader(new Map([['a', 1]]))).are<[string[], Tensor]>(true);
    batchesOf(new DataLoader(promises())).are<string[]>(true);
    batchesOf(new DataLoader([1, 2])).are<Tensor>(true);
    batchesOf(new DataLoader([1, 2])).are<Tensor[]>(false);
    batchesOf(new DataLoader(pairs(), { collate: (samples) => samples.map(([, y]) => y) })).are<number[]>(true);
    batchesOf(new ChainDataset([new Set([1]), new Later(2)])).are<number>(true);
    const annotated: DataLoader<[Tensor, Tensor]> = new DataLoader(new TensorDataset(zeros([3]), zeros([3])));
    const samples: number = annotated.dataset.length;
    expect([samples, new DataLoader(new Sized(4)).dataset.n]).toEqual([3, 4]);
    // @ts-expect-error has no samples with numbers
    const other: DataLoader<[Tensor, number]> = new DataLoader(pairs());
    batchesOf(other).are<[Tensor, Tensor]>(true);
    // @ts-expect-error a string is no dataset
    expect(() => new DataLoader('abc')).toThrow('[DataLoader] got abc, which has no length and get');
  });

  it('are made of what promises give', async () => {
    function* later(): Generator<Promise<number>> {
      for (let i = 0; i < 3; i++) yield new Promise((resolve) => setTimeout(resolve, 3 - i, i));
    }
    expect(await collect(new DataLoader(later(), { batchSize: 2, ...asList }))).toEqual([[0, 1], [2]]);
  });

  it('come by number from what has a length and a get, in order from what has only one of them', async () => {
    const both = { length: 2, get: (i: number) => i + 10, [Symbol.iterator]: () => [1, 2, 3].values() };
    expect(await collect(new DataLoader<number, number[]>(both, asList))).toEqual([[10], [11]]);
    const map = new Map([['a', 1]]);
    expect(await collect(new DataLoader(map, { collate: (pairs) => pairs }))).toEqual([[['a', 1]]]);
    expect(await collect(new DataLoader(new Float32Array([0.5, 2]), asList))).toEqual([[0.5], [2]]);
  });

  it('may be samples of another loader, whose length is not known', async () => {
    const inner = new DataLoader(new Count(5), { batchSize: 2, ...asList });
    const outer = new DataLoader(inner, { batchSize: 2, collate: (lists: number[][]) => lists });
    expect(await collect(outer)).toEqual([[[0, 1], [2, 3]], [[4]]]); // biome-ignore format: values
  });
});

describe('epochs', () => {
  it('each ask for a new iterator', async () => {
    const again = new DataLoader(new Count(3), { batchSize: 2, ...asList });
    expect([await collect(again), await collect(again)]).toEqual([[[0, 1], [2]], [[0, 1], [2]]]); // biome-ignore format: values
    const once = new DataLoader(new Count(3)[Symbol.iterator](), { batchSize: 2, ...asList });
    expect([await collect(once), await collect(once)]).toEqual([[[0, 1], [2]], []]);
  });

  it('draw one number from the generator, as in PyTorch', async () => {
    const before = setDefaultGenerator(new TorchGenerator());
    try {
      manualSeed(5);
      const loader = new DataLoader(new Count(3));
      await collect(loader);
      await collect(loader);
      expect(await rand([1]).item()).toBeCloseTo(0.9201034307479858, 9);
    } finally {
      setDefaultGenerator(before);
    }
  });
});

describe('an iterator', () => {
  it('is asked for one sample after the other, and for no more than a batch needs', async () => {
    let [asked, waiting, most] = [0, 0, 0];
    const slow: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        async next() {
          most = Math.max(most, ++waiting);
          await new Promise((resolve) => setTimeout(resolve, 1));
          waiting--;
          return { done: false, value: asked++ };
        },
      }),
    };
    const seen: (readonly [number[], number])[] = [];
    for await (const batch of new DataLoader(slow, { batchSize: 3, ...asList })) {
      seen.push([batch, asked]);
      if (seen.length === 2) break;
    }
    expect([seen, most]).toEqual([[[[0, 1, 2], 3], [[3, 4, 5], 6]], 1]); // biome-ignore format: values
  });

  it.each([Count, Later])('is closed by a break: %o', async (Kind) => {
    const dataset: Count = new Kind(9);
    for await (const batch of new DataLoader(dataset, { batchSize: 2, ...asList })) if (batch.includes(2)) break;
    expect(dataset.log).toEqual(['opened', '0', '1', '2', '3', 'closed']);
  });

  it.each([Count, Later])('is closed before an error in the loop goes on: %o', async (Kind) => {
    const dataset: Count = new Kind(9);
    const run = async (): Promise<void> => {
      for await (const batch of new DataLoader(dataset)) throw new Error(`at ${batch.numel()}`);
    };
    await expect(run()).rejects.toThrow('at 1');
    expect(dataset.log.at(-1)).toBe('closed');
  });

  it.each([Count, Later])('is closed where samples cannot be collated: %o', async (Kind) => {
    const dataset: Count = new Kind(9);
    const collate = (): never => {
      throw new Error('no');
    };
    await expect(collect(new DataLoader(dataset, { collate }))).rejects.toThrow('no');
    expect(dataset.log).toEqual(['opened', '0', 'closed']);
  });

  it('is closed where a promise that it gave is rejected', async () => {
    const log: string[] = [];
    function* promises(): Generator<Promise<number>> {
      try {
        yield Promise.resolve(1);
        yield Promise.reject(new Error('404'));
      } finally {
        log.push('closed');
      }
    }
    await expect(collect(new DataLoader(promises()))).rejects.toThrow('404');
    expect(log).toEqual(['closed']);
  });

  it('has its errors reach the loop, after the batches before', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield* [1, 2, 3];
      throw new Error('the disk is gone');
    }
    const seen: number[][] = [];
    const run = async (): Promise<void> => {
      for await (const batch of new DataLoader(broken(), { batchSize: 2, ...asList })) seen.push(batch);
    };
    await expect(run()).rejects.toThrow('the disk is gone');
    expect(seen).toEqual([[1, 2]]);
  });
});

describe.each([true, false])('a stream; with an iterator: %s', (has) => {
  const told: string[] = [];
  const streamOf = (last: 'ends' | 'fails'): ReadableStream<number> => {
    let next = 0;
    const stream = new ReadableStream<number>({
      pull(controller) {
        if (next < 5) controller.enqueue(next++);
        else if (last === 'ends') controller.close();
        else controller.error(new RangeError('broken'));
      },
      cancel: () => void told.push('cancelled'),
    });
    if (!has) Object.defineProperty(stream, Symbol.asyncIterator, { value: undefined });
    return stream;
  };
  it('gives its chunks, once', async () => {
    const stream = streamOf('ends');
    const loader = new DataLoader(stream, { batchSize: 2 });
    const found: number[][] = [];
    for await (const batch of loader) found.push((await batch.toArray()) as number[]);
    expect(found).toEqual([[0, 1], [2, 3], [4]]);
    for await (const _ of loader) expect.fail('a second epoch has something');
    expect([told, stream.locked]).toEqual([[], false]);
  });
  it('is cancelled by a loop that ends early, and tells what broke', async () => {
    const stream = streamOf('ends');
    for await (const _ of new DataLoader(stream, { batchSize: 2 })) break;
    expect([told.splice(0), stream.locked]).toEqual([['cancelled'], false]);
    const all = async (): Promise<void> => {
      for await (const _ of new DataLoader(streamOf('fails'), { batchSize: 2 }));
    };
    await expect(all()).rejects.toThrow(RangeError);
  });
});

describe('the state of a loader of an iterable', () => {
  it('has the next epoch go on with the batches that are left', async () => {
    const cases = fc.record({ n: fc.nat(20), batchSize: fc.integer({ min: 1, max: 6 }), dropLast: fc.boolean(), stop: fc.nat(20) }); // biome-ignore format: a record
    await fc.assert(
      fc.asyncProperty(cases, async ({ n, stop, ...options }) => {
        const make = () => new DataLoader(new Count(n), { ...options, ...asList });
        const whole = await collect(make());
        const first = make();
        const seen: number[][] = [];
        let text = JSON.stringify(first.stateDict());
        for await (const batch of first) {
          if (seen.length === stop) break;
          seen.push(batch);
          text = JSON.stringify(first.stateDict());
        }
        const second = make();
        second.loadStateDict(JSON.parse(text));
        expect([...seen, ...(await collect(second))]).toEqual(whole);
        expect(await collect(second)).toEqual(whole);
      }),
    );
  });

  it('collates nothing of what was given', async () => {
    let collated = 0;
    const collate = (samples: number[]): number[] => {
      collated += samples.length;
      return samples;
    };
    const loader = new DataLoader(new Count(7), { batchSize: 2, collate });
    loader.loadStateDict({ batches: 3, generator: null });
    expect([await collect(loader), collated]).toEqual([[[6]], 1]);
  });

  it('is refused where there are fewer batches', async () => {
    const once = new DataLoader(new Count(6)[Symbol.iterator](), { batchSize: 2 });
    for await (const _ of once) break;
    once.loadStateDict(once.stateDict());
    await expect(collect(once)).rejects.toThrow(
      '[DataLoader] the state is 1 batches into an epoch, which ended after 0; was it made with other data or another batch size, or can the dataset be iterated over only once?',
    );
    expect(once.stateDict()).toEqual({ batches: 0, generator: null });
    expect(() => once.loadStateDict({ batches: -1, generator: null })).toThrow('[DataLoader.loadStateDict] ');
  });

  it('passes over what was given in flat memory', async () => {
    const sample = 1 << 18;
    const dataset = {
      *[Symbol.iterator]() {
        for (let i = 0; i < 3000; i++) yield zeros([sample / 4]);
      },
    };
    const loader = new DataLoader(dataset, { batchSize: 10 });
    loader.loadStateDict({ batches: 290, generator: null });
    let batches = 0;
    for await (const _ of loader) batches++;
    expect(batches).toBe(10);
    // Of 750 MB that were made.
    expect(memory().peak).toBeLessThan(400 << 20);
  });
});

describe('ChainDataset', () => {
  it('has the samples of one after the other, and the length of all', async () => {
    const parts = [new Sized(2), new Sized(3)] as const;
    const chain = new ChainDataset(parts);
    expect(await collect(chain)).toEqual([0, 1, 0, 1, 2]);
    expect([chain.length, new DataLoader(chain, { batchSize: 2 }).length]).toEqual([5, 3]);
    expect(await collect(new ChainDataset([]))).toEqual([]);
    expect(await collect(new ChainDataset([new Later(1), new Set([5]), [6]]))).toEqual([0, 5, 6]);
  });

  it('opens each when its turn comes, and closes it', async () => {
    const parts = [new Count(1), new Count(9), new Count(1)] as const;
    for await (const i of new ChainDataset(parts)) if (i === 1) break;
    expect(parts.map(({ log }) => log)).toEqual([['opened', '0', 'ended', 'closed'], ['opened', '0', '1', 'closed'], []]); // biome-ignore format: values
  });

  it('refuses what has no iterator, and to guess a length', () => {
    const rows = new TensorDataset(zeros([2]));
    expect(() => new ChainDataset([new Count(1), rows as never])).toThrow(
      '[ChainDataset] dataset 1 of 2 has no iterator; new ConcatDataset([…]) joins those that have a length and a get',
    );
    expect(() => new ChainDataset(new Count(1) as never)).toThrow('[ChainDataset] got object; pass an array');
    expect(() => new ChainDataset([new Sized(2), new Count(1)]).length).toThrow(
      "[ChainDataset.length] an iterable of length undefined doesn't say how many samples it has",
    );
  });
});

describe('refused', () => {
  const count = new Count(3);
  // biome-ignore lint/suspicious/noExplicitAny: what compilers refuse, too
  const any: any = count;
  it.each([
    ['shuffle', { shuffle: true }],
    ['sampler', { sampler: [1] }],
    ['batchSampler', { batchSampler: [[1]] }],
  ])('%s, as in PyTorch', (name, options) => {
    expect(() => new DataLoader(count, options as object)).toThrow(
      `[DataLoader] expected unspecified ${name} option: an iterable gives its samples in an order of its own; leave ${name} out, or collect`,
    );
    expect(new DataLoader(count, { shuffle: false })).toBeInstanceOf(DataLoader);
  });

  it.each([undefined, Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY, '3'])('a length of %s', (length) => {
    const loader = new DataLoader({ length: length as number, [Symbol.iterator]: () => count[Symbol.iterator]() });
    expect(() => loader.length).toThrow(`[DataLoader.length] an iterable of length ${length} doesn't say how many`);
  });

  it.each([0, -1, 1.5, Number.NaN, null])('a batch size of %s', (batchSize) => {
    expect(() => new DataLoader(count, { batchSize: batchSize as number })).toThrow('[DataLoader] batchSize must be');
  });

  it.each([
    ['Subset', () => new Subset(any, [0])],
    ['Subset', () => new Subset(new Sized(2) as never, [0])],
    ['ConcatDataset', () => new ConcatDataset([[1], any])],
    ['randomSplit', () => randomSplit(any, [1, 2])],
  ])('an iterable in %s', (name, make) => {
    expect(make).toThrow(`[${name}] got an iterable, which has no sample number i; collect its samples in an array`);
  });

  it('an iterable by the compiler where samples have numbers', () => {
    // @ts-expect-error no length and get
    expect(() => new Subset(count, [])).toThrow('[Subset] ');
    // @ts-expect-error no length and get
    expect(() => randomSplit(count, [1])).toThrow('[randomSplit] ');
    expect(() => new TensorDataset(any)).toThrow('[TensorDataset] input 0 is an iterable, no tensor; a DataLoader');
  });

  it('functions that would have made an iterable', () => {
    function* rows(): Generator<number> {
      yield 1;
    }
    expect(() => new DataLoader(rows as never)).toThrow(
      '[DataLoader] got the function rows; call it, or pass { [Symbol.asyncIterator]: rows }, which each epoch calls anew',
    );
    expect(() => new DataLoader({ length: 3 } as never)).toThrow('which has no length and get, and no iterator');
  });
});
