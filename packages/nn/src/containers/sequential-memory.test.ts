/** What a chain gives back, and what it must not. */
import { noGrad } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { memory, ones, randn, scope, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  AdaptiveMaxPool2d,
  BatchNorm2d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Flatten,
  Identity,
  Layer,
  LayerNorm,
  Linear,
  MaxPool2d,
  Module,
  ReLU,
  Sequential,
  Sigmoid,
  Tanh,
  Unflatten,
} from '../index.ts';

/** A module that remembers what passed through it. */
class Spy extends Module {
  seen: Tensor | null = null;
  override forward(x: Tensor): Tensor {
    this.seen = x;
    return x;
  }
}

/** A layer of ours whose user looks at its output. */
class WatchedLinear extends Linear {
  readonly made: Tensor[] = [];
  override forward(x: never): never {
    const y = super.forward(x) as Tensor;
    this.made.push(y);
    return y as never;
  }
}

const gradients = async (model: Module, x: Tensor): Promise<number[][]> => {
  for (const p of model.parameters()) p.zeroGrad();
  (model.forward(x) as Tensor).square().sum().backward();
  return Promise.all(model.parameters().map(async (p) => [...(await p.grad!.data())]));
};

describe('what a Sequential holds', () => {
  const backend = nullBackend();
  const taken = (): number => memory(backend).live - memory(backend).free;
  const network = (): Sequential =>
    new Sequential(
      new Conv2d(1, 4, 3, { padding: 1, backend }),
      new BatchNorm2d(4, { backend }),
      new ReLU(),
      new MaxPool2d(2),
      new Sequential(new Flatten(), new Identity(), new Dropout(), new Linear(4 * 16, 32, { backend }), new Sigmoid()),
      new Unflatten(1, [4, 8]),
      new LayerNorm(8, { backend }),
      new Flatten(),
      new Linear(32, 16 * 1024, { backend }),
    );

  it('is given back step by step: only its output is left to the collector', () => {
    const model = network();
    const x = zeros([64, 1, 8, 8], { backend });
    const step = (): void => {
      const out = model.forward(x) as Tensor;
      out.sum().backward();
      for (const p of model.parameters()) p.zeroGrad();
      out.dispose();
    };
    for (let i = 0; i < 3; i++) step();
    const before = taken();
    for (let i = 0; i < 20; i++) step();
    // 20 losses of 64 bytes come in a slab of 64 places.
    expect(taken() - before).toBeLessThanOrEqual(64 * 64);
  });

  it.each<[string, () => Module, readonly number[]]>([
    [
      'a view inside a chain inside a chain',
      () => new Sequential(new Sequential(new Linear(64, 64, { backend }), new Unflatten(1, [8, 8])), new Tanh()),
      [1024, 64],
    ],
    ['vectors', () => new Sequential(new Linear(64, 65536, { backend }), new ReLU(), new Tanh()), [64]],
    [
      'a transposed convolution',
      () => new Sequential(new ConvTranspose2d(2, 2, 3, { backend }), new Tanh()),
      [8, 2, 64, 64],
    ],
    ['adaptive pooling', () => new Sequential(new Tanh(), new AdaptiveMaxPool2d(32), new Tanh()), [8, 2, 64, 64]],
  ])('is given back without a graph: %s', (_, make, shape) => {
    const model = make();
    const x = zeros([...shape], { backend });
    const step = (): void => noGrad<void>(() => (model.forward(x) as Tensor).dispose());
    step();
    const before = taken();
    for (let i = 0; i < 5; i++) step();
    expect(taken() - before).toBe(0);
  });

  it('is no more than one output at a time without a graph', () => {
    const model = new Sequential(...Array.from({ length: 20 }, () => new Tanh()));
    const x = zeros([1024, 1024], { backend });
    const before = memory(backend).live;
    noGrad(() => model.forward(x));
    expect(memory(backend).live - before).toBeLessThanOrEqual(2 * 4 * 1024 * 1024);
  });
});

const copyOf = async (t: Tensor): Promise<number[]> => [...(await t.data())];

describe('what others hold of a Sequential', () => {
  let whole: Sequential;
  const x = randn([5, 4]);
  beforeAll(() => {
    whole = new Sequential(new Linear(4, 6), new ReLU(), new Linear(6, 6), new Tanh(), new Linear(6, 2));
  });

  it.each([
    ['ReLU', [new ReLU()]],
    ['a view and ReLU', [new Flatten(), new ReLU()]],
    ['nested', [new Sequential(new Identity(), new Flatten()), new Sequential(new ReLU()), new ReLU()]],
    ['Dropout in eval mode', [new Dropout().eval(), new ReLU()]],
  ])('its input stays as it is: %s', async (_, modules) => {
    const before = await copyOf(x);
    for (const tracked of [false, true]) {
      const input = tracked ? x.detach().requiresGrad_() : x;
      new Sequential(...modules).forward(input);
      expect(await copyOf(input)).toEqual(before);
    }
  });

  it('what modules of the user have seen stays as it is, and so do outputs of layers that the user extended', async () => {
    const [spy, watched] = [new Spy(), new WatchedLinear(4, 3)];
    const expected = await copyOf(new Sequential(watched).forward(x) as Tensor);
    new Sequential(watched, spy, new ReLU(), new Tanh()).forward(x);
    expect(await Promise.all(watched.made.map(copyOf))).toEqual([expected, expected]);
    expect(spy.seen).toBe(watched.made[1]);
    const nested = new Sequential(new Tanh(), new Sequential(new Tanh(), spy), new ReLU(), new ReLU());
    nested.forward(x);
    expect(await copyOf(spy.seen!)).toEqual(await copyOf(x.tanh().tanh()));
  });

  it('what a Layer of the user keeps or gives from its fields stays as it is', async () => {
    class Block extends Layer<never> {
      readonly linear = new Linear(4, 4);
      readonly steady: Tensor = this.registerBuffer('steady', tensor([[-1, 2]]));
      kept: Tensor | null = null;
      override compute(input: Tensor): Tensor {
        this.kept = this.linear.forward(input as never) as Tensor;
        return this.kept;
      }
    }
    class Constant extends Block {
      override compute(): Tensor {
        return this.steady;
      }
    }
    class Caching extends Linear {
      kept: Tensor | null = null;
      protected override compute(input: Tensor): Tensor {
        this.kept = input;
        return super.compute(input);
      }
    }
    const block = new Block();
    const seen: [Tensor, number[]][] = [];
    block.linear.registerForwardHook((_, inputs, output) => {
      for (const t of [inputs[0], output] as Tensor[]) seen.push([t, [...t.dataSync()]]);
    });
    const caching = new Caching(4, 4);
    const chain = new Sequential<readonly Module[]>(new Tanh(), block, new ReLU(), new Tanh(), caching, new ReLU());
    chain.forward(x);
    seen.push([block.kept!, seen[1]![1]]);
    for (const [t, before] of seen) expect(await copyOf(t)).toEqual(before);
    expect(await copyOf(caching.kept!)).toEqual(await copyOf(block.kept!.relu().tanh()));
    const constant = new Constant();
    for (let i = 0; i < 2; i++) new Sequential<readonly Module[]>(constant, new ReLU(), new Tanh()).forward(x);
    expect(await copyOf(constant.steady)).toEqual([-1, 2]);
  });

  it('methods and fields of users’ modules are theirs, whatever they are called', async () => {
    class Queue extends Module {
      readonly mayKeep = new ReLU();
      readonly asMap = 1;
      consume(t: Tensor): Tensor {
        return t.mul(100);
      }
      forwardThen(t: Tensor): Tensor {
        return t.mul(100);
      }
      override forward(t: Tensor): Tensor {
        return t.mul(2);
      }
    }
    const first = new Linear(4, 2);
    const expected = await copyOf((first.forward(x) as Tensor).mul(2).relu());
    expect(await copyOf(new Sequential(first, new Queue(), new ReLU()).forward(x) as Tensor)).toEqual(expected);
  });

  it('what hooks have seen stays as it is, until they are removed', async () => {
    const seen: [Tensor, number[]][] = [];
    const hook = (whole.at(1) as Module).registerForwardHook((_, inputs, output) => {
      for (const t of [inputs[0], output] as Tensor[]) seen.push([t, [...t.dataSync()]]);
    });
    (whole.forward(x) as Tensor).sum().backward();
    expect(seen.some(([, before]) => before.some((n) => n < 0))).toBe(true);
    for (const [t, before] of seen) expect(await copyOf(t)).toEqual(before);
    hook.remove();
    whole.forward(x);
    expect(seen).toHaveLength(2);
  });

  it('values and indices of a pooling can be handed on to a module of the user', async () => {
    class Indices extends Module {
      override forward({ indices }: { readonly indices: Tensor }): Tensor {
        return indices;
      }
    }
    for (const pool of [new MaxPool2d(2, { returnIndices: true }), new AdaptiveMaxPool2d(1, { returnIndices: true })]) {
      const chain = new Sequential<readonly Module[]>(new Tanh(), pool, new Indices());
      expect(
        await copyOf(
          chain.forward(
            tensor([
              [
                [1, 5],
                [7, 2],
              ],
            ]),
          ) as Tensor,
        ),
      ).toEqual([2]);
    }
  });

  it('an output that is a view can be written, and its gradient is right', async () => {
    const layer = new Linear(4, 6);
    const models = [
      new Sequential(layer, new Unflatten(1, [2, 3]), new Flatten()),
      new Sequential<readonly Module[]>(new Sequential(layer, new Unflatten(1, [2, 3])), new Flatten()),
      new Sequential<readonly Module[]>(new Sequential(layer, new Unflatten(1, [2, 3]))),
    ];
    for (const model of models) {
      layer.weight.zeroGrad();
      (layer.forward(x as never) as Tensor).mul(3).sum().backward();
      const expected = await copyOf(layer.weight.grad!);
      layer.weight.zeroGrad();
      const out = model.forward(x) as Tensor;
      out.mul_(3);
      out.sum().backward();
      expect(await copyOf(layer.weight.grad!)).toEqual(expected);
    }
  });

  it('a ReLU overwrites nothing that a gradient reads, and says its own name', async () => {
    const input = randn([4, 3]).requiresGrad_();
    (new Sequential(new Sigmoid(), new ReLU(), new Tanh()).forward(input) as Tensor).sum().backward();
    const own = input.detach().requiresGrad_();
    own.sigmoid().relu().tanh().sum().backward();
    expect(await copyOf(input.grad!)).toEqual(await copyOf(own.grad!));
    const out = new Sequential(new LayerNorm(3), new ReLU()).forward(input) as Tensor;
    const sum = out.square().sum();
    out.add_(1);
    expect(() => sum.backward()).toThrow('a value that square needs');
    const other = new Sequential(new LayerNorm(3), new ReLU()).forward(input) as Tensor;
    other.add_(1);
    expect(() => other.sum().backward()).toThrow('a value that relu needs');
  });

  it('gradients are those of the same modules called one by one, in scopes too, and for the second time', async () => {
    class Chain extends Module {
      readonly layers = whole;
      override forward(input: Tensor): Tensor {
        let t = input;
        for (const module of this.layers) t = module.forward(t);
        return t;
      }
    }
    const one = await gradients(new Chain(), x);
    expect(await gradients(whole, x)).toEqual(one);
    for (const p of whole.parameters()) p.zeroGrad();
    scope(() => (whole.forward(x) as Tensor).square().sum().backward());
    expect(await Promise.all(whole.parameters().map(async (p) => [...(await p.grad!.data())]))).toEqual(one);
    for (const p of whole.parameters()) p.zeroGrad();
    const loss = (whole.forward(x) as Tensor).square().sum();
    loss.backward(undefined, { retainGraph: true });
    for (const p of whole.parameters()) p.zeroGrad();
    loss.backward();
    expect(await Promise.all(whole.parameters().map(async (p) => [...(await p.grad!.data())]))).toEqual(one);
  });

  it('second derivatives go through it', async () => {
    const input = ones([2, 4]).requiresGrad_();
    const out = (whole.forward(input) as Tensor).sum();
    out.backward(undefined, { createGraph: true });
    const first = input.grad!.square().sum();
    input.zeroGrad();
    first.backward();
    expect((await input.grad!.data()).some((g) => g !== 0)).toBe(true);
  });
});
