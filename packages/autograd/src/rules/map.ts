/**
 * `map`: out = f(x₀, x₁, …) elementwise, so x̄ⱼ = Σ over what was stretched of ∂f/∂xⱼ · ḡ. The derivative is an expression; where xⱼ was stretched, sum and
 * derivative are one launch.
 */
import { differentiate } from '@nn/backend';
import { filled, type MapBuild, type Op, type Plan, type Rule } from '@nn/tensor/internal';
import { settle, stretched, sumTo } from './rule.ts';
import {
  type Derived,
  derive,
  derivedMap,
  derivedSum,
  overwriteDerived,
  readsOf,
  runDerived,
  usesCoordinate,
} from './symbolic.ts';

interface MapGradient {
  readonly derived: Derived;
  /** Null: the gradient passes unchanged. */
  readonly op: Op | null;
  /** The same over the gradient's memory, where it has the shape and dtype of the result. */
  readonly over: Op<'map'> | null;
  readonly summed: boolean;
}

/** Elements from which on memory that is at hand is worth more than the quicker door. */
const many = 1024;

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
  if (derivative.op === 'gradient' && own.dtype === dtype) return { derived, op: null, over: null, summed: false };
  const dims = stretched(own.shape, plan.out.shape);
  const name = `${plan.op.name}Gradient`;
  if (dims.length > 0 && !usesCoordinate(derived))
    return { derived, op: derivedSum(name, derived, own.dtype, dims), over: null, summed: true };
  const op = derivedMap(name, derived, own.dtype);
  const fits =
    dims.length === 0 && own.dtype === dtype && plan.out.size >= many && derived.sources.includes('gradient');
  return { derived, op, over: fits ? derivedMap(name, derived, dtype) : null, summed: false };
}

export const mapRule: Rule<'map'> = {
  needs: (plan, j) => {
    const made = gradientOf(plan, j);
    return made === null ? 0 : readsOf(made.derived);
  },
  apply: (node, j, g, spare) => {
    const made = gradientOf(node.plan, j);
    const own = node.plan.inputs[j]!;
    const { shape } = own;
    // Steps (floor, sign, what was overwritten) pass a gradient of zeros, as in PyTorch: "no gradient" would say that the input isn't used.
    if (made === null) return filled(own.device, own.dtype, shape, 0);
    if (made.op === null) return sumTo(g, shape);
    if (spare && made.over !== null) return overwriteDerived(made.over, made.derived, node, g);
    // Where the derivative reads nothing of full shape (a number times a number, say), its result may still have to be stretched.
    const value = runDerived(made.op, made.derived, node, g);
    if (made.summed) return settle(value, shape);
    const out = sumTo(value, shape);
    if (out !== value) value.dispose();
    return out;
  },
};
