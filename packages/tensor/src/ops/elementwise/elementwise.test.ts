/** Shapes, options and edges of elementwise functions that PyTorch's reference values don't cover. */
import '../../methods.ts';
import { DTypeError, nullBackend, ShapeError, ValueError } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { reshape, type Tensor, tensor, transpose } from '../../index.ts';
import { Generator } from '../../random/generator.ts';
import * as ops from './index.ts';

const values = (t: Tensor): number[] => Array.from(t.dataSync());

describe('shapes', () => {
  it('broadcast at rank 8', () => {
    const x = reshape(tensor([1, 2]), [1, 1, 2, 1, 1, 1, 1, 1]);
    const y = reshape(tensor([10, 20, 30]), [3, 1, 1, 1, 1]);
    const z = ops.add(x, y);
    expect(z.shape).toEqual([1, 1, 2, 3, 1, 1, 1, 1]);
    expect(values(z)).toEqual([11, 21, 31, 12, 22, 32]);
  });

  it('may be empty, or without dimensions', () => {
    expect(ops.add(tensor(new Float32Array(0)), tensor([1])).shape).toEqual([0]);
    expect(ops.relu(reshape(tensor(new Float32Array(0)), [0, 3])).shape).toEqual([0, 3]);
    expect(ops.mul(tensor(2), tensor(3)).shape).toEqual([]);
    expect(ops.mul(tensor(2), 3).itemSync()).toBe(6);
  });

  it('may lie in memory in any order', () => {
    const x = transpose(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      0,
      1,
    );
    expect(values(ops.neg(x))).toEqual([-1, -4, -2, -5, -3, -6]);
    expect(values(ops.sub(x, tensor([1, 10])))).toEqual([0, -6, 1, -5, 2, -4]);
    expect(values(ops.clamp(x, { min: tensor([2, 0]), max: 5 }))).toEqual([2, 4, 2, 5, 3, 5]);
  });

  it('that do not broadcast are an error of the op', () => {
    expect(() => ops.maximum(tensor([1, 2]) as Tensor, tensor([1, 2, 3]) as Tensor)).toThrow(
      '[maximum] sizes 2 and 3 do not broadcast',
    );
    expect(() => ops.where(tensor([true]) as Tensor, tensor([1, 2]) as Tensor, tensor([1, 2, 3]) as Tensor)).toThrow(
      ShapeError,
    );
  });
});

describe('launches', () => {
  it('are one for each function, and one program serves all numbers', () => {
    const backend = nullBackend();
    const x = tensor([1, 2], { backend });
    const programs = (f: () => void): [number, number] => {
      backend.reset();
      f();
      return [backend.counts.total, backend.counts.programs];
    };
    expect(programs(() => ops.gelu(x))).toEqual([1, 1]);
    expect(programs(() => ops.clamp(x, { min: 0, max: 1 }))).toEqual([1, 1]);
    expect(programs(() => ops.clamp(x, { min: 0.5, max: 7.25 }))).toEqual([1, 0]);
    expect(programs(() => ops.mul(x, 0.5))).toEqual([1, 1]);
    expect(programs(() => [3, 0.25, -1].map((n) => ops.mul(x, n)))).toEqual([3, 0]);
    expect(programs(() => ops.pow(x, 1.5))).toEqual([1, 1]);
    expect(programs(() => ops.pow(x, 2.5))).toEqual([1, 0]);
    expect(programs(() => ops.addcmul(x, x, x, { value: 0.5 }))).toEqual([1, 1]);
    expect(programs(() => ops.dist(x, x))).toEqual([1, 1]);
    expect(programs(() => ops.rrelu(x, { training: true }))).toEqual([1, 1]);
    expect(programs(() => ops.rrelu(x, { training: true }))).toEqual([1, 0]);
  });
});

describe('comparison of whole tensors', () => {
  const [x, y] = [
    tensor([1, Number.NaN, Number.POSITIVE_INFINITY]),
    tensor([1 + 1e-6, Number.NaN, Number.POSITIVE_INFINITY]),
  ];

  it('is awaited, or done at once', async () => {
    expect(await ops.allclose(x, y)).toBe(false);
    expect(await x.allclose(y, { equalNan: true })).toBe(true);
    expect(ops.allcloseSync(x, y, { equalNan: true, rtol: 0, atol: 1e-7 })).toBe(false);
    expect(await ops.equal(tensor([1, 2]), tensor([1, 2]))).toBe(true);
    expect(await tensor([1, 2]).equal(tensor([1, 3]))).toBe(false);
    expect(ops.equalSync(tensor([1, 2]), tensor([[1, 2]]))).toBe(false);
    expect(ops.equalSync(tensor([1, 2]), tensor([1, 2], { dtype: 'int64' }))).toBe(true);
    expect(
      ops.allcloseSync(
        tensor([
          [2, 2],
          [2, 2],
        ]),
        tensor([2, 2]),
      ),
    ).toBe(true);
    expect(ops.equalSync(tensor(1), tensor(1))).toBe(true);
  });

  it('holds for nothing', () => {
    expect(ops.equalSync(tensor(new Float32Array(0)), tensor(new Float32Array(0)))).toBe(true);
    expect(ops.allcloseSync(tensor(new Float32Array(0)), tensor([1]))).toBe(true);
  });
});

describe('options', () => {
  it('that make no sense are refused', () => {
    const x: Tensor = tensor([1, 2, 3]);
    expect(() => ops.clamp(x, {})).toThrow(ValueError);
    expect(() => ops.clamp_(x, {})).toThrow('[clamp_]');
    expect(() => ops.div(x, 2, { roundingMode: 'ceil' as never })).toThrow("[div] roundingMode is 'ceil'");
    expect(() => ops.gelu(x, { approximate: 'erf' as never })).toThrow("[gelu] approximate is 'erf'");
    expect(() => ops.celu(x, { alpha: 0 })).toThrow(ValueError);
    expect(() => ops.softshrink(x, { lambd: -1 })).toThrow(ValueError);
    expect(() => ops.hardtanh(x, { minVal: 1, maxVal: -1 })).toThrow(ValueError);
    expect(() => ops.hardtanh(tensor([1], { dtype: 'uint8' }))).toThrow('uint8 has no numbers below 0');
    expect(() => ops.round(x, { decimals: 0.5 })).toThrow(ValueError);
    expect(() => ops.rrelu(x, { lower: 1, upper: 0 })).toThrow(ValueError);
    expect(() => ops.dist(x, x, { p: -1 })).toThrow(ValueError);
    expect(() => ops.where(x, x, x)).toThrow('[where] the condition is float32; it must be bool');
  });

  it('of integers lose their fraction', () => {
    const x = tensor([-3, 0, 3], { dtype: 'int32' });
    expect(values(ops.hardtanh(x, { minVal: -1.9, maxVal: 2.9 }))).toEqual([-1, 0, 2]);
    expect(values(ops.threshold(x, 0.5, 7.5))).toEqual([7, 7, 3]);
    const inf = Number.POSITIVE_INFINITY;
    expect(() => ops.threshold(x, 0, inf)).toThrow("[threshold] Infinity doesn't fit in int32");
    expect(() => ops.hardtanh(x, { maxVal: inf })).toThrow("[hardtanh] Infinity doesn't fit in int32");
  });

  it('of nanToNum default to the dtype', () => {
    const inf = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
    expect(values(ops.nanToNum(tensor(inf)))).toEqual([3.4028234663852886e38, -3.4028234663852886e38, 0]);
    expect(values(ops.nanToNum(tensor(inf, { dtype: 'float64' })))).toEqual([Number.MAX_VALUE, -Number.MAX_VALUE, 0]);
  });
});

describe('shifts', () => {
  it.each(['int32', 'int64', 'uint8'] as const)(
    'of %s by 32 places and more, or fewer than none, leave no bit',
    (dtype) => {
      const x = tensor([5, 5, 5, 5], { dtype });
      const places = tensor([1, 31, 32, 40], { dtype });
      expect(values(ops.bitwiseRightShift(x, places))).toEqual([2, 0, 0, 0]);
      expect(values(ops.bitwiseLeftShift(x, places))).toEqual([10, dtype === 'uint8' ? 0 : -(2 ** 31), 0, 0]);
    },
  );
  it('keep the sign', () => {
    const x = tensor([-5n, 5n]);
    expect(values(ops.bitwiseRightShift(x, 33))).toEqual([-1, 0]);
    expect(values(ops.bitwiseRightShift(x, -1))).toEqual([-1, 0]);
    expect(values(ops.bitwiseLeftShift(x, -1))).toEqual([0, 0]);
    expect(values(x.bitwiseRightShift_(1))).toEqual([-3, 2]);
  });
});

describe('prelu and glu', () => {
  it('take one slope, or one a channel', () => {
    const x = tensor([[[-1, -2]], [[3, -4]]]);
    expect(values(ops.prelu(x, tensor([0.5])))).toEqual([-0.5, -1, 3, -2]);
    expect(values(ops.prelu(tensor([[[-1], [-1]]]), tensor([0.5, 0.25])))).toEqual([-0.5, -0.25]);
    expect(values(ops.prelu(tensor([-1, -2]), tensor([0.5])))).toEqual([-0.5, -1]);
    expect(ops.prelu(tensor(-2), tensor([0.5])).shape).toEqual([]);
    expect(() => ops.prelu(x, tensor([1, 2]))).toThrow('[prelu] weight has shape (2,), x (2, 1, 2) with 1 channels');
    expect(() => ops.prelu(x, tensor([[1, 2]]))).toThrow(ShapeError);
  });

  it('halve an even dimension', () => {
    expect(
      values(
        ops.glu(
          tensor([
            [1, 2],
            [0, 0],
          ]),
          { dim: 0 },
        ),
      ),
    ).toEqual([0.5, 1]);
    expect(() => ops.glu(tensor([1, 2, 3]))).toThrow("[glu] dimension 0 of shape (3,) can't be halved");
    expect(() => ops.glu(tensor(1))).toThrow(ShapeError);
    expect(() => ops.glu(tensor([1, 2], { dtype: 'int64' }))).toThrow(DTypeError);
  });
});

describe('rrelu', () => {
  const x = tensor(Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? -1 : 2)));

  it('draws slopes between its bounds, the same for the same seed', () => {
    const y = values(ops.rrelu(x, { lower: 0.2, upper: 0.6, training: true, generator: new Generator(1) }));
    const slopes = y.filter((_, i) => i % 2 === 0).map((v) => -v);
    expect(y.every((v, i) => i % 2 === 0 || v === 2)).toBe(true);
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(Math.fround(0.2));
    expect(Math.max(...slopes)).toBeLessThan(0.6);
    // The mean of 2000 uniform values has a standard deviation of 0.4 / √12 / √2000.
    expect(Math.abs(slopes.reduce((sum, v) => sum + v, 0) / slopes.length - 0.4)).toBeLessThan(
      5 * (0.4 / Math.sqrt(12 * 2000)),
    );
    expect(values(ops.rrelu(x, { lower: 0.2, upper: 0.6, training: true, generator: new Generator(1) }))).toEqual(y);
    expect(values(ops.rrelu(x, { lower: 0.2, upper: 0.6, training: true, generator: new Generator(2) }))).not.toEqual(
      y,
    );
    expect(
      values(ops.rrelu_(x.mul(1), { lower: 0.2, upper: 0.6, training: true, generator: new Generator(1) })),
    ).toEqual(y);
  });

  it('takes their mean otherwise', () => {
    expect(values(ops.rrelu(tensor([-1, 2]), { lower: 0.25, upper: 0.75 }))).toEqual([-0.5, 2]);
  });
});

describe('distances', () => {
  it('of all pairs, with leading dimensions that broadcast', () => {
    const rows = reshape(tensor([0, 0, 1, 1, 2, 2, 3, 3]), [2, 2, 2]);
    const others: Tensor = tensor([
      [0, 0],
      [0, 1],
      [4, 4],
    ]);
    const d = ops.cdist(rows, others, { p: 1 });
    expect(d.shape).toEqual([2, 2, 3]);
    expect(values(d)).toEqual([0, 1, 8, 2, 1, 6, 4, 3, 4, 6, 5, 2]);
    expect(values(ops.cdist(rows, others, { p: Number.POSITIVE_INFINITY })).slice(0, 3)).toEqual([0, 1, 4]);
    expect(values(ops.cdist(rows, others, { p: 0 })).slice(0, 3)).toEqual([0, 1, 2]);
  });

  it.each([0, 1, 1.5, 2, Number.POSITIVE_INFINITY])('of every pair once, p %d', (p) => {
    const rows: Tensor = tensor([0, 0, 3, 4, 0, 0, -1, 2], { dtype: 'float64' }).reshape([4, 2]);
    const all = values(ops.cdist(rows, rows, { p }));
    const strided = transpose(transpose(rows, 0, 1).contiguous() as Tensor, 0, 1);
    for (const x of [rows, strided]) {
      const pairs = ops.pdist(x, { p });
      expect([pairs.shape, pairs.dtype]).toEqual([[6], 'float64']);
      expect(values(pairs)).toEqual([1, 2, 3, 6, 7, 11].map((i) => all[i]));
    }
    const none: Tensor = reshape(tensor(new Float32Array(0)), [0, 3]);
    expect([ops.pdist(none, { p }).shape, ops.pdist(reshape(rows, [1, 8]), { p }).shape]).toEqual([[0], [0]]);
  });

  it('of rows of nothing are 0', () => {
    const nothing: Tensor = reshape(tensor(new Float32Array(0)), [2, 0]);
    for (const p of [0, 1, 2, 3, Number.POSITIVE_INFINITY])
      expect([values(ops.cdist(nothing, nothing, { p })), values(ops.pdist(nothing, { p }))]).toEqual([
        [0, 0, 0, 0],
        [0],
      ]);
    expect(ops.cdist(reshape(nothing, [0, 3]), tensor([[1, 2, 3]])).shape).toEqual([0, 1]);
  });

  it('check their operands', () => {
    expect(() => ops.cdist(tensor([[1, 2]]), tensor([[1, 2, 3]]))).toThrow('[cdist] rows of 2 and of 3 elements');
    expect(() => ops.cdist(tensor([1, 2]), tensor([[1, 2]]))).toThrow(ShapeError);
    expect(() => ops.pdist(tensor([1, 2]))).toThrow('[pdist] takes a matrix of rows, got shape (2,)');
    expect(() => ops.pdist(tensor([[1, 2]]), { p: -1 })).toThrow('[pdist] p is -1');
    expect(() => ops.pdist(tensor([[1n]]))).toThrow(DTypeError);
    expect(() => ops.dist(tensor([1], { dtype: 'int64' }), tensor([1], { dtype: 'int64' }))).toThrow(DTypeError);
  });

  it('broadcast', () => {
    expect(
      ops
        .dist(
          tensor([1, 1]),
          tensor([
            [1, 1],
            [4, 5],
          ]),
        )
        .itemSync(),
    ).toBe(5);
    expect(
      values(
        ops.cosineSimilarity(
          tensor([
            [1, 0],
            [0, 2],
          ]),
          tensor([2, 0]),
        ),
      ),
    ).toEqual([1, 0]);
    expect(
      values(
        ops.pairwiseDistance(
          tensor([
            [1, 1],
            [4, 5],
          ]),
          tensor([1, 1]),
          { eps: 0, keepdim: true },
        ),
      ),
    ).toEqual([0, 5]);
    expect(
      values(
        ops.normalize(
          tensor([
            [3, 4],
            [0, 0],
          ]),
          { p: 1 },
        ),
      ),
    ).toEqual([Math.fround(3 / 7), Math.fround(4 / 7), 0, 0]);
  });
});

describe('where', () => {
  it('of a condition alone says where it holds', () => {
    const [rows, columns] = ops.where(
      tensor([
        [true, false],
        [false, true],
      ]),
    );
    expect([rows!.dtype, values(rows!), values(columns!)]).toEqual(['int64', [0, 1], [0, 1]]);
  });

  it('promotes x and y alone', () => {
    expect(ops.where(tensor([1, 0], { dtype: 'uint8' }), tensor([1, 2], { dtype: 'int32' }), 0).dtype).toBe('int32');
    expect(values(tensor([1, 2, 3]).where(tensor([true, false, true]), -1))).toEqual([1, -1, 3]);
  });
});
