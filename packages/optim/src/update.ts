/** Fused updates: one map with several outputs that replace parameter and state in place. */
import { add, constant, dtypes, type Expression, input, mul, neg, type ScalarType, scalar } from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatchUpdate, filledLike, type Layout, Op, outlive, relocateSync } from '@nn/tensor/internal';
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

/** Updates that differ in what is on and what is off: an op for each combination that is asked for. */
export function updateOps(
  name: string,
  scalars: number,
  write: (element: Element, ...flags: boolean[]) => readonly Expression[],
): (...flags: boolean[]) => Op<'map'> {
  const ops = new Map<number, Op<'map'>>();
  return (...flags) => {
    let key = 1;
    for (const flag of flags) key = 2 * key + Number(flag);
    let op = ops.get(key);
    if (op === undefined) {
      op = updateOp(name, scalars, (element) => write(element, ...flags));
      ops.set(key, op);
    }
    return op;
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
  if (known.layout.device !== parameter.layout.device) relocateSync(known, parameter.backend, op);
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
  names.forEach((name, i) => {
    const known = state[name] as Tensor | undefined;
    const tensor =
      known === undefined ? outlive(filledLike(parameter, initial[i] ?? 0)) : following(known, parameter, op.name);
    if (known !== tensor) state[name] = tensor;
    operands.push(tensor);
  });
  dispatchUpdate(op, operands, targets[names.length]!, scalars);
}
