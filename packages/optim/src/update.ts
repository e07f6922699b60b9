/** Fused updates: one map with several outputs that replace parameter and state in place. */
import { add, dtypes, type Expression, input, mul, neg, type ScalarType, scalar } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchUpdate, filledLike, type Layout, Op, outlive, relocateSync } from '@nn/tensor/internal';
import type { ParameterState } from './optimizer.ts';

/** Builders over one element of the parameter's type. */
export interface Element {
  /** Operand i: parameter, gradient, then state in order. */
  readonly x: (i: number) => Expression;
  /** Run-time number k. */
  readonly s: (k: number) => Expression;
}

/**
 * Updates that differ in what is on and what is off: an op for each combination that is asked for. `write` says the new values of parameter and state, in their order; `scalars` is how many
 * run-time numbers it reads.
 */
export function updateOps(
  name: string,
  scalars: number,
  write: (element: Element, ...flags: boolean[]) => readonly Expression[],
): (...flags: boolean[]) => Op<'map'> {
  const ops: Op<'map'>[] = [];
  return (...flags) => {
    let key = 1;
    for (const flag of flags) key = 2 * key + Number(flag);
    ops[key] ??= new Op('map', name, {
      inPlace: false,
      build: ([layout]: readonly Layout[]) => {
        const { dtype } = layout!;
        const type: ScalarType = dtypes[dtype].scalar;
        const element: Element = { x: (i) => input(i, type), s: (k) => scalar(k, type) };
        return { outputs: write(element, ...flags).map((expression) => ({ dtype, expression })), scalars };
      },
    });
    return ops[key]!;
  };
}

/** The gradient of what is minimised: negative to climb, with that of the L2 penalty, whose weight is run-time number k. */
export function penalized({ x, s }: Element, decays: boolean, maximize: boolean, k: number): Expression {
  const signed = maximize ? neg(x(1)) : x(1);
  return decays ? add(signed, mul(s(k), x(0))) : signed;
}

/** Which operands an update replaces, by how many tensors of state it has: the parameter, then state, which follows the gradient. */
const targets = Array.from({ length: 4 }, (_, states) => [0, ...Array.from({ length: states }, (_, i) => i + 2)]);

/** What is remembered of a parameter that has moved, or become another dtype, goes after it. */
export function following(known: Tensor, parameter: Tensor, op: string): Tensor {
  relocateSync(known, parameter.backend, op);
  return known.dtype === parameter.dtype ? known : outlive(known.to(parameter.dtype) as Tensor);
}

/** Runs an update on a parameter: operands are it, its gradient, and the named state (three tensors at most), made of zeros, or of `initial`, when first needed. */
export function runUpdate(
  op: Op<'map'>,
  parameter: Tensor,
  gradient: Tensor,
  state: ParameterState,
  names: readonly string[],
  scalars: readonly number[],
  initial: readonly number[] = [],
): void {
  const tensors = names.map((name, i) => {
    const known = state[name] as Tensor | undefined;
    return known === undefined ? outlive(filledLike(parameter, initial[i] ?? 0)) : following(known, parameter, op.name);
  });
  dispatchUpdate(op, [parameter, gradient, ...tensors], targets[names.length]!, scalars);
  // Remembered when it is done: one that throws may be tried again.
  names.forEach((name, i) => {
    state[name] = tensors[i]!;
  });
}
