/** Views of sources that repeat elements or lie otherwise in memory: the gradient is that of a dense source. */
import '@nn/tensor/methods';
import { einsum, type Tensor, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import { detectAnomaly, grad } from '../src/index.ts';

const values = (shape: readonly number[], from = 1): Tensor =>
  tensor(
    Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => i + from),
    { dtype: 'float64', shape } as never,
  ) as Tensor;

const views: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  diagonal: (x) => x.diagonal({ dim1: 1, dim2: 2 }),
  'diagonal above': (x) => x.diagonal({ offset: 1, dim1: 0, dim2: 2 }),
  'diagonal below': (x) => x.diagonal({ offset: -1, dim1: 0, dim2: 1 }),
  'diagonal beyond the end': (x) => x.diagonal({ offset: 5, dim1: 1, dim2: 2 }),
  diag: (x) => x.select(0, 1).diag({ diagonal: 1 }),
  trace: (x) => x.select(0, 1).trace(),
  unfold: (x) => x.unfold(1, 2, 1),
  'unfold along what is repeated': (x) => x.unfold(0, 2, 1),
  'a label twice': (x) => einsum('bii->bi', x),
  'a label thrice': (x) => einsum('iii->', x),
  'views of a view': (x) => x.diagonal({ dim1: 1, dim2: 2 }).unfold(1, 2, 1),
};

const sources: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  'expanded in front': (x) => x.select(0, 0).unsqueeze(0).expand([3, 3, 3]) as Tensor,
  'expanded within': (x) => x.select(2, 0).unsqueeze(2).expand([3, 3, 3]) as Tensor,
  'one element': (x) => x.reshape([27]).at(4).expand([3, 3, 3]) as Tensor,
  transposed: (x) => x.permute([2, 0, 1]) as Tensor,
  'windows that overlap': (x) => x.reshape([27]).asStrided([3, 3, 3], [2, 1, 2]) as Tensor,
};

describe.each(Object.entries(views))('the gradient of %s', (_, view) => {
  it.each(Object.entries(sources))('is that of a dense source: %s', async (_, sourceOf) => {
    const source = sourceOf(values([3, 3, 3]).requiresGrad_());
    const dense = source.detach().clone().requiresGrad_();
    const [out, plain] = [view(source), view(dense)];
    const gradOutputs = values(out.shape, 10);
    expect(await out.toArray()).toEqual(await plain.toArray());
    const [g] = grad(out, [source], { gradOutputs });
    const [expected] = grad(plain, [dense], { gradOutputs });
    expect(await g!.toArray()).toEqual(await expected!.toArray());
  });
});

it('a diagonal of copies: each has its own gradient, as in PyTorch', async () => {
  const e = values([2, 2]).requiresGrad_().unsqueeze(0).expand([2, 2, 2]);
  const gradOutputs = tensor(
    [
      [1, 2],
      [10, 20],
    ],
    { dtype: 'float64' },
  );
  expect(await grad(e.diagonal({ dim1: 1, dim2: 2 }), [e], { gradOutputs })[0]!.toArray()).toEqual([
    [
      [1, 0],
      [0, 2],
    ],
    [
      [10, 0],
      [0, 20],
    ],
  ]);
});

it('asStrided of copies: they share the gradient, as in PyTorch', async () => {
  const e = values([2]).requiresGrad_().expand([2, 2]);
  const gradOutputs = tensor([4, 6], { dtype: 'float64' });
  expect(await grad(e.asStrided([2], [1]), [e], { gradOutputs })[0]!.toArray()).toEqual([
    [2, 3],
    [2, 3],
  ]);
});

it('anomaly mode names such a view', () => {
  const e = tensor([-1, 0]).requiresGrad_().expand([2, 2]);
  expect(() => detectAnomaly(() => e.sqrt().diagonal().sum().backward())).toThrow(/\[detectAnomaly\]/);
  expect(e.diagonal().gradFn?.name).toBe(
    tensor([[1]])
      .requiresGrad_()
      .diagonal().gradFn?.name,
  );
});
