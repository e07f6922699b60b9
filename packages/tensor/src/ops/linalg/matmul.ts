/** Matrix products. Vectors are matrices with a dimension of size 1; batches broadcast. */
import { ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { Op } from '../../core/op.ts';
import { innerSizes } from '../../core/plan-matmul.ts';
import type { Tensor } from '../../tensor.ts';
import type { LinearFunctionSignature, MatMulFunction } from '../../types/signatures.ts';
import { reshape, transpose } from '../shape/views.ts';

const product = new Op('matmul', 'matmul', { addend: 'none' });
const productPlus = new Op('matmul', 'linear', { addend: 'plain' });

/** `matmul` for other ops, without types. */
export function matmulOf(left: Tensor, right: Tensor): Tensor {
  const [l, r] = [left.layout.shape, right.layout.shape];
  if (l.length === 0 || r.length === 0)
    throw new ShapeError('matmul', `both operands need a dimension at least: ${shapeText(l)} and ${shapeText(r)}; use mul for scalars`);
  if (l[l.length - 1] !== r[Math.max(r.length - 2, 0)]) throw innerSizes('matmul', l, r);
  if (l.length > 1 && r.length > 1) return dispatch(product, left, right);
  const a = l.length === 1 ? reshape(left, [1, l[0]!]) : left;
  const b = r.length === 1 ? reshape(right, [r[0]!, 1]) : right;
  const out = dispatch(product, a, b);
  const shape = out.layout.shape;
  const batch = shape.slice(0, -2);
  return reshape(out, [...batch, ...(l.length === 1 ? [] : [shape[shape.length - 2]!]), ...(r.length === 1 ? [] : [shape[shape.length - 1]!])]);
}

/**
 * Matrix product of [..., m, k] and [..., k, n] → [..., m, n]; a vector on either side stands for a row or column that is dropped from the result; batch
 * dimensions broadcast. Both operands have one dtype. A wrong inner size is a compile error where the shapes are literal, a `ShapeError` otherwise;
 * PyTorch: `torch.matmul`.
 * @example
 * ```ts
 * import { matmul, tensor } from '@nn/tensor';
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(await matmul(a, tensor([1, 1])).toArray()); // prints: [ 3, 7 ]
 * ```
 */
export const matmul: MatMulFunction = matmulOf as MatMulFunction;

function linearOf(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  const [s, w] = [x.layout.shape, weight.layout.shape];
  if (w.length > 2 || w.length === 0 || s.length === 0)
    throw new ShapeError('linear', `the weight must be (out, in) and the input have a dimension at least: ${shapeText(w)} and ${shapeText(s)}`);
  if (s[s.length - 1] !== w[w.length - 1])
    throw new ShapeError('linear', `the input has ${s[s.length - 1]} features, expected ${w[w.length - 1]}: input ${shapeText(s)}, weight ${shapeText(w)}`);
  if (w.length === 1 || s.length === 1) {
    const out = matmulOf(x, w.length === 1 ? weight : transpose(weight, 0, 1));
    return bias === undefined || bias === null ? out : out.add(bias);
  }
  const right = transpose(weight, 0, 1);
  return bias === undefined || bias === null ? dispatch(product, x, right) : dispatch(productPlus, x, right, bias);
}

/** x [..., in] @ weight [out, in]ᵀ + bias [out] → [..., out], in one launch; PyTorch: `F.linear`. */
export const linear: LinearFunctionSignature = linearOf as LinearFunctionSignature;
