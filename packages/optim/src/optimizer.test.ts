/** Groups, state dicts, errors and launches; the updates themselves are compared with PyTorch's in apps/goldens. */
import { inspect } from 'node:util';
import { noGrad } from '@nn/autograd';
import { type Backend, BackendError, nullBackend, reference } from '@nn/backend';
import { setBackend, type Tensor, tensor } from '@nn/tensor';
import { relocate } from '@nn/tensor/internal';
import { afterEach, describe, expect, test } from 'vitest';
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  ASGD,
  LBFGS,
  NAdam,
  Optimizer,
  RAdam,
  RMSprop,
  Rprop,
  SGD,
  StepLR,
} from './index.ts';

afterEach(() => setBackend(reference()));

const leaf = (data: number[]): Tensor => tensor(data, { requiresGrad: true });
const values = async (t: Tensor): Promise<unknown> => t.toArray();

/** Minimises Σ x⁴ − x for some steps. */
function descend(x: Tensor, optimizer: Pick<Optimizer<object>, 'step' | 'zeroGrad'>, steps: number): void {
  for (let i = 0; i < steps; i++) {
    x.mul(x).mul(x).mul(x).sub(x).sum().backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
}

const makers = {
  'SGD with momentum': (x: Tensor) => new SGD([x], { lr: 0.01, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  Adam: (x: Tensor) => new Adam([x], { lr: 0.05, amsgrad: true }),
  AdamW: (x: Tensor) => new AdamW([x], { lr: 0.05 }),
  RMSprop: (x: Tensor) => new RMSprop([x], { centered: true, momentum: 0.5, alpha: 0.9 }),
  Adagrad: (x: Tensor) => new Adagrad([x], { lr: 0.1, lrDecay: 0.1, initialAccumulatorValue: 0.5 }),
  Adadelta: (x: Tensor) => new Adadelta([x]),
  Adamax: (x: Tensor) => new Adamax([x], { lr: 0.05, weightDecay: 0.1 }),
  NAdam: (x: Tensor) => new NAdam([x], { lr: 0.05, momentumDecay: 0.1 }),
  RAdam: (x: Tensor) => new RAdam([x], { lr: 0.05, betas: [0.9, 0.9] }),
  Rprop: (x: Tensor) => new Rprop([x], { lr: 0.05 }),
  ASGD: (x: Tensor) => new ASGD([x], { lr: 0.01, lambd: 0.1, t0: 3 }),
};

describe.each(Object.entries(makers))('%s', (_, make) => {
  test('goes on from its state dict exactly', async () => {
    const whole = leaf([2, -1]);
    descend(whole, make(whole), 12);
    const first = leaf([2, -1]);
    const optimizer = make(first);
    descend(first, optimizer, 5);
    const second = leaf([0, 0]);
    second.detach().copy_(first.detach());
    const resumed = make(second);
    resumed.loadStateDict(optimizer.stateDict() as never);
    descend(second, resumed, 7);
    expect(await values(second)).toEqual(await values(whole));
  });

  test('is one launch a parameter and step, and compiles nothing anew', () => {
    const backend = nullBackend();
    setBackend(backend);
    const x = leaf([1, 2, 3]);
    const optimizer = make(x);
    descend(x, optimizer, 2);
    x.sum().backward();
    backend.reset();
    optimizer.step();
    expect([backend.counts.total, backend.counts.programs]).toEqual([1, 0]);
  });
});

test('refuses other than two betas', () => {
  expect(() => new AdamW([leaf([1])], { betas: [0.9] as never })).toThrow('[AdamW] betas must be two numbers, got 0.9');
});

const absent = undefined as never;
test.each<[string, (x: Tensor) => Optimizer<object>, (x: Tensor) => Optimizer<object>]>([
  [
    'SGD',
    (x) => new SGD([x], { lr: 0.01, momentum: 0.9, dampening: absent }),
    (x) => new SGD([x], { lr: 0.01, momentum: 0.9 }),
  ],
  ['Adam', (x) => new Adam([x], { betas: absent, eps: absent }), (x) => new Adam([x])],
  ['a group', (x) => new Adam([{ params: [x], lr: absent }], { lr: 0.05 }), (x) => new Adam([x], { lr: 0.05 })],
])('an option that is undefined is left out: %s', async (_, make, same) => {
  const [x, y] = [leaf([2, -1]), leaf([2, -1])];
  descend(x, make(x), 3);
  descend(y, same(y), 3);
  expect(await values(x)).toEqual(await values(y));
});

/** One whose memory can only be read by waiting. */
function awaited(): Backend {
  const backend = reference();
  const now = backend.readSync!.bind(backend);
  const read: Backend['read'] = async (...given) => now(...given);
  return Object.assign(backend, { readSync: undefined, read }) as unknown as Backend;
}

describe('state and a parameter that moves', () => {
  const tensorsOf = (optimizer: Optimizer<never>): Tensor[] =>
    Object.values(optimizer.stateDict().state).flatMap((entry) =>
      Object.values(entry).filter((value) => typeof value !== 'number'),
    );

  describe.each(Object.entries(makers))('%s', (_, make) => {
    const stayed = async (): Promise<unknown> => {
      const x = leaf([2, -1]);
      descend(x, make(x), 12);
      return values(x);
    };

    test('follow() moves it, between any backends, and steps go on exactly', async () => {
      const x = leaf([2, -1]);
      const optimizer = make(x);
      const followed = optimizer as unknown as Optimizer<never>;
      await followed.follow();
      descend(x, optimizer, 5);
      const before = tensorsOf(followed);
      expect(before.length).toBeGreaterThan(0);
      for (const [backend, steps] of [
        [awaited(), 3],
        [awaited(), 2],
        [reference(), 2],
      ] as const) {
        await relocate(x, backend);
        await followed.follow();
        expect(tensorsOf(followed).map((t) => t.backend)).toEqual(before.map(() => backend));
        descend(x, optimizer, steps);
      }
      expect(tensorsOf(followed)).toEqual(before);
      expect(await values(x)).toEqual(await stayed());
    });

    test('a step moves it where memory can be read at once', async () => {
      const x = leaf([2, -1]);
      const optimizer = make(x);
      descend(x, optimizer, 5);
      const backend = reference();
      await relocate(x, backend);
      descend(x, optimizer, 7);
      for (const t of tensorsOf(optimizer as unknown as Optimizer<never>)) expect(t.backend).toBe(backend);
      expect(await values(x)).toEqual(await stayed());
    });

    test('elsewhere a step says that follow() is needed, and changes nothing', async () => {
      const x = leaf([2, -1]);
      const optimizer = make(x);
      const followed = optimizer as unknown as Optimizer<never>;
      await relocate(x, awaited());
      descend(x, optimizer, 5);
      const known = await values(x);
      await relocate(x, reference());
      expect(() => descend(x, optimizer, 1)).toThrow(BackendError);
      optimizer.zeroGrad();
      expect(() => descend(x, optimizer, 1)).toThrow(/await optimizer\.follow\(\) after moving the model/);
      optimizer.zeroGrad();
      expect(await values(x)).toEqual(known);
      await followed.follow();
      descend(x, optimizer, 7);
      expect(await values(x)).toEqual(await stayed());
    });

    test('a saved state is taken over on the parameter’s backend', async () => {
      const x = leaf([2, -1]);
      const optimizer = make(x);
      descend(x, optimizer, 5);
      const backend = reference();
      const y = leaf([0, 0]);
      y.detach().copy_(x.detach());
      await relocate(y, backend);
      const resumed = make(y);
      resumed.loadStateDict(optimizer.stateDict() as never);
      descend(y, resumed, 7);
      for (const t of tensorsOf(resumed as unknown as Optimizer<never>)) expect(t.backend).toBe(backend);
      expect(await values(y)).toEqual(await stayed());
    });
  });
});

test('a saved state may lie in memory as it likes, and so may the parameter', async () => {
  const wide = tensor(Float32Array.from({ length: 2000 }, (_, i) => i)).reshape([2, 1000]);
  const x = tensor([[1, 2], [3, 4]]).t().requiresGrad_() as Tensor; // biome-ignore format: a matrix
  const optimizer = new Adam([x]);
  const expAvg = wide.narrow(1, 3, 2) as Tensor;
  const expAvgSq = tensor([[5], [6]]).expand([2, 2]) as Tensor; // biome-ignore format: a matrix
  optimizer.loadStateDict({
    paramGroups: optimizer.stateDict().paramGroups,
    state: { 0: { step: 1, expAvg, expAvgSq } },
  });
  const own = optimizer.stateDict().state[0] as Readonly<Record<string, Tensor>>;
  expect(await values(own['expAvg']!)).toEqual(await values(expAvg));
  expect(await values(own['expAvgSq']!)).toEqual(await values(expAvgSq));
  x.sum().backward();
  optimizer.step();
  expect((await values(x)) as number[][]).not.toEqual([[1, 3], [2, 4]]); // biome-ignore format: a matrix
});

test('a step that throws is tried again as if it hadn’t been', async () => {
  const [x, y] = [leaf([2, -1]), leaf([2, -1])];
  const options = { lr: 0.1, momentum: 0.9, dampening: 0.5 };
  const [optimizer, other] = [new SGD([x], options), new SGD([y], options)];
  const gone = tensor([1, 1]) as Tensor;
  x.grad = gone as never;
  gone.dispose();
  expect(() => optimizer.step()).toThrow(/disposed/);
  x.grad = null;
  descend(x, optimizer, 3);
  descend(y, other, 3);
  expect(await values(x)).toEqual(await values(y));
});

test('groups have options of their own', async () => {
  const [a, b] = [leaf([1]), leaf([1])];
  const optimizer = new SGD([{ params: [a] }, { params: [b], lr: 0.5 }], { lr: 0.1 });
  a.add(b).sum().backward();
  optimizer.step();
  expect([await a.item(), await b.item()]).toEqual([expect.closeTo(0.9), 0.5]);
  optimizer.paramGroups[0]!.lr = 1;
  optimizer.step();
  expect(await a.item()).toBeCloseTo(-0.1);
});

test.each([undefined, '0.1', Number.NaN, Number.NEGATIVE_INFINITY, null, tensor(0.1)])(
  'a step refuses %s for a rate that was changed',
  async (lr) => {
    const x = leaf([1, 2]);
    for (const optimizer of [new SGD([x]), new Adam([x]), new RMSprop([x]), new LBFGS([x])]) {
      x.sum().backward();
      Object.assign(optimizer.paramGroups[0]!, { lr });
      const step = (): unknown => optimizer.step(() => x.sum());
      expect(step).toThrow(`[${optimizer.constructor.name}] lr must be a number of at least 0, got ${String(lr)}`);
      expect(await values(x)).toEqual([1, 2]);
      Object.assign(optimizer.paramGroups[0]!, { lr: -0 });
      expect(step).not.toThrow();
      expect(() => optimizer.zeroGrad(true as never)).toThrow('[zeroGrad] got true where options belong');
    }
  },
);

test('an optimiser of others needs no rate', () => {
  class Still extends Optimizer<{ readonly by: number }> {
    protected override check(): void {}
    protected override update(): void {}
  }
  const x = leaf([1]);
  x.sum().backward();
  expect(() => new Still([x], { by: 1 }).step()).not.toThrow();
});

test('gradients whose squares overflow leave a parameter of centred RMSprop where it is, as in PyTorch', async () => {
  const x = leaf([1, 2, 3]);
  const optimizer = new RMSprop([x], { centered: true });
  for (let i = 0; i < 3; i++) {
    x.grad = tensor([1e24, -1e24, 1]);
    optimizer.step();
  }
  const [a, b, c] = (await values(x)) as number[];
  expect([a, b]).toEqual([1, 2]);
  expect(c).toBeCloseTo(2.7689858, 6);
  expect(await values(optimizer.state.get(x)!['squareAvg'] as Tensor)).toContain(Number.POSITIVE_INFINITY);
});

test('a closure computes the loss', () => {
  const x = leaf([1]);
  const optimizer = new SGD([x], { lr: 0.1 });
  expect(optimizer.step(() => 7)).toBe(7);
});

test('a closure records gradients inside of noGrad too', () => {
  const x = leaf([1]);
  const optimizer = new SGD([x], { lr: 0.1 });
  noGrad<void>(() => {
    optimizer.step(() => x.mul(x).sum().backward());
  });
  expect(x.grad!.toArraySync()).toEqual([2]);
});

test('zeroGrad can fill with zeros', async () => {
  const x = leaf([1]);
  const optimizer = new SGD([x], { lr: 0.1 });
  x.sum().backward();
  optimizer.zeroGrad({ setToNull: false });
  expect(await values(x.grad!)).toEqual([0]);
});

test.each([
  ['no parameters', () => new SGD([], { lr: 0.1 }), /\[SGD\] got no parameters/],
  ['a negative rate', () => new SGD([leaf([1])], { lr: -1 }), /\[SGD\] lr must be a number of at least 0, got -1/],
  ['nesterov alone', () => new SGD([leaf([1])], { nesterov: true }), /nesterov needs momentum/],
  [
    'a negative α',
    () => new RMSprop([leaf([1])], { alpha: -0.1 }),
    /\[RMSprop\] alpha must be a number of at least 0, got -0.1/,
  ],
  ['a negative momentum', () => new RMSprop([leaf([1])], { momentum: -1 }), /\[RMSprop\] momentum/],
  ['a negative ε', () => new RMSprop([leaf([1])], { eps: -1 }), /\[RMSprop\] eps/],
  ['a negative decay of the rate', () => new Adagrad([leaf([1])], { lrDecay: -1 }), /\[Adagrad\] lrDecay/],
  ['sums below 0', () => new Adagrad([leaf([1])], { initialAccumulatorValue: -1 }), /\[Adagrad\] initialAcc/],
  ['a ρ above 1', () => new Adadelta([leaf([1])], { rho: 1.1 }), /\[Adadelta\] rho must lie in \[0, 1\], got 1.1/],
  ['a negative beta', () => new Adamax([leaf([1])], { betas: [-1, 0.9] }), /\[Adamax\] betas\[0\]/],
  ['a decay of momentum below 0', () => new NAdam([leaf([1])], { momentumDecay: -1 }), /\[NAdam\] momentumDecay/],
  ['a negative decay', () => new RAdam([leaf([1])], { weightDecay: -1 }), /\[RAdam\] weightDecay/],
  ['an η− of 1', () => new Rprop([leaf([1])], { etas: [1, 1.2] }), /\[Rprop\] etas must be .* got 1 and 1.2/],
  ['one step size', () => new Rprop([leaf([1])], { stepSizes: 3 as never }), /\[Rprop\] stepSizes must be two numbers/],
  [
    'a rate that is no number',
    () => new ASGD([leaf([1])], { lr: Number.NaN }),
    /\[ASGD\] lr must be a number of at least 0/,
  ],
  [
    'no history',
    () => new LBFGS([leaf([1])], { historySize: 0 }),
    /\[LBFGS\] historySize must be a number of at least 1, got 0/,
  ],
  [
    'another search',
    () => new LBFGS([leaf([1])], { lineSearchFn: 'wolfe' as never }),
    /'strong_wolfe' or null, got wolfe/,
  ],
  ['a history that is no number', () => new LBFGS([leaf([1])], { historySize: '9' as never }), /historySize must be/],
  [
    'no iterations',
    () => new LBFGS([leaf([1])], { maxIter: -1 }),
    /\[LBFGS\] maxIter must be a number of at least 0, got -1/,
  ],
  ['no tolerance', () => new LBFGS([leaf([1])], { toleranceGrad: null as never }), /\[LBFGS\] toleranceGrad must be a/],
  ['a power as a text', () => new ASGD([leaf([1])], { alpha: 'x' as never }), /\[ASGD\] alpha must be a number, got x/],
  [
    'a rate of null',
    () => new Adam([leaf([1])], { lr: null as never }),
    /\[Adam\] lr must be a number of at least 0, got null/,
  ],
  [
    'a list of rates',
    () => new SGD([leaf([1])], { lr: [1] as never }),
    /\[SGD\] lr must be a number of at least 0, got 1/,
  ],
  ['no betas', () => new Adam([leaf([1])], { betas: null as never }), /\[Adam\] betas must be two numbers, got null/],
  ['betas as texts', () => new Adam([leaf([1])], { betas: ['0', '0'] as never }), /\[Adam\] betas must be two numbers/],
  [
    'a rate as a text',
    () => new SGD([leaf([1])], { lr: '0.1' as never }),
    /lr must be a number of at least 0, got 0.1/,
  ],
  [
    'a name of PyTorch’s',
    () => new SGD([leaf([1])], { weight_decay: 0.1 } as never),
    /\[SGD\] has no option weight_decay; there are lr, momentum, dampening, weightDecay, nesterov, maximize/,
  ],
  ['a share as a text', () => new SGD([leaf([1])], { dampening: 'x' as never }), /\[SGD\] dampening must be a number/],
  ['a ρ as a text', () => new Adadelta([leaf([1])], { rho: '0.9' as never }), /\[Adadelta\] rho must lie in/],
  ['etas as texts', () => new Rprop([leaf([1])], { etas: ['0.5', '1.2'] as never }), /etas must be two numbers/],
  ['a second group', () => new LBFGS([{ params: [leaf([1])] }, { params: [leaf([1])] }]), /takes one group/],
  ['a beta of 1', () => new Adam([leaf([1])], { betas: [0.9, 1] }), /\[Adam\] betas\[1\]/],
  ['a computed tensor', () => new SGD([leaf([1]).mul(2)]), /not a leaf/],
  [
    'a parameter twice',
    () => {
      const x = leaf([1]);
      return new SGD([x, x]);
    },
    /more than one group/,
  ],
  ['a function for parameters', () => new SGD((() => []) as never), /\[SGD\] got no parameters but a function; pass/],
  [
    'nothing for parameters',
    () => new SGD(undefined as never),
    /\[SGD\] got no parameters but undefined; pass model.p/,
  ],
  ['a tensor for parameters', () => new SGD(leaf([1]) as never), /\[SGD\] got no parameters but tensor/],
  ['numbers for parameters', () => new SGD([3] as never), /\[SGD\] parameter 0 is no tensor: 3/],
  ['null for a parameter', () => new SGD([null, leaf([1])] as never), /\[SGD\] parameter 0 is no tensor: null/],
  [
    'a tensor for a group’s list',
    () => new SGD([{ params: leaf([1]) as never }]),
    /\[SGD\] got no parameters but tensor/,
  ],
  ['a group among parameters', () => new SGD([leaf([1]), { params: [] }] as never), /\[SGD\] parameter 1 is no tensor/],
  [
    'a parameter among groups',
    () => new SGD([{ params: [] }, leaf([1])] as never),
    /\[SGD\] got no parameters but unde/,
  ],
  ['no group', () => new SGD([leaf([1])]).addParamGroup(undefined as never), /\[SGD\] got no parameters but undefined/],
  [
    'no state',
    () => new SGD([leaf([1])]).loadStateDict(undefined as never),
    /the saved groups have undefined parameters/,
  ],
  ['an empty state', () => new LBFGS([leaf([1])]).loadStateDict({} as never), /the saved groups have undefined param/],
  [
    'a state without state',
    () => {
      const optimizer = new Adam([leaf([1])]);
      optimizer.loadStateDict({ paramGroups: optimizer.stateDict().paramGroups } as never);
    },
    /\[Adam.loadStateDict\] there is no state; pass what stateDict\(\) gave/,
  ],
  [
    'text for positions',
    () => {
      const optimizer = new Adam([leaf([1])]);
      const [group] = optimizer.stateDict().paramGroups;
      optimizer.loadStateDict({ state: {}, paramGroups: [{ ...group, params: 'a' }] } as never);
    },
    /the saved groups have {2}parameters, this optimiser's 1/,
  ],
  [
    'a counter as a tensor',
    () => {
      const optimizer = new Adam([leaf([1])]);
      const { paramGroups } = optimizer.stateDict();
      optimizer.loadStateDict({ paramGroups, state: { 0: { step: tensor(3) as Tensor } } });
    },
    /step of parameter 0 has shape \(\), the parameter \(1\)/,
  ],
  [
    'a state of other shapes',
    () => {
      const [x, y] = [leaf([1]), leaf([1, 2])];
      const from = new Adam([x]);
      x.sum().backward();
      from.step();
      new Adam([y]).loadStateDict(from.stateDict());
    },
    /expAvg of parameter 0 has shape \(1\), the parameter \(2\)/,
  ],
])('refuses %s', (_, make, message) => {
  expect(make).toThrow(message);
});

const kinds = [SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, NAdam, RAdam, Rprop, ASGD, LBFGS] as const;

test.each(kinds)('%o refuses a learning rate without its name, which would be ignored', (Kind) => {
  expect(() => new Kind([leaf([1])], 0.5 as never)).toThrow(
    `[${Kind.name}] got 0.5 where options belong, which have names: give { name: value }`,
  );
});

test('prints as in PyTorch', () => {
  const optimizer = new AdamW([{ params: [leaf([1])] }, { params: [leaf([2])], lr: 0.5, eps: 0.00001 }]);
  new StepLR(optimizer, 3);
  expect(String(optimizer)).toBe(`AdamW (
Parameter Group 0
    amsgrad: False
    betas: (0.9, 0.999)
    eps: 1e-08
    initialLr: 0.001
    lr: 0.001
    maximize: False
    weightDecay: 0.01

Parameter Group 1
    amsgrad: False
    betas: (0.9, 0.999)
    eps: 1e-05
    initialLr: 0.5
    lr: 0.5
    maximize: False
    weightDecay: 0.01
)`);
  expect(inspect(new SGD([leaf([1])], { lr: 0.1 }))).toMatch(
    /^SGD \(\nParameter Group 0\n {4}dampening: 0\n {4}lr: 0.1\n/,
  );
});
