/** `matmul`: y = a b (+ c), so ā = ȳ bᵀ, b̄ = aᵀ ȳ, c̄ = ȳ; batch dimensions that were stretched are summed. */
import { mul, type Tensor } from '@nn/tensor';
import { dispatch, type Layout, type MatmulAttributes, type Node, Op, reshape, transpose } from '@nn/tensor/internal';
import { bit, type Rule, savedInput, sumTo } from './rule.ts';

const product = new Op('matmul', 'matmul', { addend: 'none' });
const addendOf = (node: Node): MatmulAttributes['addend'] => (node.plan.op.attributes as MatmulAttributes).addend;

const transposed = (t: Tensor): Tensor => transpose(t, -2, -1);

/** Sums stretched batch dimensions; the product is given back if that made another tensor. */
function narrow(value: Tensor, shape: readonly number[]): Tensor {
  const out = sumTo(value, shape);
  if (out !== value) value.dispose();
  return out;
}

/**
 * aᵀ ȳ. For a batched left operand and one right matrix the batch is only more rows. A right operand that is itself a transpose (a weight in PyTorch's layout) gets (ȳᵀ a)ᵀ, so
 * that the weight's own gradient comes out dense.
 */
function rightGradient(left: Tensor, g: Tensor, { shape, strides }: Layout): Tensor {
  if (shape.length > 2 || (left.shape.length > 2 && !left.layout.contiguous))
    return narrow(dispatch(product, transposed(left), g), shape);
  const rows = flat(left);
  const incoming = flat(g);
  if (strides[0] !== 1 || strides[1] === 1) return dispatch(product, transposed(rows), incoming);
  const swapped = dispatch(product, transposed(incoming), rows);
  const out = transposed(swapped);
  swapped.dispose();
  return out;
}

/** All rows of a batch as one matrix. */
function flat(t: Tensor): Tensor {
  const columns = t.shape[t.shape.length - 1]!;
  return t.shape.length === 2 ? t : reshape(t, [t.layout.size / Math.max(columns, 1), columns]);
}

export const matmulRule: Rule<'matmul'> = {
  needs: (_, j) => (j === 0 ? bit(1) : j === 1 ? bit(0) : 0),
  apply: (node, j, g) => {
    const own = node.plan.inputs[j]!;
    const { shape } = own;
    const scale = addendOf(node) === 'scaled' ? node.scalars[j === 2 ? 1 : 0]! : 1;
    const incoming = scale === 1 ? g : mul(g, scale);
    const out =
      j === 0
        ? narrow(dispatch(product, incoming, transposed(savedInput(node, 1))), shape)
        : j === 1
          ? rightGradient(savedInput(node, 0), incoming, own)
          : sumTo(incoming, shape);
    if (incoming !== g && incoming !== out) incoming.dispose();
    return out;
  },
};
