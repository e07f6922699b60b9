import { nullBackend } from '@nn/backend';
import { type Tensor, tensor, zeros } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import {
  clipGradNorm_,
  clipGradValue_,
  getTotalNorm,
  Linear,
  Parameter,
  parametersToVector,
  Sequential,
  vectorToParameters,
} from '../index.ts';

/** Parameters with the given gradients. */
const withGradients = (...gradients: readonly (readonly number[])[]): Parameter[] =>
  gradients.map((values) => {
    const p = new Parameter(zeros([values.length]));
    p.grad = tensor(values) as Tensor;
    return p;
  });

describe('clipGradNorm_', () => {
  it.each<[number, number, readonly (readonly number[])[]]>([
    [2, 5, [[0.6, 0], [0.8]]],
    [1, 7, [[3 / 7, 0], [4 / 7]]],
    [Number.POSITIVE_INFINITY, 4, [[0.75, 0], [1]]],
  ])('of order %d', async (normType, norm, clipped) => {
    const parameters = withGradients([3, 0], [4]);
    const total = clipGradNorm_(parameters, 1, { normType });
    expect(total.shape).toEqual([]);
    expect(await total.item()).toBeCloseTo(norm, 6);
    for (const [i, p] of parameters.entries())
      for (const [k, value] of [...(await p.grad!.data())].entries()) expect(value).toBeCloseTo(clipped[i]![k]!, 6);
  });

  it('leaves short gradients alone, and parameters without', async () => {
    const parameters = [...withGradients([3, 4]), new Parameter(zeros([1]))];
    expect(await clipGradNorm_(parameters, 100).item()).toBe(5);
    expect(await parameters[0]!.grad!.toArray()).toEqual([3, 4]);
    expect(parameters[1]!.grad).toBeNull();
    expect(await clipGradNorm_([], 1).item()).toBe(0);
    expect(await clipGradNorm_(parameters[0]!, 1).item()).toBe(5);
  });

  it('reads nothing, unless asked to refuse what is not finite', async () => {
    const backend = nullBackend();
    const layer = new Linear(2, 2, { backend });
    layer
      .forward(zeros([1, 2], { backend }))
      .sum()
      .backward();
    backend.reset();
    clipGradNorm_(layer.parameters(), 1);
    expect(backend.counts.read).toBe(0);
    const wrong = withGradients([Number.NaN], [1]);
    expect(() => clipGradNorm_(wrong, 1, { errorIfNonfinite: true })).toThrow(
      'the total norm of order 2 of the gradients is NaN',
    );
    expect(await wrong[1]!.grad!.item()).toBe(1);
    expect(await clipGradNorm_(wrong, 1).item()).toBeNaN();
    expect(await wrong[1]!.grad!.item()).toBeNaN();
  });
});

it('takes the order of the norm by its name', () => {
  const list = [tensor([1, 2]) as Tensor];
  expect(() => clipGradNorm_(list, 1, 2 as never)).toThrow(/^\[clipGradNorm_\] got 2 where options belong/);
  expect(() => getTotalNorm(list, 2 as never)).toThrow(/^\[getTotalNorm\] got 2 where options belong/);
});

it('getTotalNorm is the norm of all', async () => {
  expect(await getTotalNorm([tensor([3]), tensor([[4, 12]])]).item()).toBe(13);
  expect(await getTotalNorm([tensor([3]), tensor([[4, 12]])], { normType: Number.POSITIVE_INFINITY }).item()).toBe(12);
  expect(() => getTotalNorm(tensor([Number.POSITIVE_INFINITY]), { errorIfNonfinite: true })).toThrow('is Infinity');
});

it('clipGradValue_ holds elements', async () => {
  const parameters = withGradients([3, -3, 0.1]);
  clipGradValue_(parameters, 0.5);
  expect(await parameters[0]!.grad!.toArray()).toEqual([0.5, -0.5, 0.10000000149011612]);
  expect(() => clipGradValue_(parameters, -1)).toThrow('the bound is -1');
});

describe('vectors of parameters', () => {
  const model = new Sequential(new Linear(2, 2), new Linear(2, 1));

  it('go there and back', async () => {
    const state = await Promise.all(model.parameters().map((p) => p.toArray()));
    const vector = parametersToVector(model.parameters());
    expect(vector.shape).toEqual([9]);
    const before = model.parameters();
    vectorToParameters(vector.detach().mul(2) as Tensor, model.parameters());
    expect(model.parameters()).toEqual(before);
    expect(before.every((p) => p.isLeaf && p.requiresGrad)).toBe(true);
    vectorToParameters(parametersToVector(model.parameters()).detach().mul(0.5) as Tensor, model.parameters());
    expect(await Promise.all(model.parameters().map((p) => p.toArray()))).toEqual(state);
    model
      .forward(zeros([1, 2]))
      .sum()
      .backward();
  });

  it('are differentiable, and checked', async () => {
    const p = new Parameter(tensor([1, 2]));
    const vector = parametersToVector([p]);
    vector.mul(vector).sum().backward();
    expect(await p.grad!.toArray()).toEqual([2, 4]);
    expect(() => parametersToVector([])).toThrow('got no parameters');
    expect(() => vectorToParameters(zeros([3]), [p])).toThrow(
      'the parameters have 2 elements, the vector has shape (3)',
    );
  });
});
