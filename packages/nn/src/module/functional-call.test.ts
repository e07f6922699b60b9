/** Calls with other tensors: beside PyTorch's, gradients of first and second order, what is put back, tied and shared ones, names, promises, types. */
import { grad, gradcheck, gradgradcheck } from '@nn/autograd';
import { ValueError } from '@nn/backend';
import { manualSeed, randn, type Shape, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  BatchNorm1d,
  functionalCall,
  GRU,
  Linear,
  Module,
  MultiheadAttention,
  mseLoss,
  ParameterDict,
  ParameterList,
  ReLU,
  Sequential,
  weightNorm,
} from '../index.ts';

beforeEach(() => void manualSeed(3));

const double = (...shape: number[]): Tensor => randn(shape, { dtype: 'float64' }) as Tensor;
const doubles = (values: number[][]): Tensor => tensor(values, { dtype: 'float64' }) as Tensor;
const close = (values: unknown): unknown =>
  Array.isArray(values) ? values.map(close) : expect.closeTo(values as number, 12);

class Net extends Module {
  readonly first = new Linear(2, 3, { dtype: 'float64' });
  readonly second = new Linear(3, 1, { dtype: 'float64' });
  override forward(x: Tensor): Tensor {
    return this.second.forward(this.first.forward(x).tanh()) as Tensor;
  }
}

describe('gradients', () => {
  const x = doubles([
    [1, 2],
    [-1, 0.5],
    [0.3, -0.7],
  ]);
  const y = doubles([[1], [0], [-1]]);

  // PyTorch 1.13: torch.nn.utils.stateless.functional_call, two steps of 0.1 with create_graph, then backward.
  it('go through steps that are differentiated themselves (MAML)', async () => {
    const net = new Net();
    net.loadStateDict({
      'first.weight': doubles([
        [0.5, -0.25],
        [1, 0.75],
        [-0.5, 0.1],
      ]),
      'first.bias': tensor([0.1, -0.2, 0.3], { dtype: 'float64' }),
      'second.weight': doubles([[0.7, -0.4, 0.2]]),
      'second.bias': tensor([0.05], { dtype: 'float64' }),
    });
    let fast: Record<string, Tensor> = Object.fromEntries(net.namedParameters());
    let inner: Tensor = zeros([]);
    for (let step = 0; step < 2; step++) {
      inner = mseLoss(functionalCall(net, fast, x), y);
      const gradients = grad(inner, Object.values(fast), { createGraph: true }) as Tensor[];
      fast = Object.fromEntries(
        Object.entries(fast).map(([key, t], i) => [key, t.sub(gradients[i]!.mul(0.1) as never)]),
      );
    }
    const [x2, y2] = [doubles([[0.2, -1], [2, 1]]), doubles([[0.5], [-0.5]])]; // biome-ignore format: one line
    const outer = mseLoss(functionalCall(net, fast, x2), y2);
    expect(await inner.item()).toBeCloseTo(0.8912995441969409, 14);
    expect(await outer.item()).toBeCloseTo(0.3600949858703886, 14);
    outer.backward();
    expect(await Promise.all(net.parameters().map((p) => p.grad!.toArray()))).toEqual(
      close([
        [
          [0.08130971923811407, 0.2397707384056237],
          [-0.008754197158602579, 0.061150418895152596],
          [0.1329203117780471, -0.06460147897013305],
        ],
        [-0.22315165067476067, -0.1160554103952918, 0.035548228972105994],
        [[0.6177977931807548, 0.6408420003629494, -0.25734521856220416]],
        [0.325464669720346],
      ]),
    );
  });

  it('are those of differences, to second order, in input and tensors', async () => {
    const net = new Net();
    const run = (input: Tensor, weight: Tensor, bias: Tensor): Tensor =>
      functionalCall(net, { 'first.weight': weight, 'second.bias': bias }, input);
    const inputs = [double(2, 2), double(3, 2), double(1)];
    expect(await gradcheck(run as never, inputs)).toBe(true);
    expect(await gradgradcheck(run as never, inputs)).toBe(true);
    expect(net.parameters().every((p) => p.grad === null)).toBe(true);
  });

  it.each<[string, Module, () => Tensor[]]>([
    ['GRU', new GRU(2, 2, { dtype: 'float64' }), () => [double(3, 2)]],
    ['attention', new MultiheadAttention(2, 1, { dtype: 'float64' }), () => Array(3).fill(double(3, 2))],
    ['weightNorm', weightNorm(new Linear(2, 2, { dtype: 'float64' })), () => [double(3, 2)]],
    ['a chain', new Sequential(new Linear(2, 3, { dtype: 'float64' }), new ReLU()), () => [double(3, 2)]],
  ])('reach every parameter of %s', async (_, model, make) => {
    const given = Object.fromEntries(
      model.namedParameters().map(([key, p]) => [key, double(...p.shape).requiresGrad_()]),
    );
    const args = make();
    const output = [functionalCall(model, given, args, { strict: true })].flat()[0] as Tensor;
    output.square().sum().backward();
    const found = await Promise.all(Object.values(given).map((t) => t.grad!.toArray()));
    model.loadStateDict(given);
    for (const p of model.parameters()) expect(p.grad).toBe(null);
    ([model.forward(...args)].flat()[0] as Tensor).square().sum().backward();
    expect(await Promise.all(model.parameters().map((p) => p.grad!.toArray()))).toEqual(close(found));
  });
});

describe('what was there', () => {
  it('is back afterwards, also if forward throws', async () => {
    const net = new Net();
    const before = net.namedParameters();
    const given = { 'first.weight': zeros([3, 2], { dtype: 'float64' }), 'second.bias': double(1) };
    expect(await functionalCall(net, given, double(1, 2)).item()).not.toBe(await net.forward(double(1, 2)).item());
    expect(() => functionalCall(net, given, double(1, 5))).toThrow('[');
    expect(net.namedParameters()).toEqual(before);
    expect(net.parameters().every((p, i) => p === before[i]![1])).toBe(true);
  });

  it('is replaced in lists and dicts, too', async () => {
    class Held extends Module {
      readonly list = new ParameterList([zeros([1]), zeros([1])]);
      readonly dict = new ParameterDict({ a: zeros([1]) });
      override forward(): Tensor {
        return this.list.at(1).add(this.dict.get('a'));
      }
    }
    const held = new Held();
    const [one, two] = [tensor([1], { requiresGrad: true }), tensor([2], { requiresGrad: true })];
    const sum = functionalCall(held, { 'list.1': one, 'dict.a': two });
    expect(await sum.item()).toBe(3);
    sum.backward();
    expect([await one.grad!.item(), await two.grad!.item(), await held.forward().item()]).toEqual([1, 1, 0]);
  });

  it('runs hooks, with the replaced tensors in place', async () => {
    const layer = new Linear(1, 1);
    const seen: unknown[] = [];
    layer.registerForwardPreHook((module) => void seen.push(module.weight));
    layer.registerForwardHook((_, __, output: Tensor) => output.mul(2));
    const weight = tensor([[3]]);
    expect(await functionalCall(layer, { weight, bias: zeros([1]) }, tensor([[1]])).item()).toBe(6);
    expect(seen).toEqual([weight]);
  });
});

describe('buffers', () => {
  class Counter extends Module {
    total: Tensor = this.registerBuffer('total', zeros([]));
    override forward(x: Tensor): Tensor {
      this.total = this.total.add(x);
      return this.total;
    }
  }

  it('that are assigned are in what was given', async () => {
    const counter = new Counter();
    const given = { total: tensor(5) as Tensor };
    expect(await functionalCall(counter, given, tensor(2)).item()).toBe(7);
    expect(await functionalCall(counter, [{}, given], tensor(2)).item()).toBe(9);
    expect([await given.total.item(), await counter.total.item()]).toEqual([9, 0]);
    await functionalCall(counter, {}, tensor(2)).item();
    expect(await counter.total.item()).toBe(2);
  });

  it('that are changed in place are changed where they were given', async () => {
    const norm = new BatchNorm1d(1, { momentum: 0.5 });
    const given = { ...norm.stateDict(), num_batches_tracked: tensor(4n), running_mean: tensor([2]) };
    functionalCall(norm, given, tensor([[3], [5]]));
    expect([await given.running_mean.toArray(), await given.num_batches_tracked.item()]).toEqual([[3], 5]);
    expect([await norm.running_mean!.toArray(), await norm.num_batches_tracked!.item()]).toEqual([[0], 0]);
  });
});

describe('one tensor in several places', () => {
  class Tied extends Module {
    readonly embed: Linear = new Linear(2, 2, { bias: false });
    readonly decode: Linear = new Linear(2, 2, { bias: false });
    readonly again = this.embed;
    constructor() {
      super();
      this.decode.weight = this.embed.weight;
    }
    override forward(x: Tensor): Tensor {
      return this.decode.forward(this.embed.forward(x)) as Tensor;
    }
  }
  const [x, two, three] = [tensor([[1, 1]]), tensor([[2, 0], [0, 2]]), tensor([[3, 0], [0, 3]])]; // biome-ignore format: one line

  it('is replaced in all, or with tieWeights: false where it is named', async () => {
    const net = new Tied();
    net.embed.loadStateDict({ weight: tensor([[1, 0], [0, 1]]) }); // biome-ignore format: one line
    const run = async (given: Record<string, Tensor>, tieWeights?: boolean): Promise<unknown> =>
      functionalCall(net, given, x, { tieWeights }).toArray();
    expect(await run({ 'embed.weight': two })).toEqual([[4, 4]]);
    expect(await run({ 'decode.weight': two })).toEqual([[4, 4]]);
    expect(await run({ 'decode.weight': two, 'embed.weight': two })).toEqual([[4, 4]]);
    expect(await run({ 'decode.weight': two }, false)).toEqual([[2, 2]]);
    expect(await run({ 'decode.weight': two, 'again.weight': three }, false)).toEqual([[6, 6]]);
    expect(await functionalCall(net, { 'embed.weight': two }, x, { strict: true }).toArray()).toEqual([[4, 4]]);
    expect(await net.forward(x).toArray()).toEqual([[1, 1]]);
    expect(net.decode.weight).toBe(net.embed.weight);
  });

  it('can be only one', async () => {
    const net = new Tied();
    const given = { 'embed.weight': two, 'decode.weight': three };
    expect(() => functionalCall(net, given, x)).toThrow(
      '  embed.weight and decode.weight are one tensor in the module, but two were given',
    );
    expect(await functionalCall(net, given, x, { tieWeights: false }).toArray()).toEqual([[6, 6]]);
    // One module under two names has one place.
    const shared = { 'embed.weight': two, 'again.weight': three };
    expect(() => functionalCall(net, shared, x, { tieWeights: false })).toThrow(
      '  embed.weight and again.weight are one',
    );
  });
});

describe('refuses', () => {
  const net = new Net();
  const x = double(1, 2);
  const t = double(1);

  it('names that are not there, all at once, with the nearest that are', () => {
    const call = (): unknown => functionalCall(net, { 'first.wieght': t, 'module.second.bias': t }, x);
    expect(call).toThrow(ValueError);
    expect(call).toThrow(`[functionalCall] the tensors don't fit Net:
  there is no first.wieght; near it are first.weight, first.bias, second.weight
  there is no module.second.bias; near it are second.bias, first.bias, `);
    expect(() => functionalCall(new ReLU(), { weight: t }, x)).toThrow('there is no weight; there are none');
  });

  it('what is missing, if strict', () => {
    expect(() => functionalCall(net, { 'first.weight': t, 'first.bias': t }, x, { strict: true })).toThrow(
      "[functionalCall] the tensors don't fit Net:\n  second.weight is missing\n  second.bias is missing",
    );
  });

  it('a forward that returns a promise', async () => {
    class Later extends Module {
      readonly scale = new Linear(1, 1);
      override async forward(): Promise<never> {
        throw new Error('nobody waits for it');
      }
    }
    const later = new Later();
    const { weight } = later.scale;
    // @ts-expect-error functionalCall: forward must be synchronous
    expect(() => functionalCall(later, { 'scale.weight': t })).toThrow(
      '[functionalCall] forward of Later returned a promise',
    );
    expect(later.scale.weight).toBe(weight);
  });

  it.each<[string, unknown[]]>([
    ['got null where the module belongs', [null, {}]],
    ['got undefined where tensors belong', [net, undefined, x]],
    ['got tensor', [net, t, x]],
    ['second.bias is given twice', [net, [{ 'second.bias': t }, { 'second.bias': t }], x]],
    ['second.bias is no tensor: 1', [net, { 'second.bias': 1 }, x]],
    ['got true where options belong', [net, {}, x, true]],
  ])('%s', (message, args) => {
    const call = (): unknown => (functionalCall as (...args: unknown[]) => unknown)(...args);
    expect(call).toThrow(ValueError);
    expect(call).toThrow(message);
    expect(call).toThrow('[functionalCall] ');
  });
});

it('has the types of forward', () => {
  class Two extends Module {
    override forward(x: Tensor, y: Tensor, { isFirst = true }: { isFirst?: boolean } = {}): [Tensor] {
      return isFirst ? [x] : [y];
    }
  }
  const x = zeros([3, 4]);
  const chain = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2));
  expectTypeOf(functionalCall(chain, {}, x)).toEqualTypeOf<Tensor<[3, 2], 'float32'>>();
  expectTypeOf(functionalCall(chain, {}, [x])).toEqualTypeOf<Tensor<[...Shape, 2]>>();
  // @ts-expect-error layer 0: Linear: the input has 5 features, expected 4
  expect(() => functionalCall(chain, {}, zeros([3, 5]))).toThrow('expected 4');
  expectTypeOf(functionalCall(new Two(), {}, [x, x, { isFirst: true }])).toEqualTypeOf<[Tensor]>();
  // @ts-expect-error a number is no tensor
  functionalCall(new Two(), {}, [x, 3]);
  const any: Module = chain;
  expect((functionalCall(any, chain.stateDict(), x) as Tensor).shape).toEqual([3, 2]);
});
