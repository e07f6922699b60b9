/**
 * `map`: out = f(x₀, x₁, …) elementwise, so x̄ⱼ = Σ over what was stretched of ∂f/∂xⱼ · ḡ. The derivative is an expression; where xⱼ was stretched, sum and
 * derivative are one launch.
 */
import { differentiate } from '@nn/backend';
import { filled, type MapBuild, type Op, type Plan, type Rule } from '@nn/tensor/internal';
import { settle, stretched, sumTo } from './rule.ts';
import { type Derived, derive, derivedMap, derivedSum, readsOf, runDerived, usesCoordinate } from './symbolic.ts';

interface MapGradient {
  readonly derived: Derived;
  /** Null: the gradient passes unchanged. */
  readonly op: Op | null;
  readonly summed: boolean;
}

function gradientOf(plan: Plan, j: number): MapGradient | null {
  const known = plan.derived[j] as MapGradient | null | undefined;
  if (known !== undefined) return known;
  const made = makeGradient(plan, j);
  plan.derived[j] = made;
  return made;
}

function makeGradient(plan: Plan, j: number): MapGradient | null {
  const { expression, dtype } = (plan.built as MapBuild).outputs[0]!;
  const derivative = differentiate(expression, j);
  if (derivative === null) return null;
  const derived = derive(derivative);
  const own = plan.inputs[j]!;
  if (derivative.op === 'gradient' && own.dtype === dtype) return { derived, op: null, summed: false };
  const dims = stretched(own.shape, plan.out.shape);
  const name = `${plan.op.name}Gradient`;
  if (dims.length === 0 || usesCoordinate(derived))
    return { derived, op: derivedMap(name, derived, own.dtype), summed: false };
  return { derived, op: derivedSum(name, derived, own.dtype, dims), summed: true };
}

export const mapRule: Rule<'map'> = {
  needs: (plan, j) => {
    const made = gradientOf(plan, j);
    return made === null ? 0 : readsOf(made.derived);
  },
  apply: (node, j, g) => {
    const made = gradientOf(node.plan, j);
    const own = node.plan.inputs[j]!;
    const { shape } = own;
    // Steps (floor, sign, what was overwritten) pass a gradient of zeros, as in PyTorch: "no gradient" would say that the input isn't used.
    if (made === null) return filled(own.device, own.dtype, shape, 0);
    if (made.op === null) return sumTo(g, shape);
    // Where the derivative reads nothing of full shape (a number times a number, say), its result may still have to be stretched.
    const value = runDerived(made.op, made.derived, node, g);
    if (made.summed) return settle(value, shape);
    const out = sumTo(value, shape);
    if (out !== value) value.dispose();
    return out;
  },
};
