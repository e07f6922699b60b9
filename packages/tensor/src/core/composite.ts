/**
 * Ops that take several launches and have a gradient of their own: the steps run outside of any graph, and one node stands for all of them. What the op is, its rule
 * says; nothing here knows.
 */

import { NnError } from '@nn/backend';
import { scope } from '../memory/scope.ts';
import type { Tensor } from '../tensor.ts';
import { record } from './dispatch.ts';
import { noNumbers } from './launch.ts';
import type { Node } from './node.ts';
import { Op, type Rule } from './op.ts';
import { Plan } from './plan.ts';
import { state, untracked } from './state.ts';
import { nodeOf } from './view.ts';

/** An op of several launches with its rule. */
export const compositeOp = (name: string, rule: Rule<'composite'>, gradName: string | null = null): Op<'composite'> =>
  new Op('composite', name, null, gradName, {
    plan: () => {
      throw new NnError(name, 'takes several launches; none is planned as one');
    },
    rule,
  });

/** Records what the op gave for these inputs: a tensor that nothing else reaches. Returns it. */
function recorded(op: Op<'composite'>, inputs: readonly Tensor[], out: Tensor): Tensor {
  if (!state.tracking) return out;
  const nodes = inputs.map(nodeOf);
  if (nodes.some((node) => node !== null))
    record(
      new Plan(
        op,
        inputs.map((t) => t.layout),
        [out.layout],
      ),
      out,
      inputs,
      nodes,
      noNumbers,
    );
  return out;
}

/** Runs the steps, gives back what they made on the way, and records the result. */
export const composite = (op: Op<'composite'>, inputs: readonly Tensor[], steps: () => Tensor): Tensor =>
  recorded(
    op,
    inputs,
    untracked(() => scope(steps)),
  );

/** The same for steps that give more than one tensor: each has its op. */
export const composites = (
  ops: readonly Op<'composite'>[],
  inputs: readonly Tensor[],
  steps: () => readonly Tensor[],
): readonly Tensor[] => untracked(() => scope(steps)).map((out, k) => recorded(ops[k]!, inputs, out));

/** The saved result, with its provenance, so that second derivatives find it. */
export function savedResult(node: Node): Tensor {
  const t = node.so!;
  t.node = node;
  return t;
}
