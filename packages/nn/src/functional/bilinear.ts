/** The bilinear form of two inputs. */
import { ShapeError } from '@nn/backend';
import { matmul, type Tensor, transpose, unsqueeze } from '@nn/tensor';
import { reshape, sameNumbers, shapeText, sizeOf, sizesOf } from '@nn/tensor/internal';
import { productSum } from './product-sum.ts';

/**
 * y[…, o] = Σᵢⱼ x1[…, i] W[o, i, j] x2[…, j] + b[o]; PyTorch: `F.bilinear`.
 * @param input1 (…, in1)
 * @param input2 (…, in2), of the same leading sizes
 * @param weight (out, in1, in2)
 * @param bias (out), or none
 * @throws ShapeError if the sizes don't fit
 */
export function bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const [a, b, w] = [sizesOf('bilinear', input1), sizesOf('bilinear', input2), sizesOf('bilinear', weight)];
  const told = `inputs ${shapeText(a)} and ${shapeText(b)}, weight ${shapeText(w)}`;
  if (w.length !== 3) throw new ShapeError('bilinear', `the weight must be (out, in1, in2): ${told}`);
  if (a.length === 0 || !sameNumbers(a.slice(0, -1), b.slice(0, -1)))
    throw new ShapeError('bilinear', `the inputs must have the same sizes but the last: ${told}`);
  if (a.at(-1) !== w[1] || b.at(-1) !== w[2])
    throw new ShapeError(
      'bilinear',
      `the inputs have ${a.at(-1)} and ${b.at(-1)} features, expected ${w[1]} and ${w[2]}: ${told}`,
    );
  if (bias !== null && !sameNumbers(sizesOf('bilinear', bias), [w[0]!]))
    throw new ShapeError('bilinear', `the bias has shape ${shapeText(bias.shape)}, expected (${w[0]},)`);
  const leading = a.slice(0, -1);
  const rows = reshape(input1, [sizeOf(leading), w[1]!]);
  const others = reshape(input2, [sizeOf(leading), w[2]!]);
  const wide = unsqueeze(rows, 0) as Tensor;
  const half = matmul(wide, weight) as Tensor; // (out, rows, in2)
  const form = productSum(half, others); // (out, rows)
  const turned = transpose(form, 0, 1) as Tensor;
  const product = reshape(turned, [...leading, w[0]!]);
  // The sum comes last, so that with a bias the result is no view, as in PyTorch: of a view that is written through a view of it, no gradient is found.
  const out = bias === null ? product : (product.add(bias as never) as Tensor);
  for (const t of [rows, others, wide, half, form, turned, product])
    if (t !== input1 && t !== input2 && t !== out) t.dispose();
  return out;
}
