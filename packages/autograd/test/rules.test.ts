/** One check a graph op, first and second order, against central differences in float64: strided, broadcast, batched and repeated operands. */
import '@nn/tensor/methods';
import * as nn from '@nn/tensor';
import { type Tensor, tensor } from '@nn/tensor';
import { assign, copyOp, dispatchMany, expand, Op, slice, stridedView } from '@nn/tensor/internal';
import { describe, expect, test } from 'vitest';
import { grad, gradcheck, gradgradcheck } from '../src/index.ts';

/** Values that are all different, none near a kink. */
function values(shape: readonly number[], seed = 1): Tensor {
  const n = shape.reduce((p, k) => p * k, 1);
  const data = Float64Array.from(
    { length: n },
    (_, i) => Math.sin(12.9898 * (i + 1) * seed) * 1.5 + (i % 2 === 0 ? 0.2 : -0.3),
  );
  return tensor(data, { shape });
}

const positive = (shape: readonly number[], seed = 1): Tensor => values(shape, seed).abs().add(0.5);
const indices = (list: number[], shape: number[] = [list.length]): Tensor =>
  tensor(Int32Array.from(list), { shape, dtype: 'int64' });

type Case = readonly [name: string, f: (...xs: Tensor[]) => Tensor, inputs: readonly Tensor[]];

const cases: readonly Case[] = [
  ['map: product', (x, y) => x.mul(y), [values([2, 3]), values([2, 3], 2)]],
  ['map: both operands stretched', (x, y) => x.mul(y).exp(), [values([2, 1, 3]), values([4, 1], 2)]],
  ['map: one operand twice', (x) => x.mul(x).mul(x), [values([5])]],
  ['map: a scalar tensor beside a matrix', (x, y) => x.div(y), [values([2, 2]), positive([])]],
  ['map: strided operands', (x, y) => x.transpose(0, 1).mul(y), [values([3, 2]), values([2, 3], 3)]],
  ['map: three operands', (x, y, z) => nn.addcmul(x, y, z, { value: 0.5 }), [values([3]), values([2, 1], 2), values([3], 4)]],
  ['map: where', (x, y) => nn.where(x.gt(0), x.mul(y), y.exp()), [values([4]), values([4], 2)]],
  ['reduce: sum of some dimensions', (x) => x.sum({ dim: [0, 2] }).exp(), [values([2, 3, 2])]],
  ['reduce: mean, kept', (x) => x.mean({ dim: 1, keepdim: true }).mul(x), [values([2, 3])]],
  ['reduce: variance', (x) => x.var({ dim: 0 }), [values([4, 2])]],
  ['reduce: product', (x) => x.prod({ dim: 1 }), [values([2, 4])]],
  ['reduce: product of everything', (x) => x.prod(), [values([2, 3])]],
  ['reduce: extremes', (x) => nn.amax(x, { dim: 0 }).mul(nn.amin(x, { dim: 0 })), [values([4, 3])]],
  ['reduce: norm', (x) => x.norm({ dim: 1 }), [values([2, 3])]],
  ['rows: softmax', (x) => x.softmax(1), [values([2, 4])]],
  ['rows: softmax along another dimension', (x) => x.softmax(0).mul(x), [values([3, 2])]],
  ['rows: log softmax', (x) => x.logSoftmax(-1), [values([2, 4])]],
  ['logsumexp', (x) => x.logsumexp({ dim: 1 }), [values([2, 4])]],
  ['matmul', (x, y) => x.matmul(y), [values([2, 3]), values([3, 2], 2)]],
  ['matmul: transposed', (x, y) => x.transpose(0, 1).matmul(y.transpose(0, 1)), [values([3, 2]), values([4, 3], 2)]],
  ['matmul: stretched batches', (x, y) => x.matmul(y), [values([2, 1, 2, 3]), values([3, 3, 2], 2)]],
  ['matmul: batch against one matrix', (x, y) => x.matmul(y), [values([2, 3, 4]), values([4, 2], 2)]],
  ['matmul: vectors', (x, y) => x.matmul(y), [values([4]), values([4], 2)]],
  ['linear', (x, w, b) => nn.linear(x, w, b), [values([2, 3]), values([4, 3], 2), values([4], 3)]],
  ['addmm', (c, x, y) => nn.addmm(c, x, y, { beta: 0.5, alpha: 2 }), [values([2, 2]), values([2, 3], 2), values([3, 2], 3)]],
  ['einsum of three', (x, y, z) => nn.einsum('ij,jk,ik->i', x, y, z), [values([2, 3]), values([3, 2], 2), values([2, 2], 3)]],
  ['einsum with a diagonal', (x) => nn.einsum('iij->ji', x), [values([2, 2, 3])]],
  ['gather: repeated rows', (x) => x.indexSelect(0, indices([2, 0, 2])), [values([3, 2])]],
  ['gather: along a dimension', (x) => x.gather(1, indices([0, 2, 1, 1], [2, 2])), [values([2, 3])]],
  ['gather: two index lists', (x) => x.at([0, 1, 1], ':', [2, 0, 2]), [values([2, 2, 3])]],
  ['scatter: replace', (x, v) => x.scatter(1, indices([0, 2, 1, 0], [2, 2]), v), [values([2, 3]), values([2, 2], 2)]],
  ['scatter: add with repeats', (x, v) => x.scatterAdd(0, indices([1, 1, 0], [3]), v), [values([3]), values([3], 2)]],
  ['scan: running sum', (x) => x.cumsum(1).exp(), [values([2, 3])]],
  ['scan: running product', (x) => x.cumprod(0), [values([4, 2])]],
  ['sort', (x) => x.sort({ dim: 1 }).values.mul(x), [values([2, 4])]],
  ['view: reshape of a transpose', (x) => x.transpose(0, 1).reshape([6]).exp(), [values([2, 3])]],
  ['view: expand', (x) => x.expand([4, 2, 3]).mul(values([4, 2, 3], 5)), [values([2, 1])]],
  ['view: slices with steps', (x) => x.at('::2', '1:').exp(), [values([3, 3])]],
  ['view: flip', (x) => x.flip([0]).mul(x), [values([3, 2])]],
  ['view: diagonal', (x) => x.diagonal().exp(), [values([3, 3])]],
  ['view: overlapping windows', (x) => x.unfold(0, 3, 1).exp(), [values([5])]],
  ['view: strided', (x) => stridedView(x.mul(1), [2, 2], [1, 2], 1).exp(), [values([2, 3])]],
  ['write: into a slice of an intermediate', (x, v) => {
    const y = x.mul(2);
    assign(slice(y, 0, 1, 2), v.mul(v));
    return y.mul(y);
  }, [values([4]), values([2], 2)]],
  ['write: cat and stack', (x, y) => nn.stack([nn.cat([x, y]), nn.cat([y, x])]).exp(), [values([2]), values([3], 2)]],
  ['write: pad', (x) => nn.pad(x, [1, 2], { value: 3 }).exp(), [values([2, 2])]],
  ['in place on an intermediate', (x, y) => x.mul(y).mul_(y).add_(x).exp_(), [values([3]), values([3], 2)]],
  ['in place by itself', (x) => {
    const y = x.mul(1);
    return y.mul_(y);
  }, [values([3])]],
  ['in place through a transposed view', (x) => {
    const y = x.mul(1);
    y.transpose(0, 1).mul_(values([3, 2], 4));
    return y.exp();
  }, [values([2, 3])]],
  ['a view taken before its base is written', (x) => {
    const y = x.mul(2);
    const v = slice(y, 0, 0, 2);
    y.mul_(3);
    return v.exp().mul(y.sum());
  }, [values([3]).mul(0.1)]],
]; // biome-ignore format: one case, one entry

describe.each(cases)('%s', (_, f, inputs) => {
  test('first derivatives', async () => {
    expect(await gradcheck(f, inputs)).toBe(true);
  });
  test('second derivatives', async () => {
    expect(await gradgradcheck(f, inputs, { atol: 1e-4 })).toBe(true);
  });
});

describe('zeros in products', () => {
  const at = async (t: Tensor): Promise<unknown> => t.toArray();
  test.each([
    [
      [2, 0, 3],
      [0, 6, 0],
    ],
    [
      [0, 0, 3],
      [0, 0, 0],
    ],
    [
      [2, 3, 4],
      [12, 8, 6],
    ],
  ])('prod of %j', async (x, expected) => {
    expect(await at(grad((t: Tensor) => t.prod())(tensor(x)))).toEqual(expected);
  });

  test('second derivatives of a product with a zero', async () => {
    const x = tensor([2, 0, 3], { dtype: 'float64' });
    const h = await grad((t: Tensor) => grad((u: Tensor) => u.prod())(t).at(0))(x).toArray();
    expect(h).toEqual([0, 3, 0]);
  });

  test('a running product with a zero', async () => {
    const x = tensor([2, 0, 3], { dtype: 'float64' });
    // d/dx of x0 + x0 x1 + x0 x1 x2 at (2, 0, 3).
    expect(await at(grad((t: Tensor) => t.cumprod(0).sum())(x))).toEqual([1, 8, 0]);
  });
});

describe('rows without a stated gradient', () => {
  const rows = (op: Op<'rows'>, x: Tensor): Tensor => dispatchMany(op, [x])[0]!;
  test('are differentiated by the general derivation', async () => {
    const { add, div, exp, input, mul, sub } = await import('@nn/backend');
    const [x, largest, total] = [input(0, 'f64'), input(1, 'f64'), input(2, 'f64')];
    const shifted = exp(sub(x, largest));
    const op = new Op('rows', 'softmaxByHand', {
      gradient: null,
      build: () => ({
        scalars: 0,
        reductions: [
          { combine: 'max', body: x },
          { combine: 'sum', body: shifted },
        ],
        outputs: [{ dtype: 'float64', expression: add(div(shifted, total), mul(x, largest)), perRow: false }],
      }),
    });
    expect(await gradcheck((t) => rows(op, t), [values([2, 4])])).toBe(true);
    expect(await gradgradcheck((t) => rows(op, t), [values([2, 3])])).toBe(true);
  });

  test('one value a row: logsumexp by hand', async () => {
    const { add, exp, input, log, sub } = await import('@nn/backend');
    const [x, largest, total] = [input(0, 'f64'), input(1, 'f64'), input(2, 'f64')];
    const op = new Op('rows', 'logsumexpByHand', {
      gradient: null,
      build: () => ({
        scalars: 0,
        reductions: [
          { combine: 'max', body: x },
          { combine: 'sum', body: exp(sub(x, largest)) },
        ],
        outputs: [{ dtype: 'float64', expression: add(largest, log(total)), perRow: true }],
      }),
    });
    expect(await gradcheck((t) => rows(op, t), [values([2, 4])])).toBe(true);
    expect(await gradgradcheck((t) => rows(op, t), [values([2, 3])])).toBe(true);
  });
});

test('a linear layer costs one product and no copy for its weight', async () => {
  const { nullBackend, reference } = await import('@nn/backend');
  const backend = nullBackend();
  nn.setBackend(backend);
  try {
    const [x, w, b] = [nn.ones([8, 3]), nn.ones([4, 3], { requiresGrad: true }), nn.ones([4], { requiresGrad: true })];
    const loss = nn.linear(x, w, b).sum();
    backend.reset();
    loss.backward();
    // The seed, one product for the weight, one sum for the bias.
    expect(backend.counts.launches).toMatchObject({ matmul: 1, reduce: 1, map: 1 });
    expect(w.grad!.isContiguous()).toBe(true);
  } finally {
    nn.setBackend(reference());
  }
});

test('an expanded gradient is summed where the operand was stretched', async () => {
  const x = tensor([[1], [2]]);
  expect(await grad((t: Tensor) => expand(t, [2, 3]).sum())(x).toArray()).toEqual([[3], [3]]);
  expect(copyOp.name).toBe('clone');
});

test('an index without elements passes gradients by, as in PyTorch', () => {
  for (const shape of [[5, 0], [0, 7], [0]]) {
    const index = indices([], shape);
    const [x, source] = [nn.ones([2, 3], { requiresGrad: true }), nn.ones([1, 1], { requiresGrad: true })];
    nn.gather(x, 1, index).sum().backward();
    expect(x.grad!.toArraySync()).toEqual(nn.zeros([2, 3]).toArraySync());
    const scattered = [
      nn.scatter(x, 1, index, source),
      nn.scatterAdd(x, 1, index, source),
      nn.scatterReduce(x, 1, index, source, 'amax'),
    ];
    for (const out of scattered) out.sum().backward();
    expect(x.grad!.toArraySync()).toEqual(nn.full([2, 3], scattered.length).toArraySync());
    expect(source.grad!.toArraySync()).toEqual([[0]]);
  }
});
