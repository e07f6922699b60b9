import { nullBackend, reference } from '@nn/backend';
import { ones, type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { Linear, Module, Sequential, type StateDict } from '../index.ts';

class Shared extends Module {
  readonly left = new Linear(1, 1);
  readonly right = this.left;
  mean: Tensor = this.registerBuffer('mean', zeros([2]));
  readonly temporary: Tensor = this.registerBuffer('temporary', zeros([2]), { persistent: false });
  override forward(x: Tensor): Tensor {
    return x;
  }
}

describe('stateDict', () => {
  it('has parameters and persistent buffers in order, shared ones under each key', () => {
    const shared = new Shared();
    expect(Object.keys(shared.stateDict())).toEqual(['mean', 'left.weight', 'left.bias', 'right.weight', 'right.bias']);
    expect(Object.keys(shared.stateDict({ prefix: 'model' }))[1]).toBe('model.left.weight');
  });

  it('shares memory without history, or gives the parameters themselves', () => {
    const layer = new Linear(2, 1);
    const { weight } = layer.stateDict();
    expect(weight!.requiresGrad).toBe(false);
    expect(weight!.storage).toBe(layer.weight.storage);
    expect(layer.stateDict({ keepVars: true })['weight']).toBe(layer.weight);
  });
});

describe('loadStateDict', () => {
  const fresh = (): Sequential => new Sequential(new Linear(2, 2), new Linear(2, 1));
  const state = (): StateDict => ({
    '0.weight': tensor([
      [1, 2],
      [3, 4],
    ]),
    '0.bias': tensor([5, 6]),
    '1.weight': tensor([[7n, 8n]]),
    '1.bias': tensor([9], { dtype: 'float64' }),
  });

  it('copies values into the parameters, which stay what they are', async () => {
    const model = fresh();
    const before = model.parameters();
    const given = state();
    expect(model.loadStateDict(given)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(model.parameters()).toEqual(before);
    expect(model.parameters().map((p) => p.dtype)).toEqual(['float32', 'float32', 'float32', 'float32']);
    expect(await Promise.all(model.parameters().map((p) => p.toArray()))).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [5, 6],
      [[7, 8]],
      [9],
    ]);
    expect(await model.forward(tensor([[1, 1]])).toArray()).toEqual([[7 * 8 + 8 * 13 + 9]]);
    expect(model.getParameter('0.bias').storage).not.toBe(given['0.bias']!.storage);
  });

  it('loads buffers, and itself', async () => {
    const shared = new Shared();
    const { mean } = shared;
    shared.loadStateDict({ ...shared.stateDict(), mean: ones([2]) });
    expect(shared.mean).toBe(mean);
    expect(await mean.toArray()).toEqual([1, 1]);
    const bias = await shared.left.bias!.toArray();
    shared.loadStateDict(shared.stateDict());
    expect(await shared.left.bias!.toArray()).toEqual(bias);
  });

  it('names everything that does not fit, and loads nothing', async () => {
    const model = fresh();
    const before = await model.getParameter('0.bias').toArray();
    const { '1.bias': _, ...rest } = state();
    const wrong = { ...rest, '1.weight': zeros([2, 2]), gain: zeros([1]), other: zeros([1]) };
    expect(() => model.loadStateDict(wrong)).toThrow(
      `[loadStateDict] the state doesn't fit Sequential:
  missing keys: "1.bias"
  unexpected keys: "gain", "other"
  sizes of 1.weight differ: (2, 2) in the state, (1, 2) in the module
Nothing was loaded.`,
    );
    expect(await model.getParameter('0.bias').toArray()).toEqual(before);
    expect(() => model.loadStateDict({ ...state(), '0.bias': [1, 2] as unknown as Tensor })).toThrow(
      "0.bias is no tensor but object; JSON can't hold one",
    );
  });

  it('loads what fits if not strict, but refuses other shapes', async () => {
    const model = fresh();
    const result = model.loadStateDict({ '0.bias': tensor([1, 2]), gain: zeros([1]) }, { strict: false });
    expect(result).toEqual({ missingKeys: ['0.weight', '1.weight', '1.bias'], unexpectedKeys: ['gain'] });
    expect(await model.getParameter('0.bias').toArray()).toEqual([1, 2]);
    expect(() => model.loadStateDict({ '0.bias': zeros([3]) }, { strict: false })).toThrow('sizes of 0.bias differ');
  });

  it('brings values from another backend that can be read, and refuses others', async () => {
    const layer = new Linear(1, 1);
    const elsewhere = reference();
    layer.loadStateDict({ weight: tensor([[3]], { backend: elsewhere }), bias: tensor([4], { backend: elsewhere }) });
    expect(await layer.forward(tensor([[1]])).toArray()).toEqual([[7]]);
    const unreadable = nullBackend();
    Object.defineProperty(unreadable, 'readSync', { value: undefined });
    const far = zeros([1], { backend: unreadable });
    expect(() => layer.loadStateDict({ bias: far }, { strict: false })).toThrow(
      'move it first with await t.to(backend)',
    );
  });
});
