/**
 * The step of a GRU (Cho et al. 2014, with the reset behind the product, as cuDNN has it): with x the input's part of the gates and y the state's, r = σ(x_r + y_r),
 * z = σ(x_z + y_z), n = tanh(x_n + r y_n), h' = n + z (h - n).
 */
import { add, type Expression, mul, sigmoid, sub, tanh } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, slice } from '@nn/tensor/internal';
import { giveBack, into, partsOf, type Recurrence, roomLike, stepOp } from './recurrence.ts';

type Parts = [r: Tensor, z: Tensor, n: Tensor];

const gateOf = (x: Expression, y: Expression): Expression => sigmoid(add(x, y));
const candidateOf = (x: Expression, y: Expression, r: Expression): Expression => tanh(add(x, mul(r, y)));
const mixed = (z: Expression, n: Expression, h: Expression): Expression => add(n, mul(z, sub(h, n)));

const gateOp = stepOp('GRU', (x) => [gateOf(x(0), x(1))]);
const candidateOp = stepOp('GRU', (x) => [candidateOf(x(0), x(1), x(2))]);
const mixOp = stepOp('GRU', (x) => [mixed(x(0), x(1), x(2))]);

/** x_r, x_z, x_n, y_r, y_z, y_n, h → h' (and r, z, n). */
const forwardOf = (x: (i: number) => Expression): Expression[] => {
  const [r, z] = [gateOf(x(0), x(3)), gateOf(x(1), x(4))];
  const n = candidateOf(x(2), x(5), r);
  return [mixed(z, n, x(6)), r, z, n];
};
const forwardOp = stepOp('GRU', (x) => forwardOf(x).slice(0, 1));
const forwardSaving = stepOp('GRU', forwardOf);

/** dh, z, n → the gradient of what tanh takes. */
const throughCandidate = (dh: Expression, z: Expression, n: Expression, one: Expression): Expression =>
  mul(mul(dh, sub(one, z)), sub(one, mul(n, n)));

/** dh, z, n, r, y_n → the gradient of what r's sigmoid takes, for x and for y. */
const resetGradient = stepOp('GRUBackward', (x, one) => {
  const d = mul(mul(throughCandidate(x(0), x(1), x(2), one), x(4)), mul(x(3), sub(one, x(3))));
  return [d, d];
});
/** dh, z, n, h, gradient of h as an output → the gradient of what z's sigmoid takes, for x and for y; that of h, but for what goes through y. */
const updateGradient = stepOp('GRUBackward', (x, one) => {
  const d = mul(mul(x(0), sub(x(3), x(2))), mul(x(1), sub(one, x(1))));
  return [d, d, add(x(4), mul(x(0), x(1)))];
});
/** dh, z, n, r → the gradients of x_n and y_n. */
const candidateGradient = stepOp('GRUBackward', (x, one) => {
  const d = throughCandidate(x(0), x(1), x(2), one);
  return [d, mul(d, x(3))];
});

export const gruStep: Recurrence = {
  name: 'GRU',
  gates: 3,
  hasCell: false,
  apart: true,
  saves: 4,
  next: ({ sum, input, h }) => {
    const size = h.layout.shape[1]!;
    const [x, y] = [input, sum].map((t) => [0, 1, 2].map((k) => slice(t, 1, k * size, size))) as [Parts, Parts];
    const r = dispatch(gateOp, x[0], y[0]);
    const z = dispatch(gateOp, x[1], y[1]);
    const n = dispatch(candidateOp, x[2], y[2], r);
    return [dispatch(mixOp, z, n, h), null];
  },
  run: ({ sum, input, h }, target, keeps) => {
    const parts = [...partsOf(input, 3), ...partsOf(sum, 3)];
    const saved = keeps ? [sum, ...[0, 1, 2].map(() => roomLike('GRU', h, target.layout.shape))] : [];
    into(keeps ? forwardSaving : forwardOp, [target, ...saved.slice(1)], ...parts, h);
    giveBack(parts);
    return { c: null, saved };
  },
  back: ({ saved, h, dh, dSum, dInput, output }) => {
    const [sum, r, z, n] = saved as readonly [Tensor, Tensor, Tensor, Tensor];
    const y = partsOf(sum, 3) as Parts;
    const [dx, dy] = [partsOf(dInput, 3), partsOf(dSum, 3)] as [Parts, Parts];
    const direct = roomLike('GRU', z);
    into(resetGradient, [dx[0], dy[0]], dh, z, n, r, y[2]);
    into(updateGradient, [dx[1], dy[1], direct], dh, z, n, h, output);
    into(candidateGradient, [dx[2], dy[2]], dh, z, n, r);
    giveBack([...y, ...dx, ...dy]);
    return { c: null, h: direct };
  },
};
