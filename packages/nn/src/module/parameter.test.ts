import { inspect } from 'node:util';
import { nullBackend, reference } from '@nn/backend';
import { randn, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { countParameters, Linear, Parameter, Sequential } from '../index.ts';

describe('Parameter', () => {
  it('is a tracked tensor over the same memory', async () => {
    const data = tensor([1, 2]);
    const p = new Parameter(data);
    expect([p.requiresGrad, p.isLeaf, p.shape, p.dtype]).toEqual([true, true, [2], 'float32']);
    expect(p.storage).toBe(data.storage);
    p.mul(p).sum().backward();
    expect(await p.grad!.toArray()).toEqual([2, 4]);
    expect(new Parameter(tensor([1n]), { requiresGrad: false }).requiresGrad).toBe(false);
    expect(() => new Parameter(tensor([1n]))).toThrow('only floats can require grad');
  });

  it("prints as PyTorch's", async () => {
    const text = 'Parameter containing:\ntensor([1., 2.], requires_grad=True)';
    const p = new Parameter(tensor([1, 2]));
    expect([String(p), inspect(p), await p.repr()]).toEqual([text, text, text]);
  });

  it('takes other data and keeps its gradient, hooks and history-free identity', async () => {
    const p = new Parameter(tensor([1, 2]));
    let calls = 0;
    p.registerHook(() => {
      calls++;
    });
    p.sum().backward();
    const wide = tensor([[1, 2, 3]], { dtype: 'float64' });
    const w = p.mul(2);
    expect(p.setData(wide)).toBe(p);
    expect([p.shape, p.dtype, p.requiresGrad]).toEqual([[1, 3], 'float64', true]);
    expect(await p.grad!.toArray()).toEqual([1, 1]);
    expect(await w.toArray()).toEqual([2, 4]);
    p.grad = null;
    p.mul(p).sum().backward();
    expect(await p.grad!.toArray()).toEqual([[2, 4, 6]]);
    expect(calls).toBe(2);
    expect(() => p.setData(tensor([1n]))).toThrow("a parameter that requires grad can't be int64");
  });
});

describe('converting a module', () => {
  const make = (): Sequential => new Sequential(new Linear(3, 2), new Linear(2, 1));

  it('to a dtype changes floats, gradients too, in place', async () => {
    const model = make();
    model.registerBuffer('steps', tensor([1n]));
    model.registerBuffer('mean', tensor([0.5]));
    const before = model.parameters();
    model
      .forward(randn([4, 3]))
      .sum()
      .backward();
    const bias = await model.getParameter('1.bias').grad!.toArray();
    expect(model.double()).toBe(model);
    expect(model.parameters()).toEqual(before);
    expect(
      model.parameters().every((p) => p.dtype === 'float64' && p.grad?.dtype === 'float64' && p.requiresGrad),
    ).toBe(true);
    expect(await model.getParameter('1.bias').grad!.toArray()).toEqual(bias);
    expect([model.getBuffer('steps').dtype, model.getBuffer('mean').dtype]).toEqual(['int64', 'float64']);
    model
      .forward(randn([4, 3], { dtype: 'float64' }))
      .sum()
      .backward();
    expect(
      model
        .float()
        .parameters()
        .every((p) => p.dtype === 'float32'),
    ).toBe(true);
    expect(() => model.to('int32')).toThrow("a module can't become int32");
  });

  it('to another backend keeps parameters the same objects', async () => {
    const model = make();
    const state = await Promise.all(model.parameters().map((p) => p.toArray()));
    const before = model.parameters();
    const other = reference();
    expect(await model.to(other)).toBe(model);
    expect(model.parameters()).toEqual(before);
    expect(before.every((p) => p.backend === other)).toBe(true);
    expect(await Promise.all(before.map((p) => p.toArray()))).toEqual(state);
    model
      .forward(randn([2, 3], { backend: other }))
      .sum()
      .backward();
    expect(before.every((p) => p.grad?.backend === other)).toBe(true);
    const counting = nullBackend();
    await model.to(counting);
    expect(before.every((p) => p.grad?.backend === counting)).toBe(true);
  });
});

it('counts parameters, shared ones once', () => {
  const layer = new Linear(3, 2);
  const model = new Sequential(layer, new Linear(2, 3), layer);
  expect(countParameters(model)).toBe(8 + 9);
  layer.requiresGrad_(false);
  expect(countParameters(model, { trainableOnly: true })).toBe(9);
  expect(() => countParameters(model, true as never)).toThrow('[countParameters] got true where options belong');
  expect(() => model.zeroGrad(true as never)).toThrow('[zeroGrad] got true where options belong');
  expect(countParameters(new Sequential())).toBe(0);
  expect(zeros([0]).numel()).toBe(0);
});
