/** Distances of many pairs of rows, whose gradients are products of matrices: against what defines them and against those of a few rows at a time. */
import { grad, gradcheck, gradgradcheck } from '@nn/autograd';
import { nullBackend } from '@nn/backend';
import { cat, cdist, manualSeed, ones, pdist, randn, type Tensor, triuIndices } from '@nn/tensor';
import { beforeEach, describe, expect, it } from 'vitest';

beforeEach(() => {
  manualSeed(0);
});

const rows = (shape: readonly number[]): Tensor => randn(shape, { dtype: 'float64', requiresGrad: true }) as Tensor;

async function expectClose(found: Tensor, expected: Tensor, within = 1e-12): Promise<void> {
  expect(found.shape).toEqual(expected.shape);
  expect(await found.sub(expected).abs().max().item()).toBeLessThan(within);
}

/** By definition. */
const plain = (x: Tensor, y: Tensor): Tensor =>
  x.unsqueeze(-2).sub(y.unsqueeze(-3)).square().sum({ dim: -1 }).sqrt() as Tensor;

/** Row by row, so that there are few pairs at once. */
const byRows = (x: Tensor, y: Tensor): Tensor =>
  cat(Array.from({ length: x.shape[0]! }, (_, i) => cdist(x.at(`${i}:${i + 1}`) as Tensor, y))) as Tensor;

/** First and second derivatives of a function of two operands, along fixed directions. */
function derivatives(of: (x: Tensor, y: Tensor) => Tensor, x: Tensor, y: Tensor, g: Tensor): readonly Tensor[] {
  const first = grad(of(x, y), [x, y], { gradOutputs: [g], createGraph: true }) as Tensor[];
  const along = first.map(
    (d, k) =>
      d
        .mul(d)
        .mul(k + 1)
        .sum() as Tensor,
  );
  return [...first, ...(grad(along[0]!.add(along[1]!) as Tensor, [x, y, g]) as Tensor[])];
}

describe('many distances', () => {
  it.each<[string, readonly number[], readonly number[]]>([
    ['matrices', [70, 5], [60, 5]],
    ['long rows', [8, 300], [9, 300]],
    ['batches', [2, 3, 30, 7], [2, 3, 20, 7]],
    ['batches that broadcast', [3, 30, 7], [2, 1, 40, 7]],
  ])('%s have first and second derivatives', async (_, a, b) => {
    const [x, y] = [rows(a), rows(b)];
    const d = plain(x, y);
    await expectClose(cdist(x, y), d);
    const g = rows(d.shape);
    const found = derivatives(cdist, x, y, g);
    for (const [k, expected] of derivatives(plain, x, y, g).entries()) await expectClose(found[k]!, expected, 1e-10);
  });

  it('of views, and of float32 beside float64', async () => {
    const [x, y] = [rows([60, 5]), rows([5, 70])];
    const turned = (p: Tensor, q: Tensor): Tensor => cdist(p, q.t() as Tensor);
    const g = rows([60, 70]);
    const expected = derivatives((p, q) => plain(p, q.t() as Tensor), x, y, g);
    for (const [k, found] of derivatives(turned, x, y, g).entries()) await expectClose(found, expected[k]!, 1e-10);
    const single = x.detach().float().requiresGrad_() as Tensor;
    cdist(single, y.t() as Tensor).backward(g.detach() as Tensor);
    expect(single.grad!.dtype).toBe('float32');
  });

  it('are 0 of equal rows, and so are their gradients', async () => {
    const x = rows([70, 5]);
    const g = rows([70, 70]);
    const all = (of: (x: Tensor, y: Tensor) => Tensor): readonly Tensor[] => {
      const y = x.detach().clone().requiresGrad_() as Tensor;
      return [of(x, y), ...derivatives(of, x, y, g)];
    };
    const found = all(cdist);
    for (const [k, expected] of all(byRows).slice(0, 3).entries()) await expectClose(found[k]!, expected, 1e-10);
    for (const t of found.slice(3)) expect(await t.isfinite().all().item()).toBe(1);
  });

  it.each([0, 1, 1.5, 2, Number.POSITIVE_INFINITY])('are those of a few rows at a time, p %d', async (p) => {
    const [x, y] = [rows([40, 6]), rows([70, 6])];
    const few = cat(Array.from({ length: 40 }, (_, i) => cdist(x.at(`${i}:${i + 1}`) as Tensor, y, { p }))) as Tensor;
    await expectClose(cdist(x, y, { p }), few);
    if (p > 0) {
      const g = rows([40, 70]).detach() as Tensor;
      const [found, expected] = [cdist(x, y, { p }), few].map((d) => grad(d, [x, y], { gradOutputs: [g] }) as Tensor[]);
      await expectClose(found![0]!, expected![0]!);
      await expectClose(found![1]!, expected![1]!);
    }
  });

  it('lose nothing far from 0', async () => {
    const [x, y] = [randn([60, 5]).add(4096), randn([70, 5]).add(4096)] as Tensor[];
    const g = randn([60, 70]) as Tensor;
    const gradients = (dtype: 'float32' | 'float64'): Tensor[] => {
      const [p, q] = [x!, y!].map((t) => t.to(dtype).detach().requiresGrad_() as Tensor) as [Tensor, Tensor];
      return grad(cdist(p, q), [p, q], { gradOutputs: [g.to(dtype) as Tensor] }) as Tensor[];
    };
    const exact = gradients('float64');
    for (const [k, found] of gradients('float32').entries())
      await expectClose(found.to('float64') as Tensor, exact[k]!, 2e-5);
  });

  it('take products of matrices, and no table of all differences', () => {
    const backend = nullBackend();
    const [x, y] = [300, 400].map((n) => ones([n, 64], { backend, requiresGrad: true }) as Tensor);
    const g = ones([300, 400], { backend }) as Tensor;
    backend.reset();
    const d = cdist(x!, y!);
    expect([backend.counts.launches.map, backend.counts.launches.reduce, backend.counts.total]).toEqual([1, 1, 2]);
    backend.reset();
    d.backward(g);
    expect(backend.counts.launches).toMatchObject({ matmul: 2, reduce: 4, map: 6 });
    expect(backend.counts.allocated).toBeLessThan(4 * (4 * 700 * 64 + 2 * 300 * 400));
  });
});

describe('pdist', () => {
  it.each([2, 3, 7, 200, 1500])('of %d rows: every pair once, in order', async (n) => {
    const x = randn([n, 1], { dtype: 'float64' }) as Tensor;
    const pairs = triuIndices(n, n, { offset: 1 });
    const [i, j] = [pairs.at(0), pairs.at(1)] as [Tensor, Tensor];
    await expectClose(pdist(x), x.at(i).sub(x.at(j)).abs().flatten() as Tensor);
  });

  it('has first and second derivatives', async () => {
    expect(await gradcheck((x) => pdist(x), [rows([6, 3])])).toBe(true);
    expect(await gradgradcheck((x) => pdist(x), [rows([4, 3])])).toBe(true);
    const x = rows([60, 5]);
    const [i, j] = [0, 1].map((k) => triuIndices(60, 60, { offset: 1 }).at(k)) as unknown as [Tensor, Tensor];
    const g = rows([1770]).detach() as Tensor;
    const [found] = grad(pdist(x), [x], { gradOutputs: [g] }) as [Tensor];
    const direct = x.at(i).sub(x.at(j)).square().sum({ dim: -1 }).sqrt() as Tensor;
    const [expected] = grad(direct, [x], { gradOutputs: [g] }) as [Tensor];
    await expectClose(found, expected);
  });

  it('writes nothing from the host', () => {
    const backend = nullBackend();
    const x = ones([64, 8], { backend });
    backend.reset();
    pdist(x);
    expect([backend.counts.total, backend.counts.written]).toEqual([4, 0]);
  });
});
