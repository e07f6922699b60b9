/**
 * `reduce`. Sum: ȳ flows to every element through epilogue and body. Extremes: ties share evenly, as torch.amax does. Product: each element gets the product
 * of the others, so zeros are no special case.
 */
import {
  cast,
  differentiate,
  type Expression,
  equal,
  gradient,
  mentions,
  NnError,
  output,
  product,
  same,
  select,
} from '@nn/backend';
import { div, mul, type Tensor, toDType } from '@nn/tensor';
import {
  broadcastShapes,
  type Node,
  type Op,
  type Plan,
  type ReduceAttributes,
  type ReduceBuild,
  type Rule,
  savedInput,
} from '@nn/tensor/internal';
import { handle, restore, settle, stretched, sumTo } from './rule.ts';
import {
  type Derived,
  derive,
  derivedMap,
  derivedSum,
  readsOf,
  runDerived,
  type Source,
  usesCoordinate,
} from './symbolic.ts';

interface ReduceGradient {
  readonly derived: Derived;
  /** Null: the gradient is only stretched. */
  readonly op: Op | null;
  /** It reads no element, so it is computed in the result's shape and stretched afterwards. */
  readonly small: boolean;
}

const shapeOf = (plan: Plan): number[] =>
  broadcastShapes(
    plan.op.name,
    plan.inputs.map((layout) => layout.shape),
  );
const attributesOf = (node: Node): ReduceAttributes => node.plan.op.attributes as ReduceAttributes;
const builtOf = (plan: Plan): ReduceBuild => plan.built as ReduceBuild;

/** d result / d combined value, times the incoming gradient: said with the result, the gradient and scalars. */
function throughEpilogue(plan: Plan): Expression {
  const g = differentiate(builtOf(plan).epilogue, 0);
  if (g === null || mentions(g, 'input'))
    throw new NnError(
      plan.op.name,
      'the epilogue of a differentiable reduction must have a derivative in terms of its result',
    );
  return g;
}

/** The incoming gradient (already divided by the number of ties) where the element is the extreme. */
function whereExtreme({ body }: ReduceBuild): Expression {
  const g = gradient(body.type);
  return select(equal(body, output(body.type)), g, same(0, g));
}

function gradientOf(plan: Plan, j: number): ReduceGradient | null {
  const known = plan.derived[j] as ReduceGradient | null | undefined;
  if (known !== undefined) return known;
  const made = makeGradient(plan, j);
  plan.derived[j] = made;
  return made;
}

function makeGradient(plan: Plan, j: number): ReduceGradient | null {
  const built = builtOf(plan);
  const adjoint = built.combine === 'sum' ? throughEpilogue(plan) : whereExtreme(built);
  const derivative = differentiate(built.body, j, adjoint);
  if (derivative === null) return null;
  const derived = derive(derivative);
  const { dtype } = plan.inputs[j]!;
  if (derivative.op === 'gradient' && plan.out.dtype === dtype) return { derived, op: null, small: true };
  const name = `${plan.op.name}Gradient`;
  const placed = usesCoordinate(derived);
  const small = !mentions(derivative, 'input') && !placed;
  // What broadcasting stretched is summed in the same launch: pairs of rows have no table of all their elements.
  const dims = small || placed ? [] : stretched(plan.inputs[j]!.shape, shapeOf(plan));
  const op = dims.length > 0 ? derivedSum(name, derived, dtype, dims, true) : derivedMap(name, derived, dtype);
  return { derived, op, small };
}

/** Result and gradient enter stretched over the reduction's input. */
function overInput(node: Node): (t: Tensor, source: Source) => Tensor {
  const { dims, keepdim } = attributesOf(node);
  const shape = shapeOf(node.plan);
  return (t, source) => (typeof source === 'number' ? t : restore(t, shape, dims, keepdim));
}

/** The gradient of an extreme divided by how many elements are it. */
function shared(node: Node, g: Tensor): Tensor {
  const { body } = builtOf(node.plan);
  const derived = derive(cast(equal(body, output(body.type)), body.type));
  const op = derivedSum('ties', derived, node.plan.out.dtype, attributesOf(node).dims, true);
  const count = settle(runDerived(op, derived, node, g, overInput(node)), g.shape);
  const out = div(g, count);
  count.dispose();
  return out;
}

/** Dimensions of one element are no sum. */
function narrow(wide: Tensor, shape: readonly number[]): Tensor {
  if (product(wide.shape) === product(shape)) return settle(wide, shape);
  const out = sumTo(wide, shape);
  wide.dispose();
  return out;
}

export const reduceRule: Rule<'reduce'> = {
  needs: (plan, j) => {
    const { combine } = builtOf(plan);
    if (combine === 'argmax' || combine === 'argmin') return 0;
    if (combine === 'product') return 1;
    const made = gradientOf(plan, j);
    return made === null ? 0 : readsOf(made.derived);
  },
  apply: (node, j, g) => {
    const { plan } = node;
    const { combine } = builtOf(plan);
    if (combine === 'argmax' || combine === 'argmin') return null;
    const { dims, keepdim } = attributesOf(node);
    const shape = shapeOf(plan);
    if (combine === 'product') {
      const others = attributesOf(node).others!(savedInput(node, 0), dims);
      const wide = restore(g, shape, dims, keepdim);
      const found = mul(wide, others);
      for (const t of [others, wide]) t.dispose();
      return toDType(found, plan.inputs[j]!.dtype);
    }
    const made = gradientOf(plan, j);
    if (made === null) return null;
    const own = plan.inputs[j]!.shape;
    const incoming = combine === 'sum' ? g : shared(node, g);
    if (!made.small) return narrow(runDerived(made.op!, made.derived, node, incoming, overInput(node)), own);
    const value = made.op === null ? handle(incoming) : runDerived(made.op, made.derived, node, incoming);
    const wide = restore(value, shape, dims, keepdim);
    value.dispose();
    return narrow(wide, own);
  },
};
