/**
 * Distances of all pairs of rows. What is computed are the norms of differences, never from products, so that close rows don't lose their distance. The Euclidean gradient of many pairs is
 * a product of matrices: x̄ᵢ = Σⱼ cᵢⱼ (xᵢ - yⱼ) with c = d̄ / d.
 */
import { type DType, div, equal, mul, same, select, sub } from '@nn/backend';
import { composite, compositeOp, savedResult } from '../../core/composite.ts';
import { dispatchMany, outputBit } from '../../core/dispatch.ts';
import { sameNumbers, sizeOf } from '../../core/layout.ts';
import { bit, savedInput } from '../../core/node.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import { scope } from '../../memory/scope.ts';
import type { Tensor } from '../../tensor.ts';
import { matmulOf } from '../linalg/matmul.ts';
import { ofOrder } from '../reduce/norm.ts';
import { plainMean, sum } from '../reduce/sum.ts';
import { contiguous, reshape, transpose } from '../shape/views.ts';
import { sub as minus } from './arithmetic.ts';
import { binary, element, single } from './build.ts';

const distancesOf = ofOrder('cdist', (x, y) => sub(x!, y!));

/** Elements of all differences from which on rows are worth a copy by columns, and gradients products of matrices. */
const many = 1 << 14;
/** Rows up to this length are summed side by side; longer ones fill vectors by themselves. */
const short = 256;

/** One launch over x (…, P, 1, M) and y (…, 1, R, M). */
function measured(x: Tensor, y: Tensor, p: number, dtype: DType, isLarge: boolean): Tensor {
  const [a, b] = [x.layout.shape, y.layout.shape];
  const lead = Math.max(a.length, b.length) - 2;
  const padded = (shape: readonly number[]): number[] => [
    ...new Array<number>(lead + 2 - shape.length).fill(1),
    ...shape.slice(0, -2),
  ];
  const width = a.at(-1)!;
  const rows = reshape(x, [...padded(a), a.at(-2)!, 1, width]);
  // Column by column in memory, so that distances of a row, which lie side by side, are computed side by side.
  const byColumn = isLarge && width <= short;
  const turned = byColumn ? transpose(y, -1, -2) : y;
  const dense = byColumn ? contiguous(turned) : y;
  const back = byColumn ? transpose(dense, -1, -2) : y;
  const columns = reshape(back, [...padded(b), 1, b.at(-2)!, width]);
  // Of rows without elements every distance is 0, also the largest.
  const out = distancesOf(rows, width === 0 ? 1 : p, { dim: -1, dtype }, columns);
  for (const t of new Set([rows, turned, dense, back, columns])) if (t !== y) t.dispose();
  return out;
}

/** d̄ / d, and 0 of equal rows. */
const ratioOf = binary('cdistGradient', 'promote', (g, d) => {
  const isZero = equal(d!, same(0, d!));
  return select(isZero, same(0, d!), div(g!, select(isZero, same(1, d!), d!)));
});

/** (x - o) Σ c - product. */
const pulledOp = new Op('map', 'cdistGradient', {
  inPlace: false,
  build: ([x, o, total, product]) =>
    single(x!.dtype, sub(mul(sub(element(x!, 0), element(o!, 1)), element(total!, 2)), element(product!, 3))),
});

/** Σⱼ cᵢⱼ (xᵢ - yⱼ). Both are taken from the middle of y: the product would lose what rows have in common. */
function pulled(c: Tensor, x: Tensor, y: Tensor): Tensor {
  const middle = untracked(() => plainMean(y, { dim: -2, keepdim: true }));
  const product = matmulOf(c, minus(y, middle) as Tensor);
  return dispatchMany(pulledOp, [x, middle, sum(c, { dim: -1, keepdim: true }) as Tensor, product])[0]!;
}

const euclidOp = compositeOp('cdist', {
  needs: () => bit(0) | bit(1) | outputBit,
  apply: (node, j, g) =>
    scope(() => {
      const c = ratioOf(g, savedResult(node));
      const [x, y] = [savedInput(node, 0), savedInput(node, 1)];
      return j === 0 ? pulled(c, x, y) : pulled(transpose(c, -1, -2), y, x);
    }),
});

/** The p-norms of the differences of rows of x (…, P, M) and y (…, R, M): (…, P, R). */
export function pairsOf(x: Tensor, y: Tensor, p: number, dtype: DType): Tensor {
  const [a, b] = [x.layout.shape, y.layout.shape];
  const isLarge = sizeOf(a) * b.at(-2)! >= many;
  const isEuclid =
    p === 2 &&
    dtype !== 'float16' &&
    x.dtype === dtype &&
    y.dtype === dtype &&
    sameNumbers(a.slice(0, -2), b.slice(0, -2));
  return isLarge && isEuclid
    ? composite(euclidOp, [x, y], () => measured(x, y, p, dtype, isLarge))
    : measured(x, y, p, dtype, isLarge);
}
