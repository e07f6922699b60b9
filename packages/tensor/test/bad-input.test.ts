/** What is no list, no tensor or no size where one belongs: typed errors by the name of the op, before anything is made or written. */
import '../src/methods.ts';
import { NnError } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import * as nn from '../src/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const F: any = nn;
const x = F.tensor([
  [1, 2],
  [3, 4],
]);
const index = F.tensor([0, 1], { dtype: 'int64' });
const junk = [undefined, null, Number.NaN, 2, 'x', true, {}, () => 0];

/** Calls with one place left for what is neither list nor tensor; numbers and undefined may be right in some. */
const lists: readonly (readonly [string, (bad: unknown) => unknown])[] = [
  ['broadcastShapes', (bad) => F.broadcastShapes(bad)],
  ['broadcastShapes', (bad) => F.broadcastShapes([bad])],
  ['broadcastTensors', (bad) => F.broadcastTensors(bad)],
  ['broadcastTensors', (bad) => F.broadcastTensors([x, bad])],
  ['hstack', (bad) => F.hstack(bad)],
  ['vstack', (bad) => F.vstack(bad)],
  ['dstack', (bad) => F.dstack([bad])],
  ['columnStack', (bad) => F.columnStack(bad)],
  ['meshgrid', (bad) => F.meshgrid(bad)],
  ['cartesianProd', (bad) => F.cartesianProd([bad])],
  ['tile', (bad) => x.tile(bad)],
  ['pad', (bad) => F.pad(x, bad)],
  ['sumToSize', (bad) => x.sumToSize(bad)],
  ['expect', (bad) => F.expectShape(x, bad)],
  ['unflatten', (bad) => x.unflatten(1, bad)],
  ['asStrided', (bad) => x.asStrided(bad, [1])],
  ['asStrided', (bad) => x.asStrided([1], bad)],
  ['indexPut_', (bad) => x.indexPut_(bad, 1)],
];
const tensors: readonly (readonly [string, (bad: unknown) => unknown])[] = [
  ['quantile', (bad) => F.quantile(x, typeof bad === 'number' ? '' : bad)],
  ['einsum', (bad) => F.einsum('ij,jk', x, bad)],
  ['bernoulli', (bad) => F.bernoulli(bad)],
  ['dropout', (bad) => F.dropout(bad)],
  ['flatten', (bad) => F.flatten(bad)],
  ['unflatten', (bad) => F.unflatten(bad, 0, [1])],
  ['pixelShuffle', (bad) => F.pixelShuffle(bad, 2)],
  ['pad', (bad) => F.pad(bad, [1, 1])],
  ['glu', (bad) => F.glu(bad)],
  ['prelu', (bad) => F.prelu(bad, x)],
  ['prelu', (bad) => F.prelu(x, bad)],
  ['cosineSimilarity', (bad) => F.cosineSimilarity(x, bad)],
  ['bucketize', (bad) => F.bucketize(x, bad)],
  ['cross', (bad) => F.cross(bad, x)],
  ['cross', (bad) => F.cross(x, bad)],
  ['tensordot', (bad) => F.tensordot(bad, x)],
  ['tensordot', (bad) => F.tensordot(x, bad)],
  ['relu', (bad) => F.relu(bad)],
  ['movedim', (bad) => F.movedim(bad, 0, 1)],
  ['sum', (bad) => F.sum(bad)],
  ['amax', (bad) => F.amax(bad, { dim: 0 })],
  ['max', (bad) => F.max(bad, { dim: 0 })],
  ['cumsum', (bad) => F.cumsum(bad, 0)],
  ['cummax', (bad) => F.cummax(bad, 0)],
  ['std', (bad) => F.std(bad)],
  ['searchsorted', (bad) => F.searchsorted(bad, 1)],
  ['quantile', (bad) => F.quantile(bad, 0.5)],
  ['abs_', (bad) => F.abs_(bad)],
  ['add_', (bad) => F.add_(bad, 1)],
  ['copy_', (bad) => F.copy_(bad, x)],
  ['transpose', (bad) => F.transpose(bad, 0, 1)],
  ['split', (bad) => F.split(bad, 1)],
  ['chunk', (bad) => F.chunk(bad, 1)],
  ['narrow', (bad) => F.narrow(bad, 0, 0, 1)],
  ['repeatInterleave', (bad) => F.repeatInterleave(bad, 2)],
  ['sumToSize', (bad) => F.sumToSize(bad, [1])],
  ['expandAs', (bad) => x.expandAs(bad)],
  ['viewAs', (bad) => x.viewAs(bad)],
  ['reshapeAs', (bad) => x.reshapeAs(bad)],
  ['at', (bad) => F.at(bad, 0)],
  ['scatter', (bad) => F.scatter(bad, 0, index, 1)],
  ['indexAdd', (bad) => F.indexAdd(x, 0, bad, x)],
  ['indexAdd_', (bad) => F.indexAdd_(x, 0, index, bad)],
  ['indexCopy_', (bad) => F.indexCopy_(x, 0, index, bad)],
  ['indexFill_', (bad) => F.indexFill_(x, 0, bad, 1)],
  ['put_', (bad) => F.put_(x, bad, x)],
];

describe.each([...lists, ...tensors])('%s', (name, call) => {
  it.each(junk.map((bad) => [bad]))('refuses %s', async (bad) => {
    expect(() => call(bad)).toThrow(NnError);
    expect(() => call(bad)).toThrow(`[${name}] `);
    expect(await x.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
});

describe('others', () => {
  it.each<readonly [string, () => unknown]>([
    // A field that isn't there, in a list of sizes.
    ['[zeros] undefined in (2, ) is not a size', () => F.zeros([2, undefined])],
    ['[randn] undefined in (, 3) is not a size', () => F.randn([undefined, 3])],
    ['[reshape] undefined is not a size', () => x.reshape([2, undefined])],
    ['[repeat] repeats must be whole numbers ≥ 0, got undefined', () => x.repeat([1, undefined])],
    ['[pad] padding is in whole numbers, got undefined', () => F.pad(x, [1, undefined])],
    ['[roll] shifts must be whole numbers, got ()', () => x.roll([undefined])],
    ['[tensorSplit] sections end at whole numbers, got undefined', () => x.tensorSplit([1, undefined])],
    ['[asStrided] sizes, strides and offset are whole numbers ≥ 0, got undefined', () => x.asStrided([undefined], [1])],
    ['[arange] got undefined where the end belongs', () => F.arange(undefined)],
    ['[full] an operand is undefined', () => F.full([2], undefined)],
    ['[fullLike] an operand is null', () => F.fullLike(x, null)],
    ['[scalarTensor] an operand is undefined', () => F.scalarTensor()],
    ['[fill_] an operand is undefined', () => F.zeros([2]).fill_()],
    ['[lerp] an operand is undefined', () => F.lerp(x, x)],
    ['[lerp_] an operand is undefined', () => F.zeros([2]).lerp_(x)],
    ['[threshold] an operand is undefined', () => F.threshold(x, 1)],
    ['[linspace] an operand is undefined', () => F.linspace(undefined, 1, 3)],
    ['[manualSeed] undefined is not a seed', () => F.manualSeed()],
    ['[setAt] an operand is undefined', () => F.zeros([2]).setAt([0], undefined)],
    ['[isin] an operand is undefined', () => F.isin(x, undefined)],
    ['[allclose] an operand is undefined', () => F.allcloseSync(x)],
    ['[equal] an operand is undefined', () => F.equalSync(x)],
    ['[gt] an operand is the bigint 1n', () => x.gt(1n)],
    ['[matmul] an operand is a promise, which lacks its await', () => x.matmul(Promise.resolve(x))],
    ["[tensordot] can't sum over 1099511627776 dimensions", () => F.tensordot(x, x, { dims: 2 ** 40 })],
    ["[tensordot] can't sum over -1 dimensions", () => F.tensordot(x, x, { dims: -1 })],
    ['[tensordot] dims is 1,0; give a number, or two lists', () => F.tensordot(x, x, { dims: [1, 0] })],
    ['[movedim] got x; give an array of numbers', () => x.movedim('x', 1)],
    ['[roll] got x; give an array of numbers', () => x.roll('x')],
    ['[rot90] got 1; give an array of numbers', () => x.rot90({ dims: 1 })],
    ['[tensorSplit] got x; give an array of numbers', () => x.tensorSplit('x')],
    ['[tensorSplit] sections end at whole numbers, got 0.5', () => x.tensorSplit([0.5])],
    ['[repeatInterleave] got null; give an array of numbers', () => x.repeatInterleave(null)],
    ['[eye] null in (, ) is not a size', () => F.eye(null)],
    ['[eye] ', () => F.eye(F.tensor(2))],
    ['[randn] got 42 for a generator; pass a new Generator(seed)', () => F.randn([2], { generator: 42 })],
    ['[rrelu] got 42 for a generator', () => F.rrelu(x, { training: true, generator: 42 })],
    ["[trilIndices] 'int16' is not a dtype", () => F.trilIndices(2, 2, { dtype: 'int16' })],
    ['[triuIndices] offset is 0.5; it must be a whole number', () => F.triuIndices(2, 2, { offset: 0.5 })],
  ])('%s', (message, call) => {
    expect(call).toThrow(NnError);
    expect(call).toThrow(message);
  });

  it('refuses at once what no memory holds', () => {
    expect(() => F.repeatInterleave(x, [2 ** 40], { dim: 0 })).toThrow('[repeatInterleave] the repeats add up to');
    expect(() => F.trilIndices(2 ** 20, 2 ** 20)).toThrow(
      "[trilIndices] the indices of a (1048576, 1048576) matrix don't",
    );
    expect(() => F.triuIndices(2 ** 40, 1)).toThrow('[triuIndices] ');
    for (const make of [F.randn, F.rand, (sizes: number[]) => F.randint(0, 2, sizes)])
      expect(() => make([2 ** 40])).toThrow('1099511627776 elements of');
  });

  it('takes differences of what has none left at once', () => {
    expect(F.diff(x, { n: 2 ** 40 }).shape).toEqual([2, 0]);
    expect(F.diff(F.zeros([0]), { n: 3 }).shape).toEqual([0]);
  });

  it('lists the triangles that a test on each element lists', async () => {
    for (let rows = 0; rows < 5; rows++)
      for (let columns = 0; columns < 5; columns++)
        for (let offset = -6; offset < 7; offset++) {
          const [low, high]: [number[][], number[][]] = [
            [[], []],
            [[], []],
          ];
          for (let i = 0; i < rows; i++)
            for (let j = 0; j < columns; j++)
              for (const [to, keeps] of [
                [low, j - i <= offset],
                [high, j - i >= offset],
              ] as const)
                if (keeps) {
                  to[0]!.push(i);
                  to[1]!.push(j);
                }
          expect(await F.trilIndices(rows, columns, { offset, dtype: 'int32' }).toArray()).toEqual(low);
          expect(await F.triuIndices(rows, columns, { offset, dtype: 'int32' }).toArray()).toEqual(high);
        }
  });

  it('repeats rows as a list says', async () => {
    expect(await F.repeatInterleave(x, [0, 3], { dim: 0 }).toArray()).toEqual([
      [3, 4],
      [3, 4],
      [3, 4],
    ]);
    expect(F.repeatInterleave(x, [0], { dim: 1 }).shape).toEqual([2, 0]);
  });
});
