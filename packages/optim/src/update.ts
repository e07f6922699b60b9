/** Fused updates: one map with several outputs that replace parameter and state in place. */
import { constant, dtypes, type Expression, input, type ScalarType, scalar } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchUpdate, filledLike, type Layout, Op, outlive } from '@nn/tensor/internal';
import type { ParameterState } from './optimizer.ts';

/** Builders over one element of the parameter's type. */
export interface Element {
  /** Operand i: parameter, gradient, then state in order. */
  readonly x: (i: number) => Expression;
  /** Run-time number k. */
  readonly s: (k: number) => Expression;
  readonly number: (value: number) => Expression;
}

/** An update: new values of the operands `targets`, in their order. */
export function updateOp(name: string, scalars: number, write: (element: Element) => readonly Expression[]): Op<'map'> {
  return new Op('map', name, {
    inPlace: false,
    build: ([layout]: readonly Layout[]) => {
      const { dtype } = layout!;
      const type: ScalarType = dtypes[dtype].scalar;
      const expressions = write({
        x: (i) => input(i, type),
        s: (k) => scalar(k, type),
        number: (value) => constant(value, type),
      });
      return { outputs: expressions.map((expression) => ({ dtype, expression })), scalars };
    },
  });
}

/** Runs an update on a parameter: operands are it, its gradient, and the named state, made of zeros when first needed. */
export function runUpdate(
  op: Op<'map'>,
  parameter: Tensor,
  gradient: Tensor,
  state: ParameterState,
  names: readonly string[],
  scalars: readonly number[],
): void {
  for (const name of names) state[name] ??= outlive(filledLike(parameter, 0));
  const own = names.map((name) => state[name] as Tensor);
  dispatchUpdate(op, [parameter, gradient, ...own], [0, ...names.map((_, i) => i + 2)], scalars);
}
