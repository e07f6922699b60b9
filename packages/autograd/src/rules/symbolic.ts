/** Turns a symbolic derivative into an op over saved values and the incoming gradient. */

import { castTo, type DType, type Expression, input, mentions, rewrite, topological, withArguments } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import {
  bit,
  dispatch,
  dispatchMany,
  dispatchUpdate,
  type Node,
  Op,
  outputBit,
  type ReduceAttributes,
  savedInput,
} from '@nn/tensor/internal';
import { savedOutput } from './rule.ts';

/** Where an operand of a derived op comes from. */
export type Source = number | 'output' | 'gradient';

export interface Derived {
  readonly sources: readonly Source[];
  /** Over the sources as inputs 0, 1, …, and the node's run-time scalars. */
  readonly expression: Expression;
}

/** Renumbers the leaves of a derivative to the operands of a new op. */
export function derive(expression: Expression): Derived {
  const sources: Source[] = [];
  const position = (source: Source): number => {
    const known = sources.indexOf(source);
    return known >= 0 ? known : sources.push(source) - 1;
  };
  const renumbered = rewrite(expression, (node, args) => {
    if (node.op === 'input') return input(position(node.value), node.type);
    if (node.op === 'output' || node.op === 'gradient') return input(position(node.op), node.type);
    return withArguments(node, args);
  });
  return { sources, expression: renumbered };
}

/** The saved values that a derived op reads. */
export const readsOf = (derived: Derived): number =>
  derived.sources.reduce<number>((mask, s) => mask | (s === 'output' ? outputBit : s === 'gradient' ? 0 : bit(s)), 0);

/** How many scalars an expression reads: the highest index and one. */
const scalarsIn = (expression: Expression): number =>
  topological(expression).reduce((n, node) => (node.op === 'scalar' ? Math.max(n, node.value + 1) : n), 0);

/** A map that gives the derived expression in a dtype. */
export const derivedMap = (name: string, derived: Derived, dtype: DType): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: () => ({
      outputs: [{ dtype, expression: castTo(derived.expression, dtype) }],
      scalars: scalarsIn(derived.expression),
    }),
  });

/** The same, summed over dimensions in the same launch. */
export const derivedSum = (
  name: string,
  derived: Derived,
  dtype: DType,
  dims: readonly number[],
  keepdim = false,
): Op<'reduce'> => {
  const body = castTo(derived.expression, dtype);
  const attributes: ReduceAttributes = {
    dims,
    keepdim,
    build: () => ({ dtype, combine: 'sum', body, epilogue: input(0, body.type), scalars: scalarsIn(body) }),
  };
  return new Op('reduce', name, attributes);
};

/** Whether the launch's coordinates matter, so that the iteration may not be rearranged. */
export const usesCoordinate = (derived: Derived): boolean => mentions(derived.expression, 'coordinate');

/** A source as the node has it. */
function operandOf(node: Node, g: Tensor, source: Source): Tensor {
  return source === 'gradient' ? g : source === 'output' ? savedOutput(node) : savedInput(node, source);
}

/** Runs a derived op of a node. `view` says how each source enters (stretched over a reduction's input, say); as it is by default. */
export function runDerived(
  op: Op,
  { sources }: Derived,
  node: Node,
  g: Tensor,
  view: ((t: Tensor, source: Source) => Tensor) | null = null,
): Tensor {
  const n = sources.length;
  if (view === null && n <= 3 && n > 0) {
    const a = operandOf(node, g, sources[0]!);
    const b = n > 1 ? operandOf(node, g, sources[1]!) : null;
    return dispatch(op, a, b, n > 2 ? operandOf(node, g, sources[2]!) : null, node.scalars);
  }
  const given = sources.map((s) => operandOf(node, g, s));
  const operands = view === null ? given : given.map((t, i) => view(t, sources[i]!));
  const out = dispatchMany(op, operands, node.scalars)[0]!;
  for (let i = 0; i < n; i++) if (operands[i] !== given[i]) operands[i]!.dispose();
  return out;
}

/** The same written over the gradient, which is the result. */
export function overwriteDerived(op: Op<'map'>, { sources }: Derived, node: Node, g: Tensor): Tensor {
  const operands = sources.map((s) => operandOf(node, g, s));
  dispatchUpdate(op, operands, [sources.indexOf('gradient')], node.scalars);
  return g;
}
