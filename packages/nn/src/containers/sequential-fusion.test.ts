/** Layers that end with the activation behind them: the same numbers and the same graph, in fewer launches. */
import { noGrad } from '@nn/autograd';
import { type DType, nullBackend } from '@nn/backend';
import { randn, type Tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { Conv1d, Conv2d, ConvTranspose2d, Linear, type Module, ReLU, Sequential, Sigmoid } from '../index.ts';

type Float = 'float16' | 'float32' | 'float64';

const layers: readonly {
  readonly name: string;
  readonly make: (dtype: Float) => Module;
  readonly shape: readonly number[];
}[] = [
  { name: 'Linear', make: (dtype) => new Linear(7, 5, { dtype }), shape: [3, 7] },
  { name: 'Linear of a batch', make: (dtype) => new Linear(7, 5, { dtype }), shape: [2, 3, 7] },
  { name: 'Linear of a vector', make: (dtype) => new Linear(7, 5, { dtype }), shape: [7] },
  { name: 'Linear without bias', make: (dtype) => new Linear(7, 5, { dtype, bias: false }), shape: [3, 7] },
  { name: 'Conv2d', make: (dtype) => new Conv2d(4, 6, 3, { dtype, groups: 2, padding: 1 }), shape: [2, 4, 5, 6] },
  { name: 'Conv2d of one image', make: (dtype) => new Conv2d(2, 3, 2, { dtype, bias: false }), shape: [2, 5, 4] },
  {
    name: 'Conv1d with reflected padding',
    make: (dtype) => new Conv1d(2, 3, 3, { dtype, padding: 2, paddingMode: 'reflect', stride: 2 }),
    shape: [2, 2, 9],
  },
  { name: 'ConvTranspose2d', make: (dtype) => new ConvTranspose2d(4, 6, 3, { dtype, stride: 2 }), shape: [2, 4, 5, 4] },
];

const numbers = async (t: Tensor): Promise<number[]> => [...(await t.data())];

/** What a forward and backward leave: the output, and the gradients of input and parameters. */
async function results(run: (x: Tensor) => Tensor, x: Tensor, layer: Module): Promise<number[][]> {
  const input = x.detach().requiresGrad_();
  for (const p of layer.parameters()) p.zeroGrad();
  const out = run(input);
  out.square().sum().backward();
  return Promise.all([out.detach(), input.grad!, ...layer.parameters().map((p) => p.grad!)].map(numbers));
}

describe.each(layers)('$name, then ReLU', ({ make, shape }) => {
  it.each<Float>(['float16', 'float32', 'float64'])('gives the bits of one after the other in %s', async (dtype) => {
    const layer = make(dtype);
    const model = new Sequential(layer, new ReLU());
    const x = randn([...shape]).to(dtype as DType) as Tensor;
    const apart = await results((t) => (layer.forward(t) as Tensor).relu(), x, layer);
    expect(await results((t) => model.forward(t) as Tensor, x, layer)).toEqual(apart);
    expect(await numbers(noGrad(() => model.forward(x) as Tensor))).toEqual(apart[0]);
  });

  it('has the graph of one after the other', () => {
    const layer = make('float32');
    const x = randn([...shape]).requiresGrad_();
    const names = (t: Tensor): string[] => {
      const found: string[] = [];
      for (let f = t.gradFn; f !== null; f = f.nextFunctions.find((next) => next !== null) ?? null) found.push(f.name);
      return found;
    };
    const [whole, apart] = [new Sequential(layer, new ReLU()).forward(x) as Tensor, layer.forward(x).relu() as Tensor];
    expect(names(whole)).toEqual(names(apart));
    expect(names(whole)[0]).toBe('ReluBackward0');
  });
});

describe('launches of a Sequential', () => {
  const backend = nullBackend();
  const maps = (model: Module, x: Tensor): number => {
    model.forward(x);
    backend.reset();
    model.forward(x);
    return backend.counts.launches.map;
  };
  const x = zeros([2, 4], { backend });
  const image = zeros([2, 3, 8, 8], { backend });
  const linear = (): Linear => new Linear(4, 4, { backend });

  it('are one for a layer and its ReLU', () => {
    expect(maps(new Sequential(linear(), new ReLU(), linear(), new ReLU()), x)).toBe(0);
    expect(maps(new Sequential(new Conv2d(3, 4, 3, { backend }), new ReLU({ inplace: true })), image)).toBe(0);
    expect(noGrad(() => maps(new Sequential(linear(), new ReLU()), x))).toBe(0);
  });

  it('are two where somebody looks at what lies between, and where the ReLU follows something else', () => {
    const watched = new Sequential(linear(), new ReLU());
    const hook = watched.at(0).registerForwardHook(() => undefined);
    expect(maps(watched, x)).toBe(1);
    hook.remove();
    expect(maps(watched, x)).toBe(0);
    watched.at(1).registerForwardPreHook(() => undefined);
    expect(maps(watched, x)).toBe(1);
    class Own extends ReLU {
      override forward(t: never): never {
        return super.forward(t) as never;
      }
    }
    expect(maps(new Sequential(linear(), new Own()), x)).toBe(1);
    class Negated extends Linear {
      protected override compute(t: Tensor): Tensor {
        return super.compute(t).neg() as Tensor;
      }
    }
    expect(maps(new Sequential(new Negated(4, 4, { backend }), new ReLU()), x)).toBe(2);
    class Doubled extends ReLU {
      protected override compute(t: Tensor): Tensor {
        return super.compute(t).mul(2) as Tensor;
      }
    }
    expect(maps(new Sequential(linear(), new Doubled()), x)).toBe(2);
    expect(maps(new Sequential(linear(), new Sigmoid(), new ReLU()), x)).toBe(2);
    expect(maps(new Sequential(linear(), new Sequential(new ReLU())), x)).toBe(1);
  });

  it('are two on a backend that has no kernel for the layer', () => {
    const without = nullBackend({ declines: ['conv'] });
    const layer = new Conv2d(3, 4, 3, { backend: without });
    const images = zeros([1, 3, 5, 5], { backend: without });
    const launches = (model: Module): number => {
      model.forward(images);
      without.reset();
      model.forward(images);
      return without.counts.total;
    };
    expect(launches(new Sequential(layer, new ReLU()))).toBe(launches(layer) + 1);
  });
});
