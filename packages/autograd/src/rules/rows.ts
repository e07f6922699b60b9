/**
 * `rows`: closed under differentiation. For y = E(x, r₁, r₂ …) with rₖ = Σ or max over the row of bₖ(x, r₁ … rₖ₋₁), reverse mode goes through the reductions from the last
 * to the first: r̄ₖ = Σ over the row of what reaches rₖ, and x̄ collects E's and every bₖ's part. All of it is one `rows` kernel again. An op may state a
 * cheaper gradient (softmax: from its output).
 */
import {
  add, type Combine, cast, castTo,differentiate, div, type Expression, equal, gradient as gradientLeaf, input, NnError, rewrite, same, select, withArguments, 
} from '@nn/backend'; // biome-ignore format: a list
import type { Tensor } from '@nn/tensor';
import {
  bit,
  dispatch,
  dispatchMany,
  type Node,
  Op,
  outputBit,
  type Plan,
  type RowsAttributes,
  type RowsBuild,
  type RowsGradient,
  type Rule,
  reshape,
  sameNumbers,
  savedInput,
} from '@nn/tensor/internal';
import { savedOutput, sumTo } from './rule.ts';

function gradientOf(plan: Plan, j: number): RowsGradient | null {
  const known = plan.derived[j] as RowsGradient | null | undefined;
  if (known !== undefined) return known;
  const attributes = plan.op.attributes as RowsAttributes;
  const made = attributes.gradient?.(j) ?? derive(plan, j);
  plan.derived[j] = made;
  return made;
}

interface Reduction {
  readonly combine: Combine;
  readonly body: Expression;
}

const plus = (x: Expression | null, y: Expression | null): Expression | null =>
  x === null ? y : y === null ? x : add(x, y);

/** The general derivation, over (inputs…, gradient). */
function derive(plan: Plan, j: number): RowsGradient | null {
  const built = plan.built as RowsBuild;
  const n = plan.inputs.length;
  const old = built.reductions.length;
  // One more operand, the gradient, comes before the reductions.
  const shift = (e: Expression): Expression =>
    rewrite(e, (node, args) =>
      node.op === 'input' && node.value >= n ? input(node.value + 1, node.type) : withArguments(node, args),
    );
  const placeGradient = (e: Expression): Expression =>
    rewrite(e, (node, args) => (node.op === 'gradient' ? input(n, node.type) : withArguments(node, args)));
  const main = shift(built.outputs[0]!.expression);
  const bodies = built.reductions.map(({ combine, body }) => ({ combine, body: shift(body) }));
  const reductions: Reduction[] = [...bodies];
  const incoming = placeGradient(gradientLeaf(main.type));
  const part = (e: Expression, index: number, g: Expression): Expression | null => differentiate(e, index, g);
  const { perRow } = built.outputs[0]!;
  let result = part(main, j, incoming);
  // What reaches each reduction: from an output a row it is there already, from one an element, and from later bodies, it is still to be summed.
  const reach = bodies.map((_, k) => (perRow ? null : part(main, n + 1 + k, incoming)));
  const direct = bodies.map((_, k) => (perRow ? part(main, n + 1 + k, incoming) : null));
  for (let k = old - 1; k >= 0; k--) {
    const sum = reach[k]!;
    const { combine, body } = bodies[k]!;
    const summed = sum === null ? null : input(n + reductions.push({ combine: 'sum', body: sum }), sum.type);
    let adjoint = plus(direct[k]!, summed);
    if (adjoint === null) continue;
    const self = input(n + 1 + k, body.type);
    if (combine === 'max' || combine === 'min') {
      const count = reductions.push({ combine: 'sum', body: cast(equal(body, self), body.type) }) - 1;
      adjoint = select(equal(body, self), div(adjoint, input(n + 1 + count, body.type)), same(0, adjoint));
    } else if (combine !== 'sum')
      throw new NnError(plan.op.name, 'a product inside rows has no derived gradient; state one');
    for (let m = 0; m < k; m++) reach[m] = plus(reach[m]!, part(body, n + 1 + m, adjoint));
    result = plus(result, part(body, j, adjoint));
  }
  if (result === null) return null;
  const { dtype } = plan.inputs[j]!;
  const expression = castTo(result, dtype);
  const build = (): RowsBuild => ({
    reductions,
    outputs: [{ dtype, expression, perRow: false }],
    scalars: built.scalars,
  });
  const op = new Op('rows', `${plan.op.name}Gradient`, { build, gradient: null });
  return { operands: [...plan.inputs.map((_, i) => i), 'gradient'], op };
}

export const rowsRule: Rule<'rows'> = {
  needs: (plan, j) => {
    const made = gradientOf(plan, j);
    return made === null
      ? 0
      : made.operands.reduce<number>(
          (mask, s) => mask | (s === 'output' ? outputBit : s === 'gradient' ? 0 : bit(s)),
          0,
        );
  },
  apply: (node, j, g) => {
    const made = gradientOf(node.plan, j);
    if (made === null) return null;
    const { perRow } = (node.plan.built as RowsBuild).outputs[0]!;
    const operands = made.operands.map((s) => operandOf(node, g, s, perRow));
    const [a, b, c] = operands;
    const value =
      operands.length <= 3
        ? dispatch(made.op, a!, b ?? null, c ?? null, node.scalars)
        : dispatchMany(made.op, operands, node.scalars)[0]!;
    if (perRow) for (const [k, s] of made.operands.entries()) if (typeof s === 'string') operands[k]!.dispose();
    const own = node.plan.inputs[j]!.shape;
    if (sameNumbers(value.layout.shape, own)) return value;
    const out = sumTo(value, own);
    if (out !== value) value.dispose();
    return out;
  },
};

/** A value as the gradient's kernel takes it: what is one a row, broadcast along the row. */
function operandOf(node: Node, g: Tensor, source: RowsGradient['operands'][number], perRow: boolean): Tensor {
  if (typeof source === 'number') return savedInput(node, source);
  const t = source === 'gradient' ? g : savedOutput(node);
  return perRow ? reshape(t, [...t.layout.shape, 1]) : t;
}
