/** In-place ops: writes of a storage, their versions, and the provenance of what they change. */
import { AutogradError, DTypeError } from '@nn/backend';
import type { Tensor } from '../tensor.ts';
import { assignOp, copyOp } from './copy.ts';
import { dispatch, needs, record } from './dispatch.ts';
import { noNumbers, run, runMany } from './launch.ts';
import { moveReceiver, type Node } from './node.ts';
import type { Op } from './op.ts';
import type { Plan } from './plan.ts';
import { planFor, planForMany } from './plan-cache.ts';
import { planUpdate } from './plan-map.ts';
import { state, untracked } from './state.ts';
import { leafError } from './tensor-core.ts';
import { nodeOf, overlaps, rebase } from './view.ts';

/** What a write of a view is to its base. */
export interface Write {
  /** Nothing tracked lay under the region: a part of a tensor that is being put together (cat, pad). */
  readonly fresh: boolean;
  /** What the base's provenance says was done to it; 'copySlices' if absent. */
  readonly name?: string;
}

const plainWrite: Write = { fresh: false };

/**
 * Runs an op in place on `inputs[0]`: writes its storage, counts the version, swaps its node; a view's base takes the write into its own provenance.
 * Operands that overlap the target otherwise than element by element are copied first. Returns the target.
 */
export function dispatchInto(
  op: Op,
  inputs: readonly Tensor[],
  scalars: readonly number[] = noNumbers,
  write: Write = plainWrite,
): Tensor {
  const target = inputs[0]!;
  if (target?.layout === undefined)
    throw new DTypeError(
      op.name,
      `what is changed in place must be a tensor, got ${String(target)}; make one: tensor(…)`,
    );
  if (state.tracking) {
    if (!write.fresh) checkTarget(op.name, target);
    if (target.layout.differentiable && isTracked(inputs, write)) return intoTracked(op, inputs, scalars, write);
  }
  const n = inputs.length;
  if (n > 2) intoMany(op, inputs, scalars);
  else if (n === 2) intoOf2(op, target, inputs[1]!, scalars);
  else run(planFor(op, target.layout, null, null), target, target, null, null, scalars);
  target.storage.version++;
  return target;
}

function intoOf2(op: Op, target: Tensor, x: Tensor, scalars: readonly number[]): void {
  const operand = x.storage === target.storage && clashes(op, x, target) ? copyOf(x) : x;
  run(planFor(op, target.layout, operand.layout, null), target, target, operand, null, scalars);
}

/** Nothing tracked lies under a fresh region, so what it was made from is not asked for. */
function isTracked(inputs: readonly Tensor[], write: Write): boolean {
  for (let j = write.fresh ? 1 : 0; j < inputs.length; j++) if (nodeOf(inputs[j]!) !== null) return true;
  return false;
}

const apart = (op: Op, inputs: readonly Tensor[]): readonly Tensor[] =>
  inputs.map((t, j) => (j > 0 && clashes(op, t, inputs[0]!) ? copyOf(t) : t));

function intoMany(op: Op, inputs: readonly Tensor[], scalars: readonly number[]): void {
  const operands = apart(op, inputs);
  runMany(planForMany(op, operands), [operands[0]!], operands, scalars);
}

function intoTracked(op: Op, inputs: readonly Tensor[], scalars: readonly number[], write: Write): Tensor {
  const target = inputs[0]!;
  const operands = apart(op, inputs);
  const p = planForMany(op, operands);
  const nodes = inputs.map((t, j) => (j === 0 && write.fresh ? null : nodeOf(t)));
  const values = beforeWrite(p, target, operands, nodes);
  runMany(p, [target], operands, scalars);
  target.storage.version++;
  const node = record(p, target, values, nodes, scalars);
  if (target.base === null) moveReceiver(target.receiver, nodes[0]!, node);
  else {
    // From now on the view is one of what its base has become: derived where it is asked for, or at once if its own gradient is.
    rebase(target, node, write.fresh, write.name);
    target.node = nodes[0]!;
    if (target.receiver !== null) nodeOf(target);
  }
  return target;
}

/** Whether an operand must be copied before the target changes: a map reads and writes one element at a time, anything else reads what it likes. */
const clashes = (op: Op, t: Tensor, target: Tensor): boolean =>
  op.kind === 'map' ? overlaps(t, target) : t.storage === target.storage;

/** Values that gradients will read but the write destroys are copied. */
function beforeWrite(
  p: Plan,
  target: Tensor,
  operands: readonly Tensor[],
  nodes: readonly (Node | null)[],
): readonly Tensor[] {
  const mask = needs(p, nodes);
  return operands.map((t, j) => (t.storage === target.storage && (mask & (1 << j)) !== 0 ? copyOf(t) : t));
}

/** A copy outside of any graph. */
const copyOf = (t: Tensor): Tensor => untracked(() => dispatch(copyOp, t));

function checkTarget(op: string, target: Tensor): void {
  const node = nodeOf(target);
  const base = target.base === null ? null : target.base.node;
  if (node?.isLeaf === true) throw leafError(op, 'a leaf tensor');
  if (base?.isLeaf === true) throw leafError(op, 'a view of a leaf tensor');
  if (node === null && base !== null)
    throw new AutogradError(
      op,
      'a view that was made inside noGrad is changed in place outside of it, and its gradient would be lost; make the view outside too, or change it inside',
    );
}

/** Writes `source` (any dtype, broadcasting) over `target`; PyTorch: `target.copy_(source)`. */
export const assign = (target: Tensor, source: Tensor, write?: Write): Tensor =>
  dispatchInto(assignOp, [target, source], noNumbers, write);

/**
 * Several in-place results in one launch, outside of any graph: output j replaces `inputs[targets[j]]`. One optimiser step is one such launch. An op is always
 * called with the same targets.
 */
export function dispatchUpdate(
  op: Op<'map'>,
  inputs: readonly Tensor[],
  targets: readonly number[],
  scalars: readonly number[],
): void {
  const p = planForMany(op, inputs, (_, layouts) => planUpdate(op, layouts, targets));
  if (targets.length === 1 && inputs.length === 2) run(p, inputs[targets[0]!]!, inputs[0]!, inputs[1]!, null, scalars);
  else
    runMany(
      p,
      targets.map((i) => inputs[i]!),
      inputs,
      scalars,
    );
  for (let k = 0; k < targets.length; k++) inputs[targets[k]!]!.storage.version++;
}
