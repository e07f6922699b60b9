/** Matrix products. Vectors are matrices with a dimension of size 1; batches broadcast. */
import { DTypeError, dtypes, input, mul, ShapeError } from '@nn/backend';
import { shapeText } from '../../core/collapse.ts';
import { dispatch } from '../../core/dispatch.ts';
import { contiguousStrides } from '../../core/layout.ts';
import { Op } from '../../core/op.ts';
import { innerSizes } from '../../core/plan-matmul.ts';
import { dispatchThen } from '../../core/then.ts';
import type { Tensor } from '../../tensor.ts';
import type { LinearFunctionSignature, MatMulFunction } from '../../types/signatures.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { finish, regroup, reshape, transpose } from '../shape/views.ts';

const matrixProduct = new Op('matmul', 'matmul', { addend: 'none' }, 'MmBackward0');
const batchProduct = new Op('matmul', 'matmul', { addend: 'none' }, 'BmmBackward0');
const linearProduct = new Op('matmul', 'linear', { addend: 'none', transposeRight: true }, 'MmBackward0');
const linearPlus = new Op('matmul', 'linear', { addend: 'plain', transposeRight: true }, 'AddmmBackward0');

/** Product of two operands with two dimensions at least. */
const productOf = (left: Tensor, right: Tensor): Tensor =>
  dispatch(
    left.layout.shape.length === 2 && right.layout.shape.length === 2 ? matrixProduct : batchProduct,
    left,
    right,
  );

/** Sum of the products of two vectors' elements, in one reduction. */
const dotOp = new Op('reduce', 'dot', {
  dims: [0],
  keepdim: false,
  build: ([x, y]) => {
    const { dtype } = x!;
    if (dtype !== y!.dtype || dtype === 'bool')
      throw new DTypeError(
        'matmul',
        `dtypes differ or are bool: ${dtype} and ${y!.dtype}; convert with .to('float32')`,
      );
    const { scalar } = dtypes[dtype];
    return {
      dtype,
      combine: 'sum',
      body: mul(input(0, scalar), input(1, scalar)),
      epilogue: input(0, scalar),
      scalars: 0,
    };
  },
});

/** `matmul` for other ops, without types. */
export function matmulOf(left: Tensor, right: Tensor): Tensor {
  const l = sizesOf('matmul', left);
  const r = sizesOf('matmul', right);
  if (l.length === 0 || r.length === 0)
    throw new ShapeError(
      'matmul',
      `both operands need a dimension at least: ${shapeText(l)} and ${shapeText(r)}; use mul for scalars`,
    );
  if (l[l.length - 1] !== r[Math.max(r.length - 2, 0)]) throw innerSizes('matmul', l, r);
  if (l.length > 1 && r.length > 1) return productOf(left, right);
  if (l.length === 1 && r.length === 1) return dispatch(dotOp, left, right);
  const a = l.length === 1 ? reshape(left, [1, l[0]!]) : left;
  const b = r.length === 1 ? reshape(right, [r[0]!, 1]) : right;
  const product = productOf(a, b);
  const { shape } = product.layout;
  const kept = shape.filter(
    (_, d) => (l.length > 1 || d !== shape.length - 2) && (r.length > 1 || d !== shape.length - 1),
  );
  const out = regroup(product, 'mv', kept, contiguousStrides(kept));
  // Nothing else reaches the product, so the result is no view of it.
  out.base = null;
  if (a !== left) a.dispose();
  return finish(out, right, b, product);
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

/** `linear`, then an elementwise op: in one launch, where there is a way. */
export function linearThen(x: Tensor, weight: Tensor, bias: Tensor | null | undefined, then: Op<'map'> | null): Tensor {
  const s = sizesOf('linear', x);
  const w = sizesOf('linear', weight);
  if (w.length > 2 || w.length === 0 || s.length === 0)
    throw new ShapeError(
      'linear',
      `the weight must be (out, in) and the input have a dimension at least: ${shapeText(w)} and ${shapeText(s)}`,
    );
  if (s[s.length - 1] !== w[w.length - 1])
    throw new ShapeError(
      'linear',
      `the input has ${s[s.length - 1]} features, expected ${w[w.length - 1]}: input ${shapeText(s)}, weight ${shapeText(w)}`,
    );
  if (w.length === 1 || s.length === 1) {
    const columns = w.length === 1 ? weight : transpose(weight, 0, 1);
    const out = matmulOf(x, columns);
    const sum = bias === undefined || bias === null ? out : (out.add(bias) as Tensor);
    return finish(then === null ? sum : dispatch(then, sum), weight, columns, out, sum);
  }
  return bias === undefined || bias === null
    ? dispatchThen(linearProduct, then, x, weight)
    : dispatchThen(linearPlus, then, x, weight, bias);
}

const linearOf = (x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor => linearThen(x, weight, bias, null);

/** x [..., in] @ weight [out, in]ᵀ + bias [out] → [..., out], in one launch; PyTorch: `F.linear`. */
export const linear: LinearFunctionSignature = linearOf as LinearFunctionSignature;
