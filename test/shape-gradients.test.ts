/** Gradients of shape ops and indexing: against finite differences, first and second order, from dense and strided tensors, and PyTorch's conventions for ties and zeros. */
import '@nn/tensor/methods';
import { gradcheck, gradgradcheck } from '@nn/autograd';
import type { Tensor } from '@nn/tensor';
import * as nn from '@nn/tensor';
import { describe, expect, it } from 'vitest';

const long = (data: number | number[] | number[][]): Tensor => nn.tensor(data as never, { dtype: 'int64' }) as Tensor;
const mask: Tensor = nn.tensor([
  [true, false, true, false],
  [false, false, true, true],
  [true, false, false, false],
]);
const values = (shape: number[], from = 0): Tensor =>
  nn.tensor(
    Array.from({ length: shape.reduce((p, n) => p * n, 1) }, (_, i) => Math.sin(7 * (i + from) + 2) + 1.3),
    { dtype: 'float64', shape } as never,
  ) as Tensor;

/** [3, 4], whose elements differ and are not 0. */
const x: Tensor = values([3, 4]);

/** Changed in place; x itself may be a leaf. */
const changed = (v: Tensor, change: (copy: Tensor) => unknown): Tensor => {
  const copy = v.mul(1) as Tensor;
  change(copy);
  return copy;
};

const unary: Record<string, (v: Tensor) => Tensor | Tensor[]> = {
  reshape: (v) => v.reshape([2, 6]),
  'flatten, unflatten': (v) => v.flatten().unflatten(0, [2, 3, 2]),
  permute: (v) => v.permute([1, 0]),
  movedim: (v) => v.reshape([3, 2, 2]).movedim([0, 1], [1, 2]),
  'squeeze, unsqueeze': (v) => v.unsqueeze(1).squeeze(),
  expand: (v) => v.unsqueeze(0).expand([2, 3, 4]),
  sumToSize: (v) => v.sumToSize([3, 1]),
  repeat: (v) => v.repeat([2, 1, 2]),
  tile: (v) => v.tile([2]),
  repeatInterleave: (v) => v.repeatInterleave(2, { dim: 1 }),
  'repeatInterleave by a list': (v) => v.repeatInterleave([2, 0, 1], { dim: 0 }),
  split: (v) => v.split([1, 3], { dim: 1 }),
  chunk: (v) => v.chunk(2),
  unbind: (v) => v.unbind({ dim: 1 }),
  flip: (v) => v.flip([0, 1]),
  rot90: (v) => v.rot90({ k: 3 }),
  roll: (v) => v.roll([1, -1], { dims: [0, 1] }),
  'roll as if flat': (v) => v.roll(3),
  narrow: (v) => v.narrow(1, 1, 2),
  select: (v) => v.select(0, -1),
  unfold: (v) => v.unfold(1, 3, 1),
  asStrided: (v) => v.contiguous().asStrided([3, 3], [3, 2], { storageOffset: 1 }),
  diagonal: (v) => v.diagonal({ offset: 1 }),
  diagEmbed: (v) => v.diagEmbed({ offset: -1 }),
  'diag of a vector': (v) => v.at(0).diag(),
  diagflat: (v) => v.diagflat(),
  meshgrid: (v) => nn.meshgrid([v.at(0), v.at(1)], { indexing: 'xy' }),
  cartesianProd: (v) => nn.cartesianProd([v.at(0), v.at(1)]),
  combinations: (v) => nn.combinations(v.at(0)),
  'pad, constant': (v) => nn.pad(v, [1, -1, 0, 2], { value: 3 }),
  'pad, reflect': (v) => nn.pad(v, [2, 1, 1, 2], { mode: 'reflect' }),
  'pad, replicate': (v) => nn.pad(v, [3, 1, 0, 2], { mode: 'replicate' }),
  'pad, circular': (v) => nn.pad(v, [4, 1, -1, 2], { mode: 'circular' }),
  pixelShuffle: (v) => nn.pixelShuffle(v.reshape([4, 1, 3]), 2),
  pixelUnshuffle: (v) => nn.pixelUnshuffle(v.reshape([1, 2, 6]), 2),
  channelShuffle: (v) => nn.channelShuffle(v.reshape([1, 4, 3]), 2),
  'cat with itself': (v) => nn.cat([v, v.at('1:'), nn.zeros([1, 4], { dtype: 'float64' })] as Tensor[]),
  'stack with itself': (v) => nn.stack([v, v], { dim: 2 }),
  blockDiag: (v) => nn.blockDiag([v, v.at(0)]),
  'at: slices': (v) => v.at('1:', null, '::2'),
  'at: arrays': (v) => v.at([0, 2, 2], [1, 3, 3]),
  'at: arrays apart': (v) => v.reshape([3, 2, 2]).at([0, 2], ':', [1, 1]) as Tensor,
  'at: mask': (v) => v.at(mask),
  'at: mask of rows': (v) => v.at([true, false, true]),
  gather: (v) =>
    v.gather(
      1,
      long([
        [0, 0, 3],
        [2, 1, 1],
      ]),
    ),
  takeAlongDim: (v) => v.takeAlongDim(long([[1], [0], [3]]), { dim: 1 }),
  take: (v) => v.take(long([0, 11, 0])),
  indexSelect: (v) => v.indexSelect(1, long([3, 3, 0])),
  maskedSelect: (v) => v.maskedSelect(mask),
  maskedFill: (v) => v.maskedFill(mask, 2),
  indexFill: (v) => v.indexFill(1, long([1, 3]), 2),
  'setAt: a number': (v) => changed(v, (c) => c.setAt([':', 1], 5)),
  'setAt: under a mask': (v) => changed(v, (c) => c.setAt([mask], 5)),
  'setAt: from itself': (v) => changed(v, (c) => c.setAt(['1:'], c.at(':-1'))),
  'scatter of a number': (v) => v.scatter(1, long([[0], [1], [2]]), 4),
};

const binary: Record<string, readonly [number[], (a: Tensor, b: Tensor) => Tensor]> = {
  cat: [[3, 2], (a, b) => nn.cat([a, b], { dim: 1 }) as Tensor],
  'setAt: a slice': [[4], (a, b) => changed(a, (c) => c.setAt(['::2'], b))],
  'setAt: places': [
    [2],
    (a, b) =>
      changed(a, (c) =>
        c.setAt(
          [
            [0, 2],
            [1, 3],
          ],
          b,
        ),
      ),
  ],
  'setAt: a mask': [[5], (a, b) => changed(a, (c) => c.setAt([mask], b))],
  'setAt: one value under a mask': [[], (a, b) => changed(a, (c) => c.setAt([mask], b))],
  'indexPut, accumulated': [[3, 4], (a, b) => a.indexPut([long([0, 0, 2])], b, { accumulate: true })],
  scatter: [
    [3, 3],
    (a, b) =>
      a.scatter(
        1,
        long([
          [0, 1],
          [3, 2],
        ]),
        b,
      ),
  ],
  scatterAdd: [
    [3, 3],
    (a, b) =>
      a.scatterAdd(
        1,
        long([
          [0, 0],
          [3, 2],
          [1, 1],
        ]),
        b,
      ),
  ],
  ...Object.fromEntries(
    (['sum', 'prod', 'mean', 'amax', 'amin'] as const).flatMap((reduce) =>
      [true, false].map((includeSelf) => [
        `scatterReduce ${reduce}${includeSelf ? '' : ', without self'}`,
        [
          [3, 3],
          (a: Tensor, b: Tensor) =>
            a.scatterReduce(
              1,
              long([
                [0, 0, 1],
                [3, 2, 2],
              ]),
              b,
              reduce,
              { includeSelf },
            ),
        ],
      ]),
    ),
  ),
  'scatterReduce in place': [
    [3, 3],
    (a, b) => changed(a, (c) => c.scatterReduce_(0, long([[0, 0, 1]]), b, 'prod', { includeSelf: false })),
  ],
  indexAdd: [[2, 4], (a, b) => a.indexAdd(0, long([2, 2]), b, { alpha: 3 })],
  indexCopy: [[3, 2], (a, b) => a.indexCopy(1, long([3, 0]), b)],
  'indexFill with a tensor': [[], (a, b) => a.indexFill(1, long([3, 0]), b)],
  'maskedFill with a tensor': [[], (a, b) => a.maskedFill(mask, b)],
  maskedScatter: [[7], (a, b) => a.maskedScatter(mask, b)],
  put: [[3], (a, b) => changed(a, (c) => c.put_(long([0, 5, 11]), b))],
  selectScatter: [[3], (a, b) => a.selectScatter(b, 1, 2)],
  sliceScatter: [[2, 4], (a, b) => a.sliceScatter(b, { start: 1 })],
  diagonalScatter: [[3], (a, b) => a.diagonalScatter(b, { offset: 1 })],
  blockDiag: [[2, 2], (a, b) => nn.blockDiag([a, b])],
};

const strided = (v: Tensor): Tensor => v.T.contiguous().T;

describe('gradients', () => {
  for (const [name, f] of Object.entries(unary))
    it(name, async () => {
      await gradcheck((v) => f(v), [x]);
      await gradcheck((v) => f(strided(v)), [x]);
      await gradgradcheck((v) => f(v.mul(v) as Tensor), [x]);
    });

  for (const [name, [shape, f]] of Object.entries(binary))
    it(name, async () => {
      const y = values(shape, 5);
      await gradcheck(f, [x, y]);
      await gradcheck((a, b) => f(strided(a), strided(b)), [x, y]);
      await gradgradcheck((a, b) => f(a.mul(a) as Tensor, b.mul(b) as Tensor), [x, y]);
    });
});

describe("PyTorch's conventions", () => {
  it('equal extremes of scatterReduce share the gradient, with what is there', () => {
    const a = nn.tensor([3, 1], { requiresGrad: true });
    const b = nn.tensor([3, 3, 2], { requiresGrad: true });
    a.scatterReduce(0, long([0, 0, 1]), b, 'amax')
      .sum()
      .backward();
    expect([...a.grad!.dataSync()]).toEqual([Math.fround(1 / 3), 0]);
    expect([...b.grad!.dataSync()]).toEqual([1 / 3, 1 / 3, 1].map(Math.fround));
  });

  it('a single zero among the factors of scatterReduce gets the product of the others', () => {
    const q = nn.tensor([2, 0, 5, 0, 0], { requiresGrad: true });
    nn.ones([2])
      .scatterReduce(0, long([0, 0, 0, 1, 1]), q, 'prod')
      .sum()
      .backward();
    expect(q.grad!.toArraySync()).toEqual([0, 10, 0, 0, 0]);
  });

  it('of values for one place each gets the gradient, though only the last one stays', () => {
    const q = nn.tensor([1, 2], { requiresGrad: true });
    nn.zeros([1])
      .scatter(0, long([0, 0]), q)
      .sum()
      .backward();
    expect(q.grad!.toArraySync()).toEqual([1, 1]);
  });

  it('names what was done', () => {
    const v = x.clone().requiresGrad_() as Tensor;
    const names = [
      nn.cat([v, v]),
      nn.stack([v, v]),
      v.at(0),
      v.at('1:'),
      v.at(null),
      v.at([0]),
      v.t(),
      v.unsqueeze(0),
      v.clone(),
      v.float(),
      v.scatter(0, long([[0]]), 1),
    ];
    expect(names.map((t) => t.gradFn!.name)).toEqual([
      'CatBackward0',
      'StackBackward0',
      'SelectBackward0',
      'SliceBackward0',
      'UnsqueezeBackward0',
      'IndexBackward0',
      'TBackward0',
      'UnsqueezeBackward0',
      'CloneBackward0',
      'ToCopyBackward0',
      'ScatterBackward0',
    ]);
    const copy = v.clone();
    copy.at(0).fill_(1);
    expect(copy.gradFn!.name).toBe('CopySlices');
    expect(v.clone().setAt([[0]], 1).gradFn!.name).toBe('IndexPutBackward0');
  });
});
