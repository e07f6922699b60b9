/** The length of all gradients together, and keeping it below a bound. The bound is applied on the device: nothing is read back, unless asked. */

import { noGrad } from '@nn/autograd';
import { add, castTo, div, dtypes, input, min, mul, same, scalar, ValueError } from '@nn/backend';
import { clamp_, norm, stack, Tensor, zeros } from '@nn/tensor';
import { checkNamed, dispatchInto, Op, readSync, sizesOf } from '@nn/tensor/internal';
import { listed } from '../module/listed.ts';

export interface NormOptions {
  /** The order of the norm: a number, or Infinity for the largest element; 2. */
  readonly normType?: number | undefined;
  /** Read the norm and throw a `ValueError` if it isn't finite; false. Only where memory can be read without waiting. */
  readonly errorIfNonfinite?: boolean | undefined;
}

function list(op: string, tensors: Tensor | Iterable<Tensor>): Tensor[] {
  const all = tensors instanceof Tensor ? [tensors] : listed(op, tensors);
  for (const t of all) sizesOf(op, t);
  return all;
}

/** The gradients of those that have one, without showing them to the user: they can still be given back by name. */
const gradientsOf = (op: string, parameters: Tensor | Iterable<Tensor>): Tensor[] =>
  list(op, parameters).flatMap((p) => p.receiver?.gradient ?? []);

function checkBound(op: string, bound: number): void {
  if (!(typeof bound === 'number' && bound >= 0))
    throw new ValueError(op, `the bound is ${String(bound)}; give a number that is not negative`);
}

/** The norm of the norms; 0 of nothing. */
function totalNorm(op: string, tensors: readonly Tensor[], options: NormOptions): Tensor<[]> {
  const { normType = 2, errorIfNonfinite = false } = checkNamed(op, options);
  if (tensors.length === 0) return zeros([]);
  const norms = tensors.map((t) => norm(t, { p: normType }) as Tensor);
  let total = norms[0]!;
  if (norms.length > 1) {
    const all = stack(norms as never) as Tensor;
    total = norm(all, { p: normType });
    for (const t of [...norms, all]) t.dispose();
  }
  if (errorIfNonfinite) {
    const value = readSync(total, op)[0]!;
    if (!Number.isFinite(value))
      throw new ValueError(
        op,
        `the total norm of order ${normType} of the gradients is ${value}; pass errorIfNonfinite: false to go on with it`,
      );
  }
  return total as Tensor<readonly number[]> as Tensor<[]>;
}

/**
 * The norm of several tensors as if they were one vector: a tensor without dimensions. PyTorch: `torch.nn.utils.get_total_norm`.
 * @example
 * ```ts
 * import { getTotalNorm } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await getTotalNorm([tensor([3]), tensor([[0, 4]])]).item()); // prints: 5
 * ```
 */
export function getTotalNorm(tensors: Tensor | Iterable<Tensor>, options: NormOptions = {}): Tensor<[]> {
  return noGrad<Tensor<[]>>(() => totalNorm('getTotalNorm', list('getTotalNorm', tensors), options));
}

/** Multiplied so that a norm (input 1) of more than scalar 0 becomes it. */
const shortenOp = new Op('map', 'clipGradNorm_', {
  inPlace: true,
  build: ([gradient, total]) => {
    const { dtype } = gradient!;
    const { scalar: type } = dtypes[dtype];
    const length = add(castTo(input(1, dtypes[total!.dtype].scalar), dtype), same(1e-6, input(0, type)));
    const factor = min(div(scalar(0, type), length), same(1, length));
    return { outputs: [{ dtype, expression: mul(input(0, type), factor) }], scalars: 1 };
  },
});

/**
 * Shortens the gradients of the parameters, in place, so that their norm together is at most `maxNorm`; returns the norm before, a tensor without dimensions. PyTorch:
 * `torch.nn.utils.clip_grad_norm_`.
 * @throws ValueError for a bound that is negative or no number, or if `errorIfNonfinite` and the norm isn't finite; nothing was changed then
 * @example
 * ```ts
 * import { clipGradNorm_ } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * const w = tensor([1, 1], { requiresGrad: true });
 * w.mul(tensor([3, 4])).sum().backward();
 * console.log(await clipGradNorm_([w], 1).item()); // prints: 5
 * console.log((await w.grad!.data()).map((x) => Math.round(x * 100) / 100)); // prints: Float32Array(2) [ 0.6000000238418579, 0.800000011920929 ]
 * ```
 */
export function clipGradNorm_(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  options: NormOptions = {},
): Tensor<[]> {
  checkBound('clipGradNorm_', maxNorm);
  const gradients = gradientsOf('clipGradNorm_', parameters);
  return noGrad<Tensor<[]>>(() => {
    const total = totalNorm('clipGradNorm_', gradients, options);
    for (const gradient of gradients) dispatchInto(shortenOp, [gradient, total], [maxNorm]);
    return total;
  });
}

/**
 * Holds every element of the gradients between -clipValue and clipValue, in place. PyTorch: `torch.nn.utils.clip_grad_value_`.
 * @throws ValueError for a negative bound
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  checkBound('clipGradValue_', clipValue);
  noGrad<void>(() => {
    for (const gradient of gradientsOf('clipGradValue_', parameters))
      clamp_(gradient, { min: -clipValue, max: clipValue });
  });
}
