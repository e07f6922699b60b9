/** What a chain gives back, and what it must not. */
import { noGrad } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { memory, ones, randn, scope, type Tensor, zeros } from '@nn/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  BatchNorm2d,
  Conv2d,
  Dropout,
  Flatten,
  Identity,
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

  it('is no more than one output at a time without a graph', () => {
    const model = new Sequential(...Array.from({ length: 20 }, () => new Tanh()));
    const x = zeros([1024, 1024], { backend });
    const before = memory(backend).live;
    noGrad(() => model.forward(x));
    expect(memory(backend).live - before).toBeLessThanOrEqual(2 * 4 * 1024 * 1024);
  });
});

describe('what others hold of a Sequential', () => {
  let whole: Sequential;
  const x = randn([5, 4]);
  beforeAll(() => {
    whole = new Sequential(new Linear(4, 6), new ReLU(), new Linear(6, 6), new Tanh(), new Linear(6, 2));
  });

  it('its input stays', async () => {
    new Sequential(new Flatten(), new Flatten(), new ReLU(), new ReLU()).forward(x);
    expect(await x.data()).toHaveLength(20);
  });

  it('what modules of the user have seen stays, and so do outputs of layers that the user extended', async () => {
    const [spy, watched] = [new Spy(), new WatchedLinear(4, 3)];
    const model = new Sequential(watched, spy, new ReLU(), new Tanh());
    model.forward(x);
    expect(await watched.made[0]!.data()).toHaveLength(15);
    expect(spy.seen).toBe(watched.made[0]);
    const nested = new Sequential(new ReLU(), new Sequential(new Tanh(), spy), new ReLU(), new ReLU());
    nested.forward(x);
    expect(await spy.seen!.data()).toHaveLength(20);
  });

  it('what hooks have seen stays, until they are removed', async () => {
    const seen: Tensor[] = [];
    const hook = (whole.at(1) as Module).registerForwardHook((_, inputs, output) => {
      seen.push(inputs[0] as Tensor, output as Tensor);
    });
    (whole.forward(x) as Tensor).sum().backward();
    for (const t of seen) expect(await t.data()).toHaveLength(30);
    hook.remove();
  });

  it('an output that is a view can be written, and its gradient is right', async () => {
    const model = new Sequential(new Linear(4, 6), new Unflatten(1, [2, 3]), new Flatten());
    const out = model.forward(x) as Tensor;
    out.mul_(3);
    out.sum().backward();
    const layer = model.at(0) as unknown as Linear;
    const expected = layer.forward(x as never) as Tensor;
    const plain = [...(await layer.weight.grad!.data())];
    layer.weight.zeroGrad();
    expected.mul(3).sum().backward();
    expect(plain).toEqual([...(await layer.weight.grad!.data())]);
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
