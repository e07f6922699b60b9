/** Updates in float64 against the numbers of PyTorch 1.13, from one start through the same five gradients; more settings are in apps/goldens. */
import '@nn/autograd';
import { memory, type Tensor, tensor } from '@nn/tensor';
import { describe, expect, test } from 'vitest';
import { Adadelta, Adagrad, Adam, Adamax, AdamW, ASGD, NAdam, type Optimizer, RAdam, RMSprop, Rprop } from './index.ts';

const kinds = { RMSprop, Adagrad, Adadelta, Adamax, NAdam, RAdam, Rprop, ASGD };
type Kind = keyof typeof kinds;
type Options = Readonly<Record<string, unknown>>;

const start: readonly number[] = [0.5, -1.5, 2, 0];
const gradients: readonly (readonly number[])[] = [
  [1, -2, 0.5, 0],
  [0.5, 1, 0.25, -1],
  [-0.25, 3, -1, -2],
  [2, 0.5, 0.125, 0.75],
  [1, -0.5, 0.5, 0],
];

const make = (kind: Kind, params: Tensor[], options: Options): Optimizer<object> =>
  new kinds[kind](params as never, options as never) as never;

const vector = (values: readonly number[]): Tensor => tensor([...values], { dtype: 'float64' });

async function follow(kind: Kind, options: Options, given = gradients): Promise<readonly number[]> {
  const p = vector(start).requiresGrad_();
  const optimizer = make(kind, [p], options);
  for (const gradient of given) {
    p.grad = vector(gradient);
    optimizer.step();
  }
  return Array.from(await p.data());
}

function expectClose(found: readonly number[], expected: readonly number[], digits = 10): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(found[i]).toBeCloseTo(value, digits);
  });
}

// PyTorch keeps the product of NAdam's momenta and the rates of ASGD in its default dtype, which was float64 here.
const table: readonly (readonly [Kind, Options, readonly number[]])[] = [
  ['RMSprop', {}, [0.2499651021, -1.52538947962, 1.89144090906, 0.157559732364]],
  [
    'RMSprop',
    { lr: 0.1, alpha: 0.9, eps: 0.001, weightDecay: 0.1, maximize: true },
    [1.24895093452, -1.35056476618, 2.08517908735, -0.477522085421],
  ],
  ['RMSprop', { lr: 0.1, alpha: 0.5, momentum: 0.9 }, [-0.556914459618, -1.57294319444, 1.36473345857, 0.727514818073]],
  [
    'RMSprop',
    { lr: 0.1, alpha: 0.5, centered: true },
    [-0.130614482623, -1.55094830373, 1.68706687676, 0.376509405389],
  ],
  [
    'RMSprop',
    { lr: 0.05, alpha: 0.5, centered: true, momentum: 0.5, weightDecay: 0.2 },
    [-0.0254080105529, -1.47891525018, 1.56269190259, 0.343607794249],
  ],
  ['Adagrad', {}, [0.475052675876, -1.50250144124, 1.98919177861, 0.0157642782687]],
  [
    'Adagrad',
    { lr: 0.5, lrDecay: 0.5, weightDecay: 0.1, initialAccumulatorValue: 0.3, eps: 0.001, maximize: true },
    [1.20500568614, -1.5811126221, 2.05500287253, -0.439011989639],
  ],
  ['Adadelta', {}, [0.488855082041, -1.50290923425, 1.99559414577, 0.00520381236812]],
  [
    'Adadelta',
    { lr: 2, rho: 0.5, eps: 0.01, weightDecay: 0.1, maximize: true },
    [1.45301753918, -1.07665076265, 2.08859840363, -0.393074744836],
  ],
  ['Adamax', {}, [0.49404767105, -1.49892772227, 1.99676591597, 0.00307373857218]],
  [
    'Adamax',
    { lr: 0.1, betas: [0.5, 0.7], eps: 0.1, weightDecay: 0.1, maximize: true },
    [0.811664503941, -1.44680038803, 2.03317281516, -0.157719649958],
  ],
  ['NAdam', {}, [0.493673965891, -1.50069561505, 1.9974792378, 0.00372005365043]],
  [
    'NAdam',
    { lr: 0.1, betas: [0.5, 0.7], eps: 0.1, weightDecay: 0.1, momentumDecay: 0.5 },
    [0.150050171768, -1.53696002544, 1.79601855846, 0.187757865051],
  ],
  ['RAdam', {}, [0.496161059408, -1.49960112025, 1.99925220904, 0.0025460626166]],
  [
    'RAdam',
    { lr: 0.1, betas: [0.5, 0.9], eps: 0.1, weightDecay: 0.1 },
    [0.0803104135059, -1.53402365508, 1.85682110672, 0.245583391459],
  ],
  ['RAdam', { lr: 0.1, betas: [0.5, 0.99] }, [0.0992626728111, -1.60390168971, 1.95350230415, 0.249093701997]],
  ['Rprop', {}, [0.4648, -1.501, 1.9648, 0.022]],
  ['Rprop', { lr: 0.1, etas: [0.3, 2], stepSizes: [0.05, 0.3], maximize: true }, [0.98, -1.45, 2.48, -0.3]],
  ['ASGD', {}, [0.457497645008, -1.51999243628, 1.99624001347, 0.0224999168753]],
  [
    'ASGD',
    { lr: 0.1, lambd: 0.25, alpha: 0.5, t0: 2, weightDecay: 0.1, maximize: true },
    [0.810875536344, -1.07333337667, 1.7148559596, -0.201478047821],
  ],
];

test.each(table)('%s with %j', async (kind, options, expected) => {
  expectClose(await follow(kind, options), expected);
});

test('the average of ASGD', async () => {
  const p = vector(start).requiresGrad_();
  const optimizer = new ASGD([p], { lr: 0.1, lambd: 0.25, alpha: 0.5, t0: 2, weightDecay: 0.1, maximize: true });
  for (const gradient of gradients) {
    p.grad = vector(gradient);
    optimizer.step();
  }
  const { ax } = optimizer.stateDict().state[0]!;
  expectClose(
    Array.from(await (ax as Tensor).data()),
    [0.775553613302203, -1.067201386484053, 1.7197976991618527, -0.20495588868142495],
  );
});

describe.each(Object.keys(kinds) as Kind[])('%s', (kind) => {
  test('maximizes by the negative gradient', async () => {
    const negative = gradients.map((row) => row.map((g) => -g));
    expect(await follow(kind, { maximize: true })).toEqual(await follow(kind, {}, negative));
  });

  test('takes gradients and parameters that lie otherwise', async () => {
    const plain = tensor([[1, 2, 3], [4, 5, 6]], { requiresGrad: true }); // biome-ignore format: a matrix
    const turned = tensor([[1, 4], [2, 5], [3, 6]]).t().requiresGrad_() as Tensor; // biome-ignore format: a matrix
    const g = tensor([[0.5, -1, 2], [1, 0, -3]]); // biome-ignore format: a matrix
    const optimizer = make(kind, [plain as Tensor, turned], { lr: 0.25 });
    for (let i = 0; i < 3; i++) {
      plain.grad = g as never;
      turned.grad = tensor([[0.5, 1], [-1, 0], [2, -3]]).t() as never; // biome-ignore format: a matrix
      optimizer.step();
    }
    expect(await turned.toArray()).toEqual(await plain.toArray());
    expect(await plain.toArray()).not.toEqual([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
  });

  test('trains halves', async () => {
    const [half, single] = [tensor([1, -2], { dtype: 'float16' }), tensor([1, -2])].map(
      (p) => p.requiresGrad_() as Tensor,
    );
    const optimizer = make(kind, [half!, single!], { lr: 0.125 });
    for (let i = 0; i < 3; i++) {
      half!.grad = tensor([0.5, -1], { dtype: 'float16' }) as never;
      single!.grad = tensor([0.5, -1]) as never;
      optimizer.step();
    }
    expect(half!.dtype).toBe('float16');
    expectClose(Array.from(await half!.data()), Array.from(await single!.data()), 2);
  });

  test('leaves a parameter without a gradient, and one without elements, alone', async () => {
    const [still, empty, moved] = [[1, 2], [], [1, 2]].map((values) => tensor(values, { requiresGrad: true }));
    const optimizer = make(kind, [still!, empty!, moved!], {});
    empty!.grad = tensor([]) as never;
    moved!.grad = tensor([1, 1]) as never;
    optimizer.step();
    expect(await still!.toArray()).toEqual([1, 2]);
    expect(await moved!.toArray()).not.toEqual([1, 2]);
    expect(Object.keys(optimizer.stateDict().state)).toEqual(['1', '2']);
  });

  test('takes no memory from step to step', () => {
    const taken = (): number => memory().live - memory().free;
    const p = vector(start).requiresGrad_();
    p.grad = vector(gradients[0]!);
    const optimizer = make(kind, [p], {});
    optimizer.step();
    const before = taken();
    for (let i = 0; i < 200; i++) optimizer.step();
    expect(taken()).toBe(before);
  });
});

test.each(['NAdam', 'RAdam'] as const)('%s decays apart from the gradient', async (kind) => {
  const [lr, weightDecay] = [0.1, 0.2];
  const p = vector(start).requiresGrad_();
  const plain = make(kind, [p], { lr });
  for (const gradient of gradients) {
    p.detach().mul_(1 - lr * weightDecay);
    p.grad = vector(gradient);
    plain.step();
  }
  const found = await follow(kind, { lr, weightDecay, decoupledWeightDecay: true });
  expectClose(found, Array.from(await p.data()), 14);
});

test('a gradient of Rprop that is no number changes nothing, and the next step starts afresh', async () => {
  const p = tensor([1, 1], { requiresGrad: true });
  const optimizer = new Rprop([p], { lr: 0.5 });
  for (const gradient of [
    [1, 1],
    [Number.NaN, 1],
    [1, 1],
  ]) {
    // biome-ignore format: three steps
    p.grad = tensor(gradient) as never;
    optimizer.step();
  }
  const values = Array.from(await p.data());
  expectClose(values, [0, 1 - 0.5 - 0.6 - 0.72], 6);
});

test.each([
  [Adam, -0.001],
  [AdamW, -0.001],
  [RMSprop, -0.1],
] as const)('%o follows a gradient whose square float32 does not hold', (kind, expected) => {
  const x = tensor([0], { requiresGrad: true });
  const optimizer = new kind([x]);
  x.grad = tensor([1e20]) as never;
  optimizer.step();
  expect(x.itemSync()).toBeCloseTo(expected, 7);
});
