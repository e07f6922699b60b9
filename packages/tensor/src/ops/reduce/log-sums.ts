/**
 * Running log Σ exp in time and memory of x. With mᵢ the largest so far, yᵢ = mᵢ + log sᵢ, where sᵢ = Σ_{j ≤ i} exp(xⱼ - mⱼ) exp(mⱼ - mᵢ). No exponent is above 0 and
 * sᵢ is at least 1, so nothing overflows, and what underflows is too small to matter from there on. y doesn't depend on m, which gradients hold fixed.
 */
import { abs, add, and, type Expression, equal, exp, isinf, log, mul, neg, same, select, sub } from '@nn/backend';
import { composite, compositeOp, savedResult } from '../../core/composite.ts';
import { dispatch, outputBit } from '../../core/dispatch.ts';
import { dispatchInto } from '../../core/in-place.ts';
import { bit, savedInput } from '../../core/node.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { mul as times } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { clone, finish, sliceView } from '../shape/views.ts';
import { scanOp } from './scan-op.ts';

const name = 'logcumsumexp';

/** exp(-|x - y|), 1 for the same infinity twice. */
function ratio(x: Expression, y: Expression): Expression {
  const both = and(isinf(x), equal(x, y));
  return exp(neg(abs(select(both, same(0, x), sub(x, y)))));
}

const ratioOp = new Op('map', name, {
  inPlace: false,
  build: ([x]) => single(x!.dtype, ratio(element(x!, 0), element(x!, 1))),
});

/** Adds to x what a sum before it weighs there, over (x, sum, m of x, m of the sum). */
const joinOp = new Op('map', name, {
  inPlace: true,
  build: ([x]) => {
    const weight = ratio(element(x!, 2), element(x!, 3));
    return single(x!.dtype, add(element(x!, 0), mul(element(x!, 1), weight)));
  },
});

const resultOp = new Op('map', name, {
  inPlace: false,
  build: ([m]) => single(m!.dtype, add(element(m!, 0), log(element(m!, 1)))),
});

/** exp(x - m), of x. */
const weightOp = compositeOp(name, {
  needs: () => outputBit,
  apply: (node, _, g) => times(g, savedResult(node)) as Tensor,
});

/** sᵢ = Σ_{j ≤ i} xⱼ exp(mⱼ - mᵢ) along a dimension, and in reverse tⱼ = Σ_{i ≥ j} xᵢ exp(mⱼ - mᵢ). Each is the other's gradient. */
function sumsAlong(dim: number): (x: Tensor, m: Tensor) => Tensor {
  const run = (reverse: boolean): ((x: Tensor, m: Tensor) => Tensor) => {
    const op = compositeOp(name, {
      needs: () => bit(1),
      apply: (node, _, g) => (reverse ? forwards : backwards)(g, savedInput(node, 1)),
    });
    return (x, m) => composite(op, [x, m], () => accumulated(x, m, dim, reverse));
  };
  const [forwards, backwards] = [run(false), run(true)];
  return forwards;
}

/** Sums of pairs, of pairs of pairs and so on, and back to those between (Brent & Kung, "A regular layout for parallel adders", 1982). */
function accumulated(x: Tensor, m: Tensor, dim: number, reverse: boolean): Tensor {
  const sums = clone(x);
  const n = x.shape[dim] ?? 1;
  const join = (to: number, from: number, step: number): void => {
    const part = (t: Tensor, start: number): Tensor =>
      sliceView(t, dim, reverse ? n - 1 - start : start, Math.ceil((n - to) / step), reverse ? -step : step);
    const before = part(sums, from);
    const parts = [part(sums, to), clone(before), part(m, to), part(m, from)];
    dispatchInto(joinOp, parts);
    for (const t of [before, ...parts]) t.dispose();
  };
  let reach = 1;
  for (; 2 * reach <= n; reach *= 2) join(2 * reach - 1, reach - 1, 2 * reach);
  for (; reach >= 1; reach /= 2) if (3 * reach <= n) join(3 * reach - 1, 2 * reach - 1, 2 * reach);
  return sums;
}

interface Along {
  readonly largest: Op<'scan'>;
  readonly sums: (x: Tensor, m: Tensor) => Tensor;
}

const known = new Map<number, Along>();

function along(dim: number): Along {
  let made = known.get(dim);
  if (made === undefined) {
    made = {
      largest: scanOp(name, { dim, combine: 'max', reverse: false, indices: false }),
      sums: sumsAlong(dim),
    };
    known.set(dim, made);
  }
  return made;
}

/** log Σ_{j ≤ i} exp xⱼ along `dim` of floats. */
export function logSums(x: Tensor, dim: number): Tensor {
  const { largest, sums } = along(dim);
  const m = untracked(() => dispatch(largest, x));
  const weights = composite(weightOp, [x, m], () => dispatch(ratioOp, x, m));
  const total = sums(weights, m);
  weights.dispose();
  return finish(dispatch(resultOp, m, total), x, m, total);
}
