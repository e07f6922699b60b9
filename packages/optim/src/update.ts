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
 * run-time numbers it reads. Here and in `runUpdate`, which every parameter passes at every step, loops and named flags took a third less time than closures and lists.
 */
export function updateOps(
  name: string,
  scalars: number,
  write: (element: Element, ...flags: boolean[]) => readonly Expression[],
): (a: boolean, b?: boolean, c?: boolean, d?: boolean) => Op<'map'> {
  const ops: Op<'map'>[] = [];
  return (a, b = false, c = false, d = false) => {
    const key = (a ? 1 : 0) + (b ? 2 : 0) + (c ? 4 : 0) + (d ? 8 : 0);
    ops[key] ??= new Op('map', name, {
      inPlace: false,
      build: ([layout]: readonly Layout[]) => {
        const { dtype } = layout!;
        const type: ScalarType = dtypes[dtype].scalar;
        const element: Element = { x: (i) => input(i, type), s: (k) => scalar(k, type) };
        return { outputs: write(element, a, b, c, d).map((expression) => ({ dtype, expression })), scalars };
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
  if (known.layout === parameter.layout) return known;
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
  const operands = [parameter, gradient];
  for (let i = 0; i < names.length; i++) {
    const known = state[names[i]!] as Tensor | undefined;
    operands[i + 2] =
      known === undefined ? outlive(filledLike(parameter, initial[i] ?? 0)) : following(known, parameter, op.name);
  }
  dispatchUpdate(op, operands, targets[names.length]!, scalars);
  // Remembered when it is done: one that throws may be tried again.
  for (let i = 0; i < names.length; i++) state[names[i]!] = operands[i + 2]!;
}
