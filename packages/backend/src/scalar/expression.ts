/**
 * Scalar expressions: what one element of a kernel computes. Nodes are immutable and interned, so equal expressions are
 * the identical object, and a node's id is greater than its arguments' (ascending ids are a topological order).
 * Knows names and types only; meaning and derivatives live in the rows (`core.ts`, `derived/`).
 */
import type { ScalarType } from '../dtype.ts';

/** Leaves: an operand, a run-time number of the launch, a constant of a table row, the row-major index of the element, and
 * two that only derivatives use: the op's own result and the incoming gradient. */
export type LeafName = 'input' | 'scalar' | 'constant' | 'coordinate' | 'output' | 'gradient';

export interface Expression {
  /** A leaf's name or a row's. */
  readonly op: string;
  readonly type: ScalarType;
  readonly args: readonly Expression[];
  /** Index of an input or scalar, value of a constant, 0 elsewhere. */
  readonly value: number;
  readonly id: number;
}

const pool = new Map<string, Expression>();

/** The node with these parts; made once. -0 and NaN constants are kept apart from 0. */
export function intern(op: string, type: ScalarType, args: readonly Expression[], value = 0): Expression {
  const number = Object.is(value, -0) ? '-0' : value;
  let key = `${op}:${type}:${number}`;
  for (const arg of args) key += `,${arg.id}`;
  let node = pool.get(key);
  if (node === undefined) {
    node = Object.freeze({ op, type, args: Object.freeze([...args]), value, id: pool.size });
    pool.set(key, node);
  }
  return node;
}

/** The launch's operand number `index`. */
export const input = (index: number, type: ScalarType): Expression => intern('input', type, [], index);

/** The launch's run-time number `index`: learning rates, counters, every number that a user passes. */
export const scalar = (index: number, type: ScalarType): Expression => intern('scalar', type, [], index);

/** A number that belongs to a table row. Never a user's number: that would compile a kernel for each. */
export const constant = (value: number, type: ScalarType): Expression =>
  intern('constant', type, [], type === 'f32' ? Math.fround(value) : value);

/** Row-major index of the element in the kernel's logical iteration shape. */
export const coordinate: Expression = intern('coordinate', 'i32', []);

/** The result of the op that is being differentiated. */
export const output = (type: ScalarType): Expression => intern('output', type, []);

/** The gradient that comes in from above. */
export const gradient = (type: ScalarType): Expression => intern('gradient', type, []);

/** All nodes below (and with) the roots, arguments before users. */
export function topological(...roots: readonly Expression[]): Expression[] {
  const seen = new Set<Expression>();
  const visit = (node: Expression): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const arg of node.args) visit(arg);
  };
  for (const root of roots) visit(root);
  return [...seen].sort((p, q) => p.id - q.id);
}

/** Rebuilds `root` bottom-up: `replace` sees each node with its new arguments and returns what stands in its place. */
export function rewrite(
  root: Expression,
  replace: (node: Expression, args: readonly Expression[]) => Expression,
): Expression {
  const done = new Map<Expression, Expression>();
  for (const node of topological(root)) {
    const args = node.args.map((arg) => done.get(arg)!);
    done.set(node, replace(node, args));
  }
  return done.get(root)!;
}

/** The same node over other arguments. */
export function withArguments(node: Expression, args: readonly Expression[]): Expression {
  for (let i = 0; i < args.length; i++)
    if (args[i] !== node.args[i]) return intern(node.op, node.type, args, node.value);
  return node;
}

/** Puts expressions in the place of the inputs: `replacements[i]` for input i, where given. */
export function substituteInputs(root: Expression, replacements: readonly (Expression | undefined)[]): Expression {
  return rewrite(root, (node, args) =>
    node.op === 'input' ? (replacements[node.value] ?? node) : withArguments(node, args),
  );
}

/** Indices of the inputs that `root` reads, ascending. */
export function inputsOf(...roots: readonly Expression[]): number[] {
  return topological(...roots)
    .filter((node) => node.op === 'input')
    .map((node) => node.value)
    .sort((p, q) => p - q);
}

/** Whether a leaf or row of this name occurs. */
export const mentions = (root: Expression, op: string): boolean => topological(root).some((node) => node.op === op);
