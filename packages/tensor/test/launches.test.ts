/** How many kernels shape ops and indexing launch: performance tests that don't flake, on the backend that only counts. */
import { nullBackend } from '@nn/backend';
import { expect, it } from 'vitest';
import * as nn from '../src/index.ts';
import { tensor, type Tensor } from '../src/index.ts';

const backend = nullBackend();
const x = nn.ones([3, 4], { backend }) as Tensor;
const index = tensor([0, 2], { dtype: 'int64', backend }) as Tensor;
const mask = nn.ones([3, 4], { dtype: 'bool', backend }) as Tensor;

it.each<[string, number, () => unknown]>([
  ['views', 0, () => [x.t(), x.at(1), x.at('1:', null, '::2'), x.reshape([12]), x.expand([2, 3, 4]), x.split(2), x.unbind(), x.diagonal(), x.unfold(0, 2, 1)]],
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
  ['indexPut_', 1, () => x.indexPut_([index], x.at(0))],
  ['maskedFill', 1, () => x.maskedFill(mask, 0)],
  ['oneHot', 4, () => nn.oneHot(index, { numClasses: 3 })],
])('%s: %i', (_, expected, run) => {
  const before = backend.counts.launches;
  run();
  expect(backend.counts.launches - before).toBe(expected);
});

it('asks for the awaited form where memory cannot be read without waiting', async () => {
  for (const run of [() => x.at(mask), () => x.nonzero(), () => x.maskedSelect(mask), () => nn.oneHot(index), () => x.setAt([mask], x.at(0)), () => x.repeatInterleave(index.at('1:'), { dim: 0 })])
    expect(run, run.toString()).toThrow("can't read memory without waiting");
  expect((await x.atAsync(mask)).shape.length).toBe(1);
  expect((await x.nonzeroAsync()).shape).toEqual([0, 2]);
});
