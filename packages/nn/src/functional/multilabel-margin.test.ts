/** The margin between labels and the other classes: against a slow clear version, finite differences, and what is refused. */
import { gradcheck, gradgradcheck } from '@nn/autograd';
import { DTypeError, IndexError, ShapeError, ValueError } from '@nn/backend';
import { manualSeed, randint, randn, type Tensor, tensor, zeros } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { MultiLabelMarginLoss, multilabelMarginLoss } from '../index.ts';

beforeEach(() => {
  manualSeed(0);
});

function lossOfRow(scores: readonly number[], labels: readonly number[]): number {
  const end = labels.indexOf(-1);
  const given = end < 0 ? labels : labels.slice(0, end);
  let sum = 0;
  for (const label of given)
    scores.forEach((score, j) => {
      if (!given.includes(j)) sum += Math.max(0, 1 - (scores[label]! - score));
    });
  return sum / scores.length;
}

it.each([
  [1, 1],
  [1, 5],
  [4, 6],
  [3, 2],
])('rows %i, classes %i', async (rows, classes) => {
  const x = randn([rows, classes], { dtype: 'float64' }) as Tensor;
  const labels = randint(-1, classes, [rows, classes], { dtype: 'int64' }) as Tensor;
  const [scores, given] = [await x.toArray(), await labels.toArray()] as [number[][], number[][]];
  const each = scores.map((row, i) => lossOfRow(row, given[i]!.map(Number)));
  const near = (found: number[], expected: number[]): void =>
    found.forEach((v, i) => {
      expect(v).toBeCloseTo(expected[i]!, 12);
    });
  const sum = each.reduce((a, b) => a + b, 0);
  near((await multilabelMarginLoss(x, labels, { reduction: 'none' }).toArray()) as number[], each);
  near([(await multilabelMarginLoss(x, labels, { reduction: 'sum' }).item()) as number], [sum]);
  near([(await multilabelMarginLoss(x, labels).item()) as number], [sum / rows]);
  const strided = x.t().contiguous().t() as Tensor;
  near([(await new MultiLabelMarginLoss().forward(strided, labels.to('int32')).item()) as number], [sum / rows]);
  const own = multilabelMarginLoss(x.at(0) as Tensor, labels.at(0) as Tensor, { reduction: 'none' });
  expect(own.shape).toEqual([]);
  near([(await own.item()) as number], [each[0]!]);
  for (const reduction of ['mean', 'sum', 'none'] as const)
    expect(await gradcheck((t) => multilabelMarginLoss(t, labels, { reduction }), [x])).toBe(true);
  expect(await gradgradcheck((t) => multilabelMarginLoss(t, labels).pow(3) as Tensor, [x])).toBe(true);
});

it('keeps infinite scores of classes that take no part out', async () => {
  const x = tensor([[Number.POSITIVE_INFINITY, 2, 0, Number.NEGATIVE_INFINITY]]);
  // The first is right, the last is no label and far below.
  expect(await multilabelMarginLoss(x, tensor([[0n, 1n, -1n, 3n]])).item()).toBe(0);
});

it('counts a label as often as it is named', async () => {
  expect(await multilabelMarginLoss(tensor([1, 0.5]), tensor([0n, 0n]), { reduction: 'sum' }).item()).toBe(0.5);
});

it('of no rows', async () => {
  const none = zeros([0, 3]) as Tensor;
  const labels = zeros([0, 3], { dtype: 'int64' }) as Tensor;
  expect(multilabelMarginLoss(none, labels, { reduction: 'none' }).shape).toEqual([0]);
  expect(await multilabelMarginLoss(none, labels, { reduction: 'sum' }).item()).toBe(0);
  expect(await multilabelMarginLoss(none, labels).item()).toBeNaN();
});

describe('refuses', () => {
  const x = zeros([2, 3]) as Tensor;
  const labels = zeros([2, 3], { dtype: 'int64' }) as Tensor;
  it.each<[string, () => unknown, new (...args: never[]) => Error, string]>([
    ['other shapes', () => multilabelMarginLoss(x, zeros([2], { dtype: 'int64' })), ShapeError, '(2, 3) and (2,)'],
    ['more dimensions', () => multilabelMarginLoss(zeros([1, 2, 3]), zeros([1, 2, 3])), ShapeError, 'expected (N, C)'],
    ['labels that are floats', () => multilabelMarginLoss(x, x), DTypeError, 'labels must be integers, got float32'],
    ['scores that are integers', () => multilabelMarginLoss(labels, labels), DTypeError, 'takes floats'],
    [
      'reductions that do not exist',
      () => multilabelMarginLoss(x, labels, { reduction: 'max' as never }),
      ValueError,
      "reduction is 'max'",
    ],
  ])('%s', (_, call, kind, text) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(`[multilabelMarginLoss]`);
    expect(call).toThrow(text);
  });

  it.each([3n, -2n, 4n, 8n])('label %i of three classes, wherever it stands', async (label) => {
    for (const given of [
      [label, 0n, 0n],
      [0n, -1n, label],
    ]) {
      const call = async (): Promise<number> => multilabelMarginLoss(zeros([3]), tensor(given)).item();
      await expect(call()).rejects.toThrow(IndexError);
      await expect(call()).rejects.toThrow(`[multilabelMarginLoss] index ${label} is out of bounds`);
    }
  });
});
