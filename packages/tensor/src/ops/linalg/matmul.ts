/** Matrix products. Vectors are matrices with a dimension of size 1; batches broadcast. */
import { ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { Op } from '../../core/op.ts';
import { innerSizes } from '../../core/plan-matmul.ts';
import type { Tensor } from '../../tensor.ts';
import { reshape, transpose } from '../shape/views.ts';

const product = new Op('matmul', 'matmul', { addend: 'none' });
const productPlus = new Op('matmul', 'linear', { addend: 'plain' });

/**
 * Matrix product of [..., m, k] and [..., k, n] → [..., m, n]; a vector on either side stands for a row or column that is dropped from the result; batch
 * dimensions broadcast. PyTorch: `torch.matmul`.
 */
export function matmul(left: Tensor, right: Tensor): Tensor {
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

/** x [..., in] @ weight [out, in]ᵀ + bias [out]; PyTorch: `F.linear`. */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  const [s, w] = [x.layout.shape, weight.layout.shape];
  if (w.length > 2 || w.length === 0 || s.length === 0)
    throw new ShapeError('linear', `the weight must be (out, in) and the input have a dimension at least: ${shapeText(w)} and ${shapeText(s)}`);
  if (s[s.length - 1] !== w[w.length - 1])
    throw new ShapeError('linear', `the input has ${s[s.length - 1]} features, expected ${w[w.length - 1]}: input ${shapeText(s)}, weight ${shapeText(w)}`);
  if (w.length === 1 || s.length === 1) {
    const out = matmul(x, w.length === 1 ? weight : transpose(weight, 0, 1));
    return bias === undefined || bias === null ? out : out.add(bias);
  }
  const right = transpose(weight, 0, 1);
  return bias === undefined || bias === null ? dispatch(product, x, right) : dispatch(productPlus, x, right, bias);
}
