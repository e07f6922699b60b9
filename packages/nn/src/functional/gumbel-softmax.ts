/** Samples of categories that gradients pass through: noise from the host's one random path, then one launch, then a softmax. */
import { Function as CustomFunction, type FunctionContext } from '@nn/autograd';
import { castTo, clampMin, constant, DTypeError, div, dtypes, equal, input, isFloat, log, same, scalar, select, sub, ValueError } from '@nn/backend'; // biome-ignore format: a list
import { arange, argmax, empty, exponential_, type Generator, softmax, type Tensor } from '@nn/tensor';
import { checkNamed, dispatch, Op, reshape, sizesOf } from '@nn/tensor/internal';

export interface GumbelSoftmaxOptions {
  /** The temperature: near 0 the samples are nearly one-hot, far above nearly uniform; 1. */
  readonly tau?: number | undefined;
  /** One-hot samples, with the gradient of those that aren't; false. */
  readonly hard?: boolean | undefined;
  /** The dimension of the categories; -1. */
  readonly dim?: number | undefined;
  /** Where the noise comes from; the default generator. */
  readonly generator?: Generator | undefined;
}

/** (logits - log(noise)) / tau: -log of exponential noise is Gumbel's. Noise that was rounded to 0 counts as less than any other. */
const noisyOp = new Op('map', 'gumbelSoftmax', {
  inPlace: false,
  build: ([logits, noise]) => {
    const { dtype } = logits!;
    const { scalar: type } = dtypes[dtype];
    const e = input(1, dtypes[noise!.dtype].scalar);
    const gumbel = castTo(log(clampMin(e, constant(2 ** -25, e.type))), dtype);
    return { outputs: [{ dtype, expression: div(sub(input(0, type), gumbel), scalar(0, type)) }], scalars: 1 };
  },
});

/** 1 where the category, input 2, is the best, input 1, else 0; of input 0's dtype. */
const chosenOp = new Op('map', 'gumbelSoftmax', {
  inPlace: false,
  build: ([soft]) => {
    const { dtype } = soft!;
    const x = input(0, dtypes[dtype].scalar);
    const isBest = equal(input(1, 'i32'), input(2, 'i32'));
    return { outputs: [{ dtype, expression: select(isBest, same(1, x), same(0, x)) }], scalars: 0 };
  },
});

/** The shape of a line along a dimension. */
const alongDim = (shape: readonly number[], dim: number): number[] =>
  shape.map((n, d) => (d === dim || d === dim + shape.length ? n : 1));

/** The largest as 1, the others as 0; the gradient passes as it is. */
class StraightThrough extends CustomFunction {
  static override readonly keepsNothing: boolean = true;

  static override forward(_ctx: FunctionContext, soft: Tensor, dim: number): Tensor {
    const { shape } = soft.layout;
    const best = argmax(soft, { dim, keepdim: true } as never) as Tensor;
    const categories = arange(shape.at(dim) ?? 1, { dtype: 'int64', backend: soft.backend }) as Tensor;
    const line = reshape(categories, alongDim(shape, dim));
    const hard = dispatch(chosenOp, soft, best, line);
    for (const t of [best, categories, line]) t.dispose();
    return hard;
  }

  static override backward(_ctx: FunctionContext, gradient: Tensor): readonly (Tensor | null)[] {
    return [gradient, null];
  }
}

/**
 * Samples from the categories that logits say, softened so that gradients reach the logits (Jang et al. 2017; Maddison et al. 2017): softmax((logits + Gumbel noise) / tau) over `dim`.
 * PyTorch: `F.gumbel_softmax`.
 * @param logits floats of any shape, not normalized
 * @throws DTypeError unless the logits are floats; ValueError for a `tau` that isn't above 0
 * @example
 * ```ts
 * import { gumbelSoftmax } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const sample = gumbelSoftmax(tensor([[0, 0, 0], [-100, 100, -100]]), { tau: 0.5, hard: true });
 * console.log(await sample.sum({ dim: 1 }).toArray(), await sample.at(1).toArray()); // prints: [ 1, 1 ] [ 0, 1, 0 ]
 * ```
 */
export function gumbelSoftmax<A extends Tensor>(
  logits: A,
  options: GumbelSoftmaxOptions = {},
): Tensor<A['~shape'], A['dtype']> {
  const op = 'gumbelSoftmax';
  const shape = sizesOf(op, logits);
  const { tau = 1, hard = false, dim = -1, generator } = checkNamed(op, options);
  const { dtype, backend } = logits;
  if (!isFloat(dtype)) throw new DTypeError(op, `takes floats, got ${dtype}; convert with .to('float32') first`);
  if (!(tau > 0)) throw new ValueError(op, `tau is ${tau}; it must be above 0`);
  const like = { dtype: dtype === 'float16' ? ('float32' as const) : dtype, backend };
  const noise = exponential_(empty([...shape], like) as Tensor, 1, { generator });
  const noisy = dispatch(noisyOp, logits, noise, null, [tau]);
  const soft = softmax(noisy, dim as never) as Tensor;
  noise.dispose();
  noisy.dispose();
  if (!hard) return soft as never;
  const out = StraightThrough.apply(soft, dim);
  soft.dispose();
  return out as never;
}
