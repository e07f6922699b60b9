import { detectAnomaly, grad, noGrad } from '@nn/autograd';
import { type Tensor, tensor } from '@nn/tensor';
import { beforeAll, describe, expect, it } from 'vitest';
import { type HookGradients, Linear, Module, ModuleList, ReLU, Sequential } from '../index.ts';

/** y = 2 x w, of known values. */
class Scaled extends Module {
  override forward(x: Tensor, w: Tensor): Tensor {
    return x.mul(w).mul(2);
  }
}

const values = (t: unknown): Promise<unknown> => (t as Tensor).toArray();

describe('forward hooks', () => {
  it('see and replace inputs and outputs, in the order of registration, until they are removed', async () => {
    const layer = new Scaled();
    const [x, w] = [tensor([1, 2]), tensor([3, 4])];
    const log: string[] = [];
    const first = layer.registerForwardPreHook((module, inputs) => {
      log.push(`pre ${module === layer} ${inputs.length}`);
      return [(inputs[0] as Tensor).add(1), inputs[1]];
    });
    const second = layer.registerForwardPreHook((_, inputs) => {
      log.push('second pre');
      expect(inputs[1]).toBe(w);
    });
    const after = layer.registerForwardHook((_, inputs, output) => {
      log.push('after');
      expect(inputs[1]).toBe(w);
      return (output as Tensor).neg();
    });
    expect(await values(layer.forward(x, w))).toEqual([-12, -24]);
    expect(log).toEqual(['pre true 2', 'second pre', 'after']);
    for (const handle of [first, second, after]) handle.remove();
    first.remove();
    expect(await values(layer.forward(x, w))).toEqual([6, 16]);
    expect(log).toHaveLength(3);
  });

  it('may replace a single input by itself', async () => {
    const layer = new ReLU();
    layer.registerForwardPreHook((_, [x]) => (x as Tensor).neg());
    expect(await values(layer.forward(tensor([-3, 3])))).toEqual([3, 0]);
  });

  it('run inside of containers', () => {
    const layer = new Linear(2, 2);
    const shapes: unknown[] = [];
    layer.registerForwardHook((module, inputs: Tensor[], y: Tensor) => {
      shapes.push(module.weight.shape, inputs[0]!.shape, y.shape);
    });
    new Sequential(new ReLU(), layer).forward(tensor([[1, 2]]));
    expect(shapes).toEqual([
      [2, 2],
      [1, 2],
      [1, 2],
    ]);
  });
});

describe('before @nn/nn/hooks is imported', () => {
  it('a backward hook says what is missing', () => {
    expect(() => new ReLU().registerFullBackwardHook(() => {})).toThrow(
      "[registerFullBackwardHook] backward hooks are not loaded: add import '@nn/nn/hooks'",
    );
  });
});

describe('full backward hooks', () => {
  beforeAll(() => import('../hooks.ts'));

  it('see the gradients of inputs and outputs', async () => {
    const layer = new Scaled();
    const seen: HookGradients[] = [];
    const handle = layer.registerFullBackwardHook((module, gradInput, gradOutput) => {
      expect(module).toBe(layer);
      seen.push(gradInput, gradOutput);
    });
    const x = tensor([1, 2], { requiresGrad: true });
    const w = tensor([3, 4]);
    layer
      .forward(x, w)
      .mul(tensor([1, 10]))
      .sum()
      .backward();
    const [gradInput, gradOutput] = seen;
    expect(await values(gradInput![0])).toEqual([6, 80]);
    expect(gradInput![1]).toBeNull();
    expect(await values(gradOutput![0])).toEqual([1, 10]);
    expect(await values(x.grad)).toEqual([6, 80]);
    handle.remove();
    layer.forward(x, w).sum().backward();
    expect(seen).toHaveLength(2);
  });

  it('replace the gradients of inputs, one after the other', async () => {
    const layer = new Scaled();
    layer.registerFullBackwardHook((_, [gx, gw]) => [gx!.mul(10), gw ?? null]);
    layer.registerFullBackwardHook((_, [gx, gw]) => {
      return [gx!.add(1), gw!.neg()];
    });
    const x = tensor([1], { requiresGrad: true });
    const w = tensor([3], { requiresGrad: true });
    layer.forward(x, w).backward();
    expect([await values(x.grad), await values(w.grad)]).toEqual([[61], [-2]]);
  });

  it('see gradients of outputs where no input is tracked, and of several outputs', async () => {
    class Pair extends Module {
      readonly layer = new Linear(1, 1);
      override forward(x: Tensor): readonly [Tensor, Tensor, string] {
        const y = this.layer.forward(x);
        return [y.mul(2), y.mul(3), 'text'];
      }
    }
    const pair = new Pair();
    const seen: HookGradients[] = [];
    pair.registerFullBackwardHook((_, gradInput, gradOutput) => {
      seen.push(gradInput, gradOutput);
    });
    const [a, b, text] = pair.forward(tensor([[1]]));
    expect(text).toBe('text');
    a.add(b.mul(5)).sum().backward();
    expect(seen[0]).toEqual([null]);
    expect(await Promise.all(seen[1]!.slice(0, 2).map(values))).toEqual([[[1]], [[5]]]);
    expect(seen[1]![2]).toBeNull();
    expect(await values(pair.layer.bias!.grad)).toEqual([17]);
  });

  it('keep second derivatives', async () => {
    const layer = new Scaled();
    layer.registerFullBackwardHook((_, [gx]) => [gx!.mul(3), null]);
    const x = tensor([2], { requiresGrad: true });
    const w = tensor([5], { requiresGrad: true });
    layer.forward(x.mul(x), w).backward(undefined, { createGraph: true });
    expect(await values(x.grad)).toEqual([120]);
    const [second] = grad(x.grad!.sum(), [w]);
    expect(await values(second)).toEqual([24]);
  });

  it('do nothing outside of a graph', async () => {
    const layer = new Scaled();
    layer.registerFullBackwardHook(() => expect.fail('no backward ran'));
    const x = tensor([1], { requiresGrad: true });
    expect(noGrad(() => layer.forward(x, tensor([2])) as Tensor).requiresGrad).toBe(false);
  });

  it('refuse what they could not see, and what does not fit', () => {
    const x = tensor([1, -1], { requiresGrad: true });
    const inPlace = new ReLU({ inplace: true });
    inPlace.registerFullBackwardHook(() => {});
    expect(() => inPlace.forward(x.mul(1))).toThrow('ReLU changed an input in place');
    class Named extends Module {
      override forward(input: Tensor): { readonly y: Tensor } {
        return { y: input.mul(2) };
      }
    }
    const named = new Named();
    named.registerFullBackwardHook(() => {});
    expect(() => named.forward(x)).toThrow('returned neither a tensor nor an array of tensors');
    const wrong = new Scaled();
    wrong.registerFullBackwardHook((_, [gx]) => [gx!]);
    expect(() => wrong.forward(x, x).sum().backward()).toThrow('a hook returned 1 gradients for 2 inputs');
    const none = new Linear(1, 1);
    none.registerFullBackwardHook((_, __, [g]) => [g!]);
    expect(() => none.forward(tensor([[1]])).backward()).toThrow('none of which requires grad');
  });
});

it('anomaly mode names the module that made the first NaN', () => {
  class Root extends Module {
    override forward(x: Tensor): Tensor {
      return x.sqrt().mul(0);
    }
  }
  class Model extends Module {
    readonly layers = new ModuleList([new ReLU(), new Root()]);
    override forward(x: Tensor): Tensor {
      let h: Tensor = x;
      for (const layer of this.layers) h = layer.forward(h);
      return h;
    }
  }
  const x = tensor([0, 1], { requiresGrad: true });
  const run = (): void => detectAnomaly(() => new Model().forward(x).sum().backward());
  expect(run).toThrow('the gradient of sqrt is NaN');
  expect(run).toThrow('in module Model.layers.1');
});
