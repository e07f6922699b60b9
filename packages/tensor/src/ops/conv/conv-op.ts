/**
 * The `conv` op with its gradients: with y = C(x, w), the pairings ⟨ȳ, C(x, w)⟩ = ⟨x, X(ȳ, w)⟩ = ⟨w, W(ȳ, x)⟩ define the roles inputGradient X and weightGradient W.
 * All three are linear in both operands, so each one's gradients are the other two. A bias takes the sum of ȳ over all but the channels.
 */
import { bit, type Node, savedInput } from '../../core/node.ts';
import { type ConvAttributes, Op, type Rule } from '../../core/op.ts';
import type { Plan } from '../../core/plan.ts';
import { planConv } from '../../core/plan-conv.ts';
import { dispatchThen } from '../../core/then.ts';
import type { Tensor } from '../../tensor.ts';
import { sum } from '../reduce/sum.ts';
import { contiguous } from '../shape/views.ts';

/** Runs a conv op, and an elementwise one on what it gives. Strided operands are copied first: the kernel reads dense memory. */
export function dispatchConv(
  op: Op<'conv'>,
  a: Tensor,
  b: Tensor,
  bias: Tensor | null = null,
  then: Op<'map'> | null = null,
): Tensor {
  const [first, second] = [contiguous(a), contiguous(b)];
  const third = bias === null ? null : contiguous(bias);
  const out = dispatchThen(op, then, first, second, third);
  if (first !== a) first.dispose();
  if (second !== b) second.dispose();
  if (third !== null && third !== bias) third.dispose();
  return out;
}

type Role = ConvAttributes['role'];

interface ConvGradient {
  readonly role: Role;
  /** Its operands, in the role's order. */
  readonly operands: readonly ['gradient', 0 | 1] | readonly [0 | 1, 'gradient'];
}

/** Gradients of the two operands, by role. */
const gradients: { readonly [R in Role]: readonly [ConvGradient, ConvGradient] } = {
  // x, w → y
  forward: [
    { role: 'inputGradient', operands: ['gradient', 1] },
    { role: 'weightGradient', operands: ['gradient', 0] },
  ],
  // ȳ, w → x̄
  inputGradient: [
    { role: 'forward', operands: ['gradient', 1] },
    { role: 'weightGradient', operands: [0, 'gradient'] },
  ],
  // ȳ, x → w̄
  weightGradient: [
    { role: 'forward', operands: [1, 'gradient'] },
    { role: 'inputGradient', operands: [0, 'gradient'] },
  ],
};

/** The op that gives gradient j, kept with the plan: its result has input j's sizes. */
function opOf(plan: Plan, j: number, role: Role): Op<'conv'> {
  let op = plan.derived[j] as Op<'conv'> | undefined;
  if (op === undefined) {
    const { geometry } = plan.op.attributes as ConvAttributes;
    const name = plan.op.name.replace(/(Backward)?$/, 'Backward');
    op = convOp(name, { role, geometry, size: plan.inputs[j]!.shape.slice(2) }, 'ConvolutionBackwardBackward0');
    plan.derived[j] = op;
  }
  return op;
}

const gradientOf = (plan: Plan, j: number): ConvGradient | undefined =>
  gradients[(plan.op.attributes as ConvAttributes).role][j];

const rule: Rule<'conv'> = {
  needs: (plan, j) => {
    const made = gradientOf(plan, j);
    return made === undefined
      ? 0
      : made.operands.reduce<number>((mask, k) => mask | (k === 'gradient' ? 0 : bit(k)), 0);
  },
  apply: (node: Node, j, g) => {
    const made = gradientOf(node.plan, j);
    if (made === undefined) return sum(g, { dim: g.shape.map((_, d) => d).filter((d) => d !== 1) } as never) as Tensor;
    const [a, b] = made.operands.map((k): Tensor => (k === 'gradient' ? g : savedInput(node, k)));
    return dispatchConv(opOf(node.plan, j, made.role), a!, b!);
  },
};

const own = { plan: planConv, rule };

/** A conv op, with its planner and its rule. */
export const convOp = (name: string, attributes: ConvAttributes, gradName: string): Op<'conv'> =>
  new Op('conv', name, attributes, gradName, own);
