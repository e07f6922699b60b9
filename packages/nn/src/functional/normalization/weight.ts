/** Weights as a direction and a length: the formulas of weight normalization (Salimans & Kingma 2016). */
import { ShapeError } from '@nn/backend';
import { div, mul, norm, type Tensor } from '@nn/tensor';
import { checkNamed, dimension, shapeText } from '@nn/tensor/internal';

/** Which norms there are. */
export interface NormExceptDimOptions {
  /** The p of the norm; 2. */
  readonly pow?: number | undefined;
  /** The dimension that has a norm each; 0. Null (or -1, as PyTorch has it): one norm of everything. */
  readonly dim?: number | null | undefined;
}

export interface WeightNormalizeOptions {
  /** The dimension that has a length each; 0. Null (or -1, as PyTorch has it): one length of everything. */
  readonly dim?: number | null | undefined;
}

/** The dimension, or null for all. */
function keptDim(op: string, v: Tensor, dim: number | null | undefined): number | null {
  if (dim === null || dim === -1) return null;
  return dimension(op, dim ?? 0, v.layout.shape.length);
}

/**
 * Norms of v over all dimensions but `dim`, which keeps its size while the others become 1; a scalar without one. PyTorch: `torch.norm_except_dim`.
 * @example
 * ```ts
 * import { normExceptDim } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await normExceptDim(tensor([[3, 4], [6, 8]])).toArray()); // prints: [ [ 5 ], [ 10 ] ]
 * ```
 */
export function normExceptDim(v: Tensor, options: NormExceptDimOptions = {}): Tensor {
  const { pow: p = 2 } = checkNamed('normExceptDim', options);
  const kept = keptDim('normExceptDim', v, options.dim);
  if (kept === null) return norm(v, { p }) as Tensor;
  const dim = v.layout.shape.map((_, d) => d).filter((d) => d !== kept);
  return (
    dim.length === 0 ? norm(v.unsqueeze(1), { p, dim: 1 as never }) : norm(v, { p, dim: dim as never, keepdim: true })
  ) as Tensor;
}

/**
 * g v / ‖v‖ with a norm for each place of `dim`: the weight of length g in the direction of v. PyTorch: `torch._weight_norm`.
 * @param g of v's shape with 1 in all dimensions but `dim`; a scalar if there is none
 * @example
 * ```ts
 * import { weightNormalize } from '@nn/nn';
 * import { tensor } from '@nn/tensor';
 * console.log(await weightNormalize(tensor([[3, 4]]), tensor([[10]])).toArray()); // prints: [ [ 6, 8 ] ]
 * ```
 */
export function weightNormalize(v: Tensor, g: Tensor, options: WeightNormalizeOptions = {}): Tensor {
  const norms = normExceptDim(v, { dim: checkNamed('weightNormalize', options).dim });
  if (g.layout.size !== norms.layout.size || g.layout.shape.length !== norms.layout.shape.length)
    throw new ShapeError(
      'weightNormalize',
      `g has shape ${shapeText(g.layout.shape)}, expected ${shapeText(norms.layout.shape)} for v ${shapeText(v.layout.shape)}`,
    );
  const factor = div(g, norms) as Tensor;
  const out = mul(v, factor) as Tensor;
  norms.dispose();
  factor.dispose();
  return out;
}
