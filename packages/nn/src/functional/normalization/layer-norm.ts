/**
 * Layer normalization: one `rows` launch forward, which keeps mean and deviation of each row where a gradient will ask for them; backward one for the input and a sum each for
 * weight and bias. Under createGraph the statistics are computed again with provenance, so that the gradient's own derivative sees them.
 */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { add, div, dtypes, type Expression, input, mul, ShapeError, scalar, sub } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import {
  checkNamed,
  dispatch,
  dispatchMany,
  nodeOf,
  Op,
  reshape,
  shapeText,
  sizeOf,
  sizesOf,
  state,
} from '@nn/tensor/internal';
import { listed } from '../../module/listed.ts';
import { checkFloats, checkOperand } from './check.ts';
import { inverse, statisticsOver, summing, wideType } from './moments.ts';
import { inShape, release, resultIn } from './regroup.ts';

export interface LayerNormOptions {
  /** Factors, of the normalized shape; none. */
  readonly weight?: Tensor | null | undefined;
  /** What is added then, of the normalized shape; none. */
  readonly bias?: Tensor | null | undefined;
  /** Added to the variance; 1e-5. */
  readonly eps?: number | undefined;
}

export type LayerNormFunction = <A extends Tensor>(
  input: A,
  normalizedShape: number | readonly number[],
  options?: LayerNormOptions,
) => Tensor<A['~shape'], A['dtype']>;

/** Operands: x, then weight and bias where there are. Scalars: the row's length, eps. */
function forwardOp(hasWeight: boolean, hasBias: boolean, keeps: boolean): Op<'rows'> {
  return new Op('rows', 'layerNorm', {
    gradient: null,
    build: (layouts) => {
      const { dtype } = layouts[0]!;
      const type = dtypes[dtype].scalar;
      const at = (i: number): Expression => input(i, type);
      const [total, squares, length, eps] = [
        at(layouts.length),
        at(layouts.length + 1),
        scalar(0, type),
        scalar(1, type),
      ];
      const mean = div(total, length);
      const distance = sub(at(0), mean);
      const deviation = inverse(div(squares, length), eps);
      const normal = mul(distance, deviation);
      const scaled = hasWeight ? mul(normal, at(1)) : normal;
      const expression = hasBias ? add(scaled, at(hasWeight ? 2 : 1)) : scaled;
      return {
        reductions: [
          { combine: 'sum', body: at(0) },
          { combine: 'sum', body: mul(distance, distance) },
        ],
        outputs: [
          { dtype, expression, perRow: false },
          ...(keeps ? [mean, deviation].map((e) => ({ dtype: wideType(dtype), expression: e, perRow: true })) : []),
        ],
        scalars: 2,
      };
    },
  });
}

const forwardOps = [false, true].map((keeps) =>
  [false, true].map((hasWeight) => [false, true].map((hasBias) => forwardOp(hasWeight, hasBias, keeps))),
);

/** dx = d (w g - (Σ w g + x̂ Σ w g x̂) / n). Operands: g, x, mean, deviation d, and w where there is one. Scalar: 1/n. */
const inputGradientOp = (hasWeight: boolean): Op<'rows'> =>
  new Op('rows', 'layerNormBackward', {
    gradient: null,
    build: (layouts) => {
      const { dtype } = layouts[0]!;
      const type = dtypes[dtype].scalar;
      const at = (i: number): Expression => input(i, type);
      const scaled = hasWeight ? mul(at(0), at(4)) : at(0);
      const normal = mul(sub(at(1), at(2)), at(3));
      const [sum, along] = [at(layouts.length), at(layouts.length + 1)];
      const mean = mul(add(sum, mul(normal, along)), scalar(0, type));
      return {
        reductions: [
          { combine: 'sum', body: scaled },
          { combine: 'sum', body: mul(scaled, normal) },
        ],
        outputs: [{ dtype, expression: mul(at(3), sub(scaled, mean)), perRow: false }],
        scalars: 1,
      };
    },
  });
const inputGradientOps = [inputGradientOp(false), inputGradientOp(true)];

/** dw = Σ g x̂ over rows; operands g, x, mean, deviation. */
const weightGradientOp = summing('layerNormBackward', ({ at }) => mul(at(0), mul(sub(at(1), at(2)), at(3))))([0]);
/** db = Σ g over rows. */
const biasGradientOp = summing('layerNormBackward', ({ at }) => at(0))([0]);

/** Rows of x normalized; with mean and deviation if they are to be kept. x (rows, n), weight and bias (n). */
function forward(x: Tensor, weight: Tensor | null, bias: Tensor | null, eps: number, keeps: boolean): Tensor[] {
  const op = forwardOps[Number(keeps)]![Number(weight !== null)]![Number(bias !== null)]!;
  return dispatchMany(
    op,
    [x, weight, bias].filter((t) => t !== null),
    [x.layout.shape[1]!, eps],
  );
}

class NativeLayerNorm extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(
    ctx: FunctionContext,
    x: Tensor,
    weight: Tensor | null,
    bias: Tensor | null,
    eps: number,
  ): Tensor {
    const [out, ...statistics] = forward(x, weight, bias, eps, true) as [Tensor, Tensor, Tensor];
    const columns = statistics.map((t) => reshape(t, [x.layout.shape[0]!, 1]));
    ctx.values['eps'] = eps;
    ctx.saveForBackward(x, ...columns, ...(weight === null ? [] : [weight]));
    for (const t of [...statistics, ...columns]) t.dispose();
    return out;
  }

  static override backward(ctx: FunctionContext, g: Tensor): readonly (Tensor | null)[] {
    const [x, savedMean, savedDeviation, weight] = ctx.savedTensors as [Tensor, Tensor, Tensor, Tensor?];
    const again = state.tracking;
    const [mean, deviation] = again ? statisticsOver(x, [1], ctx.values['eps'] as number) : [savedMean, savedDeviation];
    const [needsInput, needsWeight, needsBias] = ctx.needsInputGrad;
    const operands = [g, x, mean, deviation];
    const n = x.layout.shape[1]!;
    const gradients = [
      needsInput === true
        ? dispatchMany(
            inputGradientOps[Number(weight !== undefined)]!,
            weight === undefined ? operands : [...operands, weight],
            [1 / n],
          )[0]!
        : null,
      needsWeight === true ? resultIn(dispatchMany(weightGradientOp, operands)[0]!, [n]) : null,
      needsBias === true ? resultIn(dispatch(biasGradientOp, g), [n]) : null,
    ];
    if (again) for (const t of [mean, deviation]) t.dispose();
    return gradients;
  }
}

const isTracked = (t: Tensor | null): boolean => t !== null && nodeOf(t) !== null;

/**
 * (x - mean) / √(variance + eps) · weight + bias, with mean and variance (over n) over the last dimensions, those of `normalizedShape`, which must be the input's. Ba, Kiros & Hinton, "Layer
 * normalization", 2016. PyTorch: `F.layer_norm`.
 * @param options `weight`, `bias` of the normalized shape; `eps` (1e-5)
 * @throws ShapeError if the input doesn't end with `normalizedShape`; DTypeError for integers, or a weight of another dtype
 * @example
 * ```ts
 * import { layerNorm } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const x = tensor([[1, 3], [10, 10]]);
 * console.log(await layerNorm(x, 2, { eps: 0.5625 }).toArray()); // prints: [ [ -0.800000011920929, 0.800000011920929 ], [ 0, 0 ] ]
 * ```
 */
export const layerNorm: LayerNormFunction = (x, normalizedShape, options = {}) => {
  const op = 'layerNorm';
  const { weight = null, bias = null, eps = 1e-5 } = checkNamed('layerNorm', options);
  const normalized = typeof normalizedShape === 'number' ? [normalizedShape] : listed(op, normalizedShape);
  const shape = sizesOf(op, x);
  const lead = shape.length - normalized.length;
  if (normalized.length === 0 || lead < 0 || normalized.some((n, d) => n !== shape[lead + d]))
    throw new ShapeError(
      op,
      `the input ${shapeText(shape)} must end with normalizedShape ${shapeText(normalized)}, which has at least one size`,
    );
  checkFloats(op, x);
  checkOperand(op, 'weight', weight, x, normalized);
  checkOperand(op, 'bias', bias, x, normalized);
  const n = sizeOf(normalized);
  const rows = inShape(x, [sizeOf(shape.slice(0, lead)), n]);
  const [w, b] = [weight, bias].map((t) => (t === null ? null : inShape(t, [n]))) as [Tensor | null, Tensor | null];
  const out =
    state.tracking && (isTracked(rows) || isTracked(w) || isTracked(b))
      ? NativeLayerNorm.apply(rows, w, b, eps)
      : forward(rows, w, b, eps, false)[0]!;
  release(rows, x);
  release(w, weight);
  release(b, bias);
  return resultIn(out, shape) as never;
};
