/** CTC as a differentiable function, with PyTorch's gradient: that of log-probabilities which are a `logSoftmax`, so it holds the probabilities themselves too. */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { AutogradError, constant, coordinate, div, dtypes, equal, exp, input, less, mul, same, scalar, select, sub } from '@nn/backend'; // biome-ignore format: a list
import { scope, type Tensor } from '@nn/tensor';
import { dispatch, dispatchInto, dispatchMany, expand, filled, Op, reshape, state } from '@nn/tensor/internal';
import { pick } from '../classes.ts';
import { forward, lossesOf, occupancies, type Path } from './recursion.ts';

const addAtLabels = new Op('scatter', 'ctcLossBackward', { form: 'aligned', dims: [2], at: 0, combine: 'sum', inPlace: true }); // biome-ignore format: one line

/** ∞ becomes 0. */
const finiteOp = new Op('map', 'ctcLoss', {
  inPlace: false,
  build: ([layout]) => {
    const x = input(0, dtypes[layout!.dtype].scalar);
    const expression = select(equal(x, same(Infinity, x)), same(0, x), x);
    return { outputs: [{ dtype: layout!.dtype, expression }], scalars: 0 };
  },
});

/**
 * ḡ (y − occupancy) up to the end of each input, 0 behind it. Of an infinite loss NaN, or 0 if scalar 1 is 1. Inputs: log y, occupancies of classes, ḡ, losses, lengths.
 * Scalar 0: elements of one time.
 */
const gradientOp = new Op('map', 'ctcLossBackward', {
  inPlace: false,
  build: ([layout]) => {
    const type = dtypes[layout!.dtype].scalar;
    const [logY, occupancy, g, loss] = [input(0, type), input(1, type), input(2, type), input(3, type)];
    const isInside = less(div(coordinate, scalar(0, 'i32')), input(4, 'i32'));
    const isDropped = equal(scalar(1, 'i32'), constant(1, 'i32'));
    const value = mul(g, sub(exp(logY), occupancy));
    const impossible = select(isDropped, same(0, value), same(Number.NaN, value));
    const found = select(equal(loss, same(Infinity, loss)), impossible, value);
    const expression = select(isInside, found, same(0, value));
    return { outputs: [{ dtype: layout!.dtype, expression }], scalars: 2 };
  },
});

/** Labels with blanks (N, L), where paths pass (N, L + 2), lengths of inputs and targets (N). */
export type Alignment = readonly [labels: Tensor, passes: Tensor, inputs: Tensor, targets: Tensor];

/** Labels for every time. */
const everywhere = (labels: Tensor, times: number): Tensor => {
  const [batch, places] = labels.layout.shape as [number, number];
  return expand(reshape(labels, [1, batch, places]), [times, batch, places]);
};

const pathOf = (emissions: Tensor, [, passes, inputs, targets]: Alignment): Path => ({
  emissions,
  passes,
  inputs,
  targets,
});

/** Losses (N) of log-probabilities (T, N, C). */
export class CtcFunction extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(
    ctx: FunctionContext,
    logProbabilities: Tensor,
    alignment: Alignment,
    zeroInfinity: boolean,
  ): Tensor {
    return scope(() => {
      const times = logProbabilities.layout.shape[0]!;
      const emissions = pick('ctcLoss', logProbabilities, 2, everywhere(alignment[0], times));
      const path = pathOf(emissions, alignment);
      const { times: come, last } = forward(path);
      const losses = lossesOf(path, last);
      if (ctx.needsInputGrad[0] === true)
        ctx.saveForBackward(logProbabilities, emissions, losses, ...come, ...alignment);
      ctx.values['zeroInfinity'] = zeroInfinity;
      const out = reshape(zeroInfinity ? dispatch(finiteOp, losses) : losses, [losses.layout.size]);
      out.base = null;
      return out;
    });
  }

  static override backward(ctx: FunctionContext, g: Tensor): readonly (Tensor | null)[] {
    if (state.tracking)
      throw new AutogradError('ctcLoss', 'has no second derivative, as in PyTorch; leave createGraph out');
    return scope(() => {
      const [logProbabilities, emissions, losses, even, odd, ...rest] = ctx.savedTensors as [
        Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[],
      ]; // biome-ignore format: a list
      const alignment = rest as unknown as Alignment;
      const { layout, dtype } = logProbabilities;
      const [times, batch, classes] = layout.shape as [number, number, number];
      const own = occupancies(pathOf(emissions, alignment), [even, odd], losses);
      const sums = filled(layout.device, dtype, layout.shape, 0);
      dispatchInto(addAtLabels, [sums, own, everywhere(alignment[0], times)]);
      const perBatch = (t: Tensor): Tensor => reshape(t, [batch, 1]);
      const operands = [logProbabilities, sums, perBatch(g), losses, perBatch(alignment[2])];
      const zero = ctx.values['zeroInfinity'] === true ? 1 : 0;
      return [dispatchMany(gradientOp, operands, [batch * classes, zero])[0]!, null, null];
    });
  }
}
