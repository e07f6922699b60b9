/** What transformers give back of what passes through them, and what they must not: nothing of it changes a number. */
import { noGrad } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { getBackend, manualSeed, memory, randn, setBackend, type Tensor, zeros } from '@nn/tensor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as nn from '../../index.ts';

const initial = getBackend();
beforeEach(() => void manualSeed(5));
afterEach(() => setBackend(initial));

const [batch, length, size] = [2, 3, 4];
const input = (): Tensor => randn([batch, length, size]) as Tensor;

type Options = ConstructorParameters<typeof nn.TransformerEncoderLayer>[2];
const given = { dimFeedforward: 6, batchFirst: true } as const;
const variants: readonly [string, Options][] = [
  ['as it is', {}],
  ['norms first', { normFirst: true }],
  ['gelu', { activation: 'gelu', bias: false }],
  ['a function', { activation: (x) => x.tanh() as Tensor, normFirst: true }],
  ['without dropout', { dropout: 0 }],
  ['without dropout, norms first', { dropout: 0, normFirst: true }],
];

/** Models that take one tensor, each made with the same options. */
class Whole extends nn.Module {
  readonly inner: nn.Transformer;
  constructor(options: Options) {
    super();
    this.inner = new nn.Transformer({ ...options, dModel: size, nhead: 2, numEncoderLayers: 2, numDecoderLayers: 2 });
  }
  override forward(x: Tensor): Tensor {
    return this.inner.forward(x, x, { tgtIsCausal: true });
  }
}

class Recalling extends nn.Module {
  readonly layer: nn.TransformerDecoderLayer;
  constructor(options: Options) {
    super();
    this.layer = new nn.TransformerDecoderLayer(size, 2, options);
  }
  override forward(x: Tensor): Tensor {
    return this.layer.forward(x, x, { memoryIsCausal: true });
  }
}

const layerOf = (options: Options): nn.TransformerEncoderLayer => new nn.TransformerEncoderLayer(size, 2, options);
const models: readonly [string, (options: Options) => nn.Module][] = [
  ['encoder layer', layerOf],
  ['decoder layer', (options) => new Recalling(options)],
  ['encoder', (options) => new nn.TransformerEncoder(layerOf(options), 2, { norm: new nn.LayerNorm(size) })],
  ['chain of layers', (options) => new nn.Sequential(layerOf(options), layerOf(options), new nn.Linear(size, 2))],
  ['transformer', (options) => new Whole(options)],
];
const all = models.flatMap(([name, make]) =>
  variants.map(([variant, options]) => [name, variant, () => make({ ...given, ...options })] as const),
);

/** The graph below a tensor, as far as ten steps: the op that it comes from, those that it needs, and so on. */
const told = (fn: Tensor['gradFn'], depth = 0): unknown =>
  fn === null || depth === 10 ? null : [fn.name, fn.nextFunctions.map((next) => told(next, depth + 1))];

describe.each(all)('%s, %s', (_, __, make) => {
  it('is bit for bit what it is while hooks keep everything', async () => {
    const model = make();
    const x = input();
    const run = async (): Promise<unknown[]> => {
      manualSeed(9);
      for (const p of model.parameters()) p.zeroGrad();
      const leaf = (x.clone() as Tensor).requiresGrad_();
      const out = model.forward(leaf) as Tensor;
      const graph = told(out.gradFn);
      out.square().sum().backward();
      const gradients = await Promise.all([leaf, ...model.parameters()].map((p) => p.grad!.toArray()));
      return [await out.toArray(), graph, ...gradients];
    };
    for (const training of [true, false]) {
      model.train(training);
      const free = await run();
      const kept: Tensor[] = [];
      const hooks = model.modules().map((module) =>
        module.registerForwardHook((_module, inputs, output) => {
          for (const t of [...inputs, ...(Array.isArray(output) ? output : [output])])
            if (t !== null && typeof t === 'object' && 'storage' in t) kept.push(t as Tensor);
        }),
      );
      expect(await run()).toEqual(free);
      for (const t of kept) expect(t.storage.slab).not.toBe(null);
      for (const hook of hooks) hook.remove();
      expect(await run()).toEqual(free);
    }
  });
});

it.each([true, false])('second derivatives are those with hooks too, norms first %s', async (normFirst) => {
  const layer = new nn.TransformerEncoderLayer(size, 2, { ...given, normFirst }).eval();
  const x = input().requiresGrad_() as Tensor;
  const run = async (): Promise<unknown> => {
    x.grad = null;
    layer.forward(x).square().sum().backward(undefined, { createGraph: true });
    const first = x.grad! as Tensor;
    x.grad = null;
    first.square().sum().backward();
    return (x.grad! as Tensor).toArray();
  };
  const free = await run();
  for (const part of layer.modules()) part.registerForwardHook(() => undefined);
  expect(await run()).toEqual(free);
});

describe('what transformers hold', () => {
  it.each(all.filter(([, variant]) => variant !== 'a function'))('%s, %s: nothing after a step', (_, __, make) => {
    const backend = nullBackend();
    setBackend(backend);
    const model = make();
    const x = zeros([64, length, size]) as Tensor;
    const step = (): void => {
      const out = model.forward(x) as Tensor;
      const loss = out.sum();
      loss.backward();
      for (const p of model.parameters()) p.zeroGrad();
      out.dispose();
      loss.dispose();
    };
    for (let i = 0; i < 3; i++) step();
    const taken = (): number => memory(backend).live - memory(backend).free;
    const before = taken();
    // Memory is counted in slabs of up to 64 places, of which a leak takes one more each step.
    for (let i = 0; i < 130; i++) step();
    expect(taken()).toBe(before);
  });

  it('is little at a time without a graph', () => {
    const backend = nullBackend();
    setBackend(backend);
    const layer = new nn.TransformerEncoderLayer(64, 4, { dimFeedforward: 64, batchFirst: true });
    const encoder = new nn.TransformerEncoder(layer, 12).eval();
    const x = zeros([64, 16, 64]) as Tensor;
    const before = memory(backend).live;
    noGrad(() => encoder.forward(x));
    // Of 256 KB each: the input and the three parts of it, scores, shares, and what the heads give, twice.
    expect(memory(backend).live - before).toBeLessThanOrEqual(12 * 4 * 64 * 16 * 64);
  });
});

describe('what others hold of transformers', () => {
  const isAlive = (t: Tensor): boolean => t.storage.slab !== null;

  it.each(variants)('inputs, masks and weights stay: %s', async (_, options) => {
    const own = { ...given, ...options };
    const [x, y, srcMask] = [input(), input(), randn([length, length]) as Tensor];
    const srcKeyPaddingMask = zeros([batch, length], { dtype: 'bool' }) as Tensor;
    new nn.TransformerEncoderLayer(size, 2, own).forward(x, { srcMask, srcKeyPaddingMask });
    new nn.TransformerDecoderLayer(size, 2, own).forward(y, x, { memoryMask: srcMask });
    const [, weights] = new nn.MultiheadAttention(size, 2, given).forward(x, y, y, { attnMask: srcMask });
    for (const t of [x, y, srcMask, srcKeyPaddingMask, weights!]) expect(isAlive(t)).toBe(true);
    expect(await weights!.data()).toHaveLength(batch * length * length);
  });

  it('what a hook of any one part has seen stays', () => {
    const layer = new nn.TransformerDecoderLayer(size, 2, { ...given, normFirst: true });
    for (const part of layer.modules()) {
      const seen: Tensor[] = [];
      const hook = part.registerForwardHook((_, inputs, output) => {
        seen.push(inputs[0] as Tensor, (Array.isArray(output) ? output[0] : output) as Tensor);
      });
      layer.forward(input(), input());
      expect(seen.map(isAlive)).toEqual([true, true]);
      hook.remove();
    }
  });

  it('what the user’s activation was given, and gave, stays', () => {
    const seen: Tensor[] = [];
    const activation = (x: Tensor): Tensor => {
      const y = x.tanh() as Tensor;
      seen.push(x, y);
      return y;
    };
    for (const dropout of [0, 0.5])
      new nn.TransformerEncoderLayer(size, 2, { ...given, dropout, activation }).forward(input());
    expect(seen.map(isAlive)).toEqual([true, true, true, true]);
  });

  it('what passes through parts that are overridden or nobody’s we know stays', () => {
    class Watched extends nn.Linear {
      readonly made: Tensor[] = [];
      override forward(x: never): never {
        const y = super.forward(x) as Tensor;
        this.made.push(x, y);
        return y as never;
      }
    }
    class Layer extends nn.TransformerEncoderLayer {
      override forward(x: Tensor): Tensor {
        return super.forward(x);
      }
    }
    const layer = new nn.TransformerEncoderLayer(size, 2, given);
    const watched = new Watched(size, 6);
    layer.linear1 = watched;
    layer.forward(input());
    expect(watched.made.map(isAlive)).toEqual([true, true]);
    expect([layer['~mayKeep'](), new Layer(size, 2, given)['~mayKeep']()]).toEqual([true, true]);
    expect(new nn.TransformerEncoderLayer(size, 2, given)['~mayKeep']()).toBe(false);
    expect(new nn.TransformerEncoder(layer, 1, { norm: new Layer(size, 2, given) })['~mayKeep']()).toBe(true);
  });

  it('parts that give what they were given leave it whole', async () => {
    for (const normFirst of [false, true]) {
      const layer = new nn.TransformerEncoderLayer(size, 2, { ...given, normFirst }).eval();
      for (const name of ['norm1', 'norm2', 'dropout', 'dropout1', 'dropout2'] as const)
        layer[name] = new nn.Identity() as never;
      const plain = (x: Tensor): Tensor => {
        const y = x.add(layer.self_attn.forward(x, x, x, { needWeights: false })[0] as never) as Tensor;
        return y.add(layer.linear2.forward((layer.linear1.forward(y) as Tensor).relu() as never)) as Tensor;
      };
      const x = input();
      expect(await layer.forward(x).toArray()).toEqual(await plain(x).toArray());
      expect(isAlive(x)).toBe(true);
    }
  });

  it('an output that is a view can be written, and its gradient is right', async () => {
    const layer = new nn.TransformerEncoderLayer(size, 2, given).eval();
    const x = input().requiresGrad_() as Tensor;
    const run = async (norm: nn.Module): Promise<unknown> => {
      layer.norm2 = norm as never;
      x.zeroGrad();
      const out = layer.forward(x);
      out.mul_(3);
      out.square().sum().backward();
      return x.grad!.toArray();
    };
    const wanted = await run(new nn.Identity());
    expect(await run(new nn.Flatten())).toEqual(wanted);
  });
});
