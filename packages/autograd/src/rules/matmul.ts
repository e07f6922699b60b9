/** `matmul`: y = a b (+ c), so ā = ȳ bᵀ, b̄ = aᵀ ȳ, c̄ = ȳ; batch dimensions that were stretched are summed. */
import { mul, type Tensor } from '@nn/tensor';
import { dispatch, type MatmulAttributes, type Node, Op, reshape, transpose } from '@nn/tensor/internal';
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

/** aᵀ ȳ for a batched left operand and one right matrix: the batch is only more rows. */
function rightGradient(left: Tensor, g: Tensor, shape: readonly number[]): Tensor {
  if (shape.length === 2 && left.shape.length > 2 && left.layout.contiguous) {
    const [k, n] = [left.shape[left.shape.length - 1]!, g.shape[g.shape.length - 1]!];
    const rows = reshape(left, [left.layout.size / Math.max(k, 1), k]);
    const incoming = reshape(g, [g.layout.size / Math.max(n, 1), n]);
    return dispatch(product, transposed(rows), incoming);
  }
  return narrow(dispatch(product, transposed(left), g), shape);
}

export const matmulRule: Rule<'matmul'> = {
  needs: (_, j) => (j === 0 ? bit(1) : j === 1 ? bit(0) : 0),
  apply: (node, j, g) => {
    const { shape } = node.plan.inputs[j]!;
    const scale = addendOf(node) === 'scaled' ? node.scalars[j === 2 ? 1 : 0]! : 1;
    const incoming = scale === 1 ? g : mul(g, scale);
    const out =
      j === 0
        ? narrow(dispatch(product, incoming, transposed(savedInput(node, 1))), shape)
        : j === 1
          ? rightGradient(savedInput(node, 0), incoming, shape)
          : sumTo(incoming, shape);
    if (incoming !== g && incoming !== out) incoming.dispose();
    return out;
  },
};
