/** How many kernels shape ops and indexing launch: performance tests that don't flake, on the backend that only counts. */
import '../src/methods.ts';
import { nullBackend, reference } from '@nn/backend';
import { expect, it } from 'vitest';
import * as nn from '../src/index.ts';
import { type Tensor, tensor } from '../src/index.ts';

const backend = nullBackend();
const x = nn.ones([3, 4], { backend }) as Tensor;
const row = nn.ones([4], { backend }) as Tensor;
const index = tensor([0, 2], { dtype: 'int64', backend }) as Tensor;
const mask = nn.ones([3, 4], { dtype: 'bool', backend }) as Tensor;

it.each<[string, number, () => unknown]>([
  [
    'views',
    0,
    () => [
      x.t(),
      x.at(1),
      x.at('1:', null, '::2'),
      x.reshape([12]),
      x.expand([2, 3, 4]),
      x.split(2),
      x.unbind(),
      x.diagonal(),
      x.unfold(0, 2, 1),
    ],
  ],
  ['reshape of what has no view', 1, () => x.t().reshape([12])],
  ['repeat', 1, () => x.repeat([2, 2])],
  ['repeatInterleave', 1, () => x.repeatInterleave(2, { dim: 1 })],
  ['flip', 1, () => x.flip([0, 1])],
  ['rot90', 1, () => x.rot90()],
  ['roll along two dimensions', 4, () => x.roll([1, 1], { dims: [0, 1] })],
  ['cat of three', 3, () => nn.cat([x, x, x])],
  ['stack of two', 2, () => nn.stack([x, x])],
  ['pad with a constant', 2, () => nn.pad(x, [1, 1])],
  ['crop', 1, () => nn.pad(x, [-1, -1])],
  ['pad by reflection in two dimensions', 3, () => nn.pad(x, [1, 1, 1, 1], { mode: 'reflect' })],
  ['pixelShuffle', 1, () => nn.pixelShuffle(nn.reshape(x, [4, 3, 1]), 2)],
  ['diagEmbed', 2, () => x.diagEmbed()],
  ['at an index tensor', 1, () => x.at(index)],
  ['at two index tensors', 1, () => x.at(index, index)],
  ['at a written mask', 1, () => x.at([true, false, true])],
  ['indexSelect', 1, () => x.indexSelect(0, index)],
  ['setAt a slice', 1, () => x.setAt(['1:'], 0)],
  ['setAt one value under a mask', 1, () => x.setAt([mask], 0)],
  ['indexPut_', 1, () => x.indexPut_([index], row)],
  ['maskedFill', 1, () => x.maskedFill(mask, 0)],
  ['oneHot', 4, () => nn.oneHot(index, { numClasses: 3 })],
])('%s: %i', (_, expected, run) => {
  const before = backend.counts.total;
  run();
  expect(backend.counts.total - before).toBe(expected);
});

it('asks for the awaited form where memory cannot be read without waiting', async () => {
  const waiting = reference();
  const read = waiting.readSync!.bind(waiting);
  Object.defineProperties(waiting, {
    readSync: { value: undefined },
    read: { value: async (...of: Parameters<typeof read>) => read(...of) },
  });
  const like = (t: Tensor): Tensor => nn.ones(t.shape, { backend: waiting, dtype: t.dtype }) as Tensor;
  const [v, at, where] = [like(x), like(index), like(mask)];
  for (const run of [
    () => v.at(where),
    () => v.nonzero(),
    () => v.maskedSelect(where),
    () => nn.oneHot(at),
    () => v.clone().setAt([where], v.reshape([12])),
    () => v.repeatInterleave(at.at('1:'), { dim: 0 }),
  ])
    expect(run, run.toString()).toThrow("can't read memory without waiting");
  expect(await (await v.atAsync(where)).toArray()).toEqual(new Array(12).fill(1));
  expect((await v.nonzeroAsync()).shape).toEqual([12, 2]);
  expect((await v.maskedSelectAsync(where)).shape).toEqual([12]);
  expect((await nn.oneHotAsync(at)).shape).toEqual([2, 2]);
  expect((await v.repeatInterleaveAsync(at.at('1:'), { dim: 0 })).shape).toEqual([3, 4]);
  expect(await (await v.clone().setAtAsync([where], v.reshape([12]).mul(2))).toArray()).toEqual(
    new Array(3).fill([2, 2, 2, 2]),
  );
  // A written mask is known, and a single value needs no places.
  expect(await v.at([true, false, false]).toArray()).toEqual([[1, 1, 1, 1]]);
  expect(await v.clone().setAt([where], 5).at(0).toArray()).toEqual([5, 5, 5, 5]);
});
