/** `matmul`: y = a b (+ c), so ā = ȳ bᵀ, b̄ = aᵀ ȳ, c̄ = ȳ; batch dimensions that were stretched are summed. */
import { mul, type Tensor } from '@nn/tensor';
import {
  bit,
  dispatch,
  type MatmulAttributes,
  type Node,
  Op,
  type Rule,
  reshape,
  savedInput,
  transpose,
} from '@nn/tensor/internal';
import { sumTo } from './rule.ts';

const attributesOf = (node: Node): MatmulAttributes => node.plan.op.attributes as MatmulAttributes;

/** Products of plain and transposed operands: [left transposed][right transposed]. */
const products = [false, true].map((transposeLeft) =>
  [false, true].map((transposeRight) => new Op('matmul', 'matmul', { addend: 'none', transposeLeft, transposeRight })),
);

const product = (a: Tensor, aTransposed: boolean, b: Tensor, bTransposed: boolean): Tensor =>
  dispatch(products[aTransposed ? 1 : 0]![bTransposed ? 1 : 0]!, a, b);

/** Sums stretched batch dimensions; the product is given back if that made another tensor. */
function narrow(value: Tensor, shape: readonly number[]): Tensor {
  const out = sumTo(value, shape);
  if (out !== value) value.dispose();
  return out;
}

/** ȳ bᵀ, or its transpose where a entered transposed. */
function leftGradient(node: Node, g: Tensor): Tensor {
  const { transposeLeft = false, transposeRight = false } = attributesOf(node);
  const right = savedInput(node, 1);
  const { shape } = node.plan.inputs[0]!;
  return narrow(
    transposeLeft ? product(right, transposeRight, g, true) : product(g, false, right, !transposeRight),
    shape,
  );
}

/**
 * aᵀ ȳ, or ȳᵀ a where b entered transposed. For a batched left operand and one right matrix the batch is only more rows. A right operand that is itself a transposed view
 * gets (ȳᵀ a)ᵀ, so that the gradient of what it views comes out dense.
 */
function rightGradient(node: Node, g: Tensor): Tensor {
  const { transposeLeft = false, transposeRight = false } = attributesOf(node);
  const left = savedInput(node, 0);
  const { shape, strides } = node.plan.inputs[1]!;
  if (shape.length > 2 || (left.layout.shape.length > 2 && (transposeLeft || !left.layout.contiguous)))
    return narrow(
      transposeRight ? product(g, true, left, transposeLeft) : product(left, !transposeLeft, g, false),
      shape,
    );
  const rows = flat(left);
  const incoming = flat(g);
  const isView = !transposeRight && strides[0] === 1 && strides[1] !== 1;
  const found =
    transposeRight || isView
      ? product(incoming, true, rows, transposeLeft)
      : product(rows, !transposeLeft, incoming, false);
  if (rows !== left) rows.dispose();
  if (incoming !== g) incoming.dispose();
  if (!isView) return found;
  const out = transpose(found, 0, 1);
  found.dispose();
  return out;
}

/** All rows of a batch as one matrix. */
function flat(t: Tensor): Tensor {
  const { shape } = t.layout;
  if (shape.length === 2) return t;
  const rows = shape.slice(0, -1).reduce((n, each) => n * each, 1);
  return reshape(t, [rows, shape[shape.length - 1]!]);
}

export const matmulRule: Rule<'matmul'> = {
  needs: (_, j) => (j === 0 ? bit(1) : j === 1 ? bit(0) : 0),
  apply: (node, j, g) => {
    const scale = attributesOf(node).addend === 'scaled' ? node.scalars[j === 2 ? 1 : 0]! : 1;
    const incoming = scale === 1 ? g : mul(g, scale);
    const out =
      j === 0
        ? leftGradient(node, incoming)
        : j === 1
          ? rightGradient(node, incoming)
          : sumTo(incoming, node.plan.inputs[2]!.shape);
    if (incoming !== g && incoming !== out) incoming.dispose();
    return out;
  },
};
