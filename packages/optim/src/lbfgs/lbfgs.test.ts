/** Against the numbers of PyTorch 1.13 in float64, with what it called and when; on backends that make one wait; saved, and moved. */
import { noGrad } from '@nn/autograd';
import { type Backend, BackendError, reference } from '@nn/backend';
import { memory, scope, setBackend, type Tensor, tensor } from '@nn/tensor';
import { relocate } from '@nn/tensor/internal';
import { afterEach, describe, expect, test } from 'vitest';
import { LBFGS } from './lbfgs.ts';
import type { LBFGSOptions } from './options.ts';

afterEach(() => setBackend(reference()));

const start: readonly number[] = [-1.2, 1, -0.5];
const parameter = (values = start): Tensor => tensor([...values], { dtype: 'float64', requiresGrad: true });

/** Rosenbrock's valley over neighbours. */
function valley(x: Tensor): Tensor {
  const n = x.shape[0]!;
  const [a, b] = [x.narrow(0, 0, n - 1), x.narrow(0, 1, n - 1)];
  return b.sub(a.square()).square().mul(100).add(a.sub(1).square()).sum() as Tensor;
}

/** A closure that counts. */
function closureOf(x: Tensor): { closure: () => Tensor; calls: () => number } {
  let calls = 0;
  const closure = (): Tensor => {
    calls++;
    x.zeroGrad();
    const loss = valley(x);
    loss.backward();
    return loss;
  };
  return { closure, calls: () => calls };
}

const values = async (x: Tensor): Promise<readonly number[]> => Array.from(await x.data());

/** The same to nine digits. */
function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-8 + 1e-9 * Math.abs(value));
  });
}

/** One whose memory can only be read by waiting. */
function awaited(): Backend {
  const backend = reference();
  const now = backend.readSync!.bind(backend);
  const read: Backend['read'] = async (...given) => now(...given);
  return Object.assign(backend, { readSync: undefined, read }) as unknown as Backend;
}

type Row = readonly [Partial<LBFGSOptions>, readonly number[], readonly number[], readonly number[]];

// Losses returned by three steps, calls after each, parameters at the end.
const table: readonly Row[] = [
  [
    { lr: 0.001 },
    [249.2, 240.631950202, 231.465543451],
    [20, 40, 60],
    [-1.18857379492, 0.995699194116, -0.424405953566],
  ],
  [
    { lineSearchFn: 'strong_wolfe' },
    [249.2, 1.01220820567, 1.08168408647e-13],
    [26, 50, 51],
    [1.00000001602, 0.999999999487, 1.00000000345],
  ],
  [
    { lineSearchFn: 'strong_wolfe', historySize: 2, maxIter: 7 },
    [249.2, 2.91189348263, 2.516822499],
    [8, 16, 25],
    [0.210029241529, 0.0204634146032, 0.0134747338393],
  ],
  [
    { lr: 0.5, lineSearchFn: 'strong_wolfe', maxEval: 6 },
    [249.2, 5.53064341166, 3.11552922629],
    [6, 12, 18],
    [-0.6407508795, 0.428243664757, 0.196629772119],
  ],
  [
    { lr: 0.01, maxIter: 5, toleranceChange: 0.01 },
    [249.2, 245.34519375, 241.943284832],
    [2, 4, 6],
    [-1.19183046724, 0.988114563087, -0.489698853927],
  ],
  [
    { lineSearchFn: 'strong_wolfe', toleranceGrad: 30.0 },
    [249.2, 4.03211470134, 4.03211470134],
    [4, 5, 6],
    [-0.644285429731, 0.393460333049, 0.0592230552934],
  ],
  [
    { lineSearchFn: 'strong_wolfe', lr: 0.0001, maxIter: 3 },
    [249.2, 215.603608424, 99.7367638134],
    [6, 13, 19],
    [-0.833584294006, 0.57941267164, -0.0199923848825],
  ],
];

describe.each(table)('with %j', (options, losses, calls, end) => {
  test('three steps are those of PyTorch', async () => {
    const x = parameter();
    const { closure, calls: called } = closureOf(x);
    const optimizer = new LBFGS([x], options);
    const [found, counts]: [number[], number[]] = [[], []];
    for (let i = 0; i < 3; i++) {
      found.push(await optimizer.step(closure).item());
      counts.push(called());
    }
    expectClose(found, losses);
    expect(counts).toEqual(calls);
    expectClose(await values(x), end);
    expect(optimizer.stateDict().state[0]!['funcEvals']).toBe(calls[2]);
  });

  test('stepAsync does the same where reads are awaited, with a closure that waits', async () => {
    setBackend(awaited());
    const x = parameter();
    const { closure, calls: called } = closureOf(x);
    const optimizer = new LBFGS([x], options);
    const found: number[] = [];
    for (let i = 0; i < 3; i++) {
      const loss = await optimizer.stepAsync(async () => {
        await Promise.resolve();
        return closure();
      });
      found.push(await loss.item());
    }
    expectClose(found, losses);
    expect(called()).toBe(calls[2]);
    expectClose(await values(x), end);
  });

  test('goes on from a state dict exactly, also one that was taken before further steps', async () => {
    const [whole, second] = [parameter(), parameter([0, 0, 0])];
    const optimizer = new LBFGS([whole], options);
    optimizer.step(closureOf(whole).closure);
    const saved = optimizer.stateDict();
    second.detach().copy_(whole.detach());
    for (let i = 0; i < 2; i++) optimizer.step(closureOf(whole).closure);
    const resumed = new LBFGS([second]);
    resumed.loadStateDict(saved);
    for (let i = 0; i < 2; i++) resumed.step(closureOf(second).closure);
    expect(await values(second)).toEqual(await values(whole));
  });
});

test('several parameters are one vector; one without a gradient counts as zeros and stays', async () => {
  const x = parameter();
  const end = table[1]![3];
  const [a, b, idle] = [parameter(start.slice(0, 1)), parameter(start.slice(1)), parameter([5])];
  const matrix = b.detach().unsqueeze(1).t().requiresGrad_() as Tensor;
  const optimizer = new LBFGS([a, idle, matrix], { lineSearchFn: 'strong_wolfe' });
  for (let i = 0; i < 3; i++)
    optimizer.step(() => {
      optimizer.zeroGrad({ setToNull: false });
      const p = [a, ...[0, 1].map((at) => matrix.narrow(1, at, 1).reshape([1]))];
      const terms = [0, 1].map((at) => p[at + 1]!.sub(p[at]!.square()).square().mul(100).add(p[at]!.sub(1).square()));
      const loss = terms[0]!.add(terms[1]!).sum();
      loss.backward();
      return loss;
    });
  expectClose([...(await values(a)), ...(await values(matrix))], end);
  expect(await values(idle)).toEqual([5]);
  expect(await values(x)).toEqual(start);
});

test('a gradient within the tolerance ends the step before it begins', async () => {
  const x = parameter([1, 1, 1]);
  const { closure, calls } = closureOf(x);
  const optimizer = new LBFGS([x]);
  expect(await optimizer.step(closure).item()).toBe(0);
  expect([calls(), optimizer.stateDict().state[0]]).toEqual([1, { funcEvals: 1, nIter: 0 }]);
});

test('the closure may return a number, and runs with gradients inside of noGrad', () => {
  const x = tensor([3], { requiresGrad: true });
  const optimizer = new LBFGS([x]);
  const loss = noGrad<number>(() =>
    optimizer.step(() => {
      optimizer.zeroGrad();
      const y = x.square().sum();
      y.backward();
      return y.itemSync();
    }),
  );
  expect(loss).toBe(9);
  expect(x.itemSync()).toBeCloseTo(0, 5);
});

test('a loss that is no number is returned, and the search for how far to go ends', () => {
  const x = tensor([3], { requiresGrad: true });
  const optimizer = new LBFGS([x], { lineSearchFn: 'strong_wolfe', maxIter: 3 });
  const loss = optimizer.step(() => {
    optimizer.zeroGrad();
    const y = x.mul(Number.NaN).sum();
    y.backward();
    return y;
  });
  expect(loss.itemSync()).toBeNaN();
});

test('goes on where the search finds nothing lower than its start, if told that no change is too small', () => {
  const x = tensor([1, 2], { requiresGrad: true });
  const optimizer = new LBFGS([x], { lineSearchFn: 'strong_wolfe', toleranceChange: -1, maxIter: 3, maxEval: 1e3 });
  let calls = 0;
  const loss = optimizer.step(() => {
    optimizer.zeroGrad();
    x.square().sum().backward();
    return 100 * calls++;
  });
  expect([loss, optimizer.stateDict().state[0]!['nIter'], x.toArraySync()]).toEqual([0, 3, [1, 2]]);
});

test('a history that is made shorter between steps forgets the oldest', () => {
  const x = parameter();
  const optimizer = new LBFGS([x], { lineSearchFn: 'strong_wolfe', maxIter: 8 });
  const { closure } = closureOf(x);
  const held = (): number => (optimizer.stateDict().state[0]!['ro'] as Tensor).shape[0]!;
  optimizer.step(closure);
  expect(held()).toBeGreaterThan(3);
  optimizer.paramGroups[0]!.historySize = 2;
  optimizer.step(closure);
  expect(held()).toBe(2);
});

test('a closure that throws leaves what is remembered as it was', async () => {
  const x = parameter();
  const optimizer = new LBFGS([x], { lineSearchFn: 'strong_wolfe', historySize: 3, maxIter: 6 });
  optimizer.step(closureOf(x).closure);
  const read = async (): Promise<unknown> =>
    Promise.all(
      Object.entries(optimizer.stateDict().state[0]!).map(async ([name, value]) => [
        name,
        typeof value === 'number' ? value : await values(value),
      ]),
    );
  const [before, place] = [await read(), await values(x)];
  const { closure, calls } = closureOf(x);
  const failing = (): Tensor => {
    if (calls() === 4) throw new RangeError('no more');
    return closure();
  };
  expect(() => optimizer.step(failing)).toThrow(RangeError);
  expect(await read()).toEqual(before);
  x.detach().copy_(tensor([...place], { dtype: 'float64' }));
  optimizer.step(closure);
  const whole = parameter();
  const other = new LBFGS([whole], { lineSearchFn: 'strong_wolfe', historySize: 3, maxIter: 6 });
  for (let i = 0; i < 2; i++) other.step(closureOf(whole).closure);
  expect(await values(x)).toEqual(await values(whole));
});

test.each(['strong_wolfe', null] as const)('steps hold no memory but the history: %s', (lineSearchFn) => {
  const taken = (): number => memory().live - memory().free;
  const wave = (phase: number): Tensor =>
    tensor(
      Float64Array.from({ length: 64 }, (_, i) => Math.sin(i + phase)),
      { dtype: 'float64' },
    ) as Tensor;
  const [start, goal, gradient] = [wave(0), wave(1), wave(2)];
  const x = wave(0).requiresGrad_();
  x.grad = gradient as never;
  const optimizer = new LBFGS([x], { lineSearchFn, lr: 0.1, historySize: 4, maxIter: 5, toleranceGrad: 0 });
  let calls = 0;
  // A graph of its own would be the collector's: Σ (x − goal)⁴ and its gradient by hand.
  const closure = (): number => {
    calls++;
    return noGrad<number>(() =>
      scope(() => {
        const away = x.sub(goal);
        gradient.copy_(away.pow(3).mul(4));
        return away.pow(4).sum().itemSync();
      }),
    );
  };
  const run = (steps: number): void => {
    for (let i = 0; i < steps; i++) {
      if (i % 5 === 0) noGrad<Tensor>(() => x.copy_(start));
      optimizer.step(closure);
    }
  };
  run(10);
  const before = taken();
  calls = 0;
  run(200);
  expect(calls).toBeGreaterThan(800);
  expect(taken()).toBe(before);
});

test('a scope around a step gives back nothing that the next one needs', async () => {
  const x = parameter();
  const optimizer = new LBFGS([x], { lineSearchFn: 'strong_wolfe' });
  const { closure } = closureOf(x);
  for (let i = 0; i < 3; i++)
    scope(() => {
      optimizer.step(closure);
    });
  expectClose(await values(x), table[1]![3]);
});

describe('a model that moves', () => {
  const options: Partial<LBFGSOptions> = { lineSearchFn: 'strong_wolfe', maxIter: 4 };
  const stayed = async (): Promise<unknown> => {
    const x = parameter();
    const optimizer = new LBFGS([x], options);
    for (let i = 0; i < 4; i++) optimizer.step(closureOf(x).closure);
    return values(x);
  };

  test('between backends: the history follows', async () => {
    const x = parameter();
    const optimizer = new LBFGS([x], options);
    optimizer.step(closureOf(x).closure);
    for (const backend of [reference(), awaited(), awaited()]) {
      await relocate(x, backend);
      if (backend.readSync !== undefined) optimizer.step(closureOf(x).closure);
      else await optimizer.stepAsync(closureOf(x).closure);
      const tensors = Object.values(optimizer.stateDict().state[0]!).filter((value) => typeof value !== 'number');
      expect(tensors.length).toBe(6);
      expect(tensors.every((t) => t.backend === backend)).toBe(true);
    }
    expect(await values(x)).toEqual(await stayed());
  });

  test('away from where it can be read: a step says what to do, and changes nothing', async () => {
    const x = parameter();
    const optimizer = new LBFGS([x], options);
    await relocate(x, awaited());
    const { closure, calls } = closureOf(x);
    expect(() => optimizer.step(closure)).toThrow(BackendError);
    expect(() => optimizer.step(closure)).toThrow(/^\[LBFGS.step\].*await optimizer\.stepAsync\(closure\)/);
    expect(calls()).toBe(0);
    await optimizer.stepAsync(closure);
    await relocate(x, reference());
    expect(() => optimizer.step(closure)).toThrow(/await optimizer\.follow\(\)/);
    const place = await values(x);
    await optimizer.follow();
    for (let i = 0; i < 3; i++) optimizer.step(closure);
    expect(place).not.toEqual(await values(x));
    expect(await values(x)).toEqual(await stayed());
  });

  test('to another dtype', async () => {
    const x = parameter();
    const first = new LBFGS([x], options);
    first.step(closureOf(x).closure);
    const y = x.detach().to('float32').requiresGrad_() as Tensor;
    const optimizer = new LBFGS([y], options);
    optimizer.loadStateDict(first.stateDict());
    optimizer.step(closureOf(y).closure);
    first.step(closureOf(x).closure);
    expect((optimizer.stateDict().state[0]!['oldDirs'] as Tensor).dtype).toBe('float32');
    const exact = await values(x);
    (await values(y)).forEach((value, i) => {
      expect(value).toBeCloseTo(exact[i]!, 2);
    });
  });
});
