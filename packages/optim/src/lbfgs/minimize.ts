/**
 * One step of L-BFGS (Liu & Nocedal 1989), in PyTorch's order of evaluations, updates and tests for when to stop. It works on a copy of the memory, so that a closure that
 * throws leaves what is remembered as it was.
 */
import { abs, amax, div, dot, mul, neg, reciprocal, sub, sum, type Tensor } from '@nn/tensor';
import { following } from '../update.ts';
import { type Asking, evaluate, type Loss, numbers } from './asking.ts';
import { flatGradient, flatParameters, lasting, moveBy, placeAt } from './flat.ts';
import { strongWolfe } from './line-search.ts';
import { direction, type Memory, mapTensors, tensorsOf } from './memory.ts';
import type { LBFGSOptions } from './options.ts';

const largestOf = (x: Tensor): Tensor => lasting(() => amax(abs(x)) as Tensor);

/** The memory with the step of before as another pair, if the slope grew along it. */
function* learned(memory: Memory, gradient: Tensor, historySize: number, drop: (t: Tensor) => void): Asking<void> {
  const y = lasting(() => sub(gradient, memory.prevFlatGrad!) as Tensor);
  const s = lasting(() => mul(memory.d!, memory.t) as Tensor);
  const product = lasting(() => dot(y, s));
  const ro = lasting(() => reciprocal(product) as Tensor);
  const scale = lasting(() => div(product, dot(y, y)) as Tensor);
  const [ys] = yield* numbers(null, product);
  if (!(ys! > 1e-10)) {
    for (const t of [y, s, ro, scale]) t.dispose();
    return;
  }
  while (memory.pairs.length >= historySize) {
    const oldest = memory.pairs.shift()!;
    for (const t of [oldest.y, oldest.s, oldest.ro]) drop(t);
  }
  memory.pairs.push({ y, s, ro });
  if (memory.hDiag !== null) drop(memory.hDiag);
  memory.hDiag = scale;
}

/** Asks for the closure to be called, moves the parameters, and returns the first loss with what is to be remembered. */
export function* minimize(
  params: readonly Tensor[],
  options: LBFGSOptions,
  before: Memory,
): Asking<{ loss: Loss; memory: Memory }> {
  const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn } = options;
  const first = yield* evaluate();
  let gradient = flatGradient(params);
  let [loss, steepest] = (yield* numbers(first, largestOf(gradient))) as [number, number];
  // It may have been remembered elsewhere, or as another dtype.
  const memory = mapTensors(before, (t) => following(t, gradient, 'LBFGS'));
  const known = tensorsOf(before);
  const drop = (t: Tensor): void => {
    if (!known.has(t)) t.dispose();
  };
  let evaluations = 1;
  memory.funcEvals++;

  for (let iteration = 1; iteration <= maxIter && !(steepest <= toleranceGrad); iteration++) {
    memory.nIter++;
    const isFirst = memory.nIter === 1;
    if (!isFirst) yield* learned(memory, gradient, historySize, drop);
    const d = isFirst ? lasting(() => neg(gradient) as Tensor) : direction(gradient, memory);
    if (memory.d !== null) drop(memory.d);
    memory.d = d;
    // A search that found nothing better ends at its start.
    if (memory.prevFlatGrad !== null && memory.prevFlatGrad !== gradient) drop(memory.prevFlatGrad);
    memory.prevFlatGrad = gradient;
    memory.prevLoss = loss;

    const total = lasting(() => sum(abs(gradient)) as Tensor);
    const [slope, largest, length] = yield* numbers(null, dot(gradient, d), largestOf(d), total);
    memory.t = isFirst && 1 / length! < 1 ? lr / length! : lr;
    if (slope! > -toleranceChange) break;

    if (lineSearchFn !== null) {
      const origin = flatParameters(params);
      const line = { params, origin, direction: d, largest: largest! };
      const found = yield* strongWolfe(line, { t: 0, loss, gradient, slope: slope! }, memory.t);
      ({ loss, gradient, t: memory.t } = found.point);
      placeAt(params, origin, d, memory.t);
      origin.dispose();
      evaluations += found.evaluations;
      memory.funcEvals += found.evaluations;
      [steepest] = (yield* numbers(null, largestOf(gradient))) as [number];
    } else {
      moveBy(params, d, memory.t);
      // Not after the last: where each step sees other data, nothing would be learned from it.
      if (iteration < maxIter) {
        const next = yield* evaluate();
        gradient = flatGradient(params);
        [loss, steepest] = (yield* numbers(next, largestOf(gradient))) as [number, number];
        evaluations++;
        memory.funcEvals++;
      }
    }
    if (evaluations >= maxEval) break;
    if (largest! * Math.abs(memory.t) <= toleranceChange || Math.abs(loss - memory.prevLoss) < toleranceChange) break;
  }
  if (gradient !== memory.prevFlatGrad) gradient.dispose();
  return { loss: first, memory };
}
