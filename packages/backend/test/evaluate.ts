/** Evaluates expressions on plain numbers by the reference backend's evaluator: what the tests of the scalar language share. */
import { blockLength, Evaluator } from '../src/reference/evaluator.ts';
import { differentiate } from '../src/scalar/differentiate.ts';
import { constant, type Expression, input, rewrite, withArguments } from '../src/scalar/expression.ts';
import { apply, type Row, rowOf } from '../src/scalar/row.ts';

export type Float = 'f32' | 'f64';

/** Values of an expression, one for each element of its inputs' columns; `scalars` are its run-time numbers. */
export function evaluate(
  root: Expression,
  columns: readonly (readonly number[])[],
  scalars: readonly number[] = [],
  count: number = columns[0]?.length ?? 1,
): number[] {
  const evaluator = new Evaluator([root]);
  const values: number[] = [];
  evaluator.prepare(count, scalars);
  for (let start = 0; start < count; start += blockLength) {
    const length = Math.min(blockLength, count - start);
    for (const [index, register] of evaluator.inputs)
      for (let i = 0; i < length; i++) register[i] = columns[index]![start + i]!;
    evaluator.run(length, start);
    for (let i = 0; i < length; i++) values.push(evaluator.outputs[0]![i]!);
  }
  return values;
}

/** The row applied to inputs 0, 1 … of one type. */
export function applied(name: string, type: Expression['type']): Expression {
  const inputs = Array.from({ length: rowOf(name).arity }, (_, i) => input(i, type));
  return name === 'select' ? apply(name, input(0, 'bool'), input(1, type), input(2, type)) : apply(name, ...inputs);
}

/** Derivative with respect to an input as a closed expression: the result is computed again, the incoming gradient is 1 or given. */
export function derivative(root: Expression, index: number, incoming?: Expression): Expression | null {
  const slope = differentiate(root, index);
  if (slope === null) return null;
  return rewrite(slope, (node, args) => {
    if (node.op === 'output') return root;
    if (node.op === 'gradient') return incoming ?? constant(1, root.type);
    return withArguments(node, args);
  });
}

/** Columns of `count` points that fill the row's domain evenly (Roberts' R sequence); none falls on a round number. */
export function points(row: Row, count: number): number[][] {
  const d = row.arity;
  let root = 1.5;
  for (let i = 0; i < 40; i++) root = (1 + root) ** (1 / (d + 1));
  return Array.from({ length: d }, (_, j) => {
    const [lo, hi] = row.domain![j]!;
    const column = Array.from({ length: count }, (_, i) => lo + (hi - lo) * ((0.5 + (i + 1) * root ** -(j + 1)) % 1));
    return row.name === 'select' && j === 0 ? column.map((x) => Number(x > 0)) : column;
  });
}
