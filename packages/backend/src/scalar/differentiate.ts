/**
 * Symbolic derivatives: reverse mode over the expression's graph (Griewank & Walther, *Evaluating Derivatives*, ch. 3), so a
 * shared subexpression is differentiated once. The result is again an expression, over the inputs, the op's own output and the
 * incoming gradient; no dependence is null, never a zero that could turn inf into NaN.
 */
import { isFloatScalar, type ScalarType } from '../dtype.ts';
import { add, castGradient } from './core.ts';
import { type Expression, gradient, output, rewrite, topological, withArguments } from './expression.ts';
import { rowOf } from './row.ts';

/** Replaces derived rows by their meaning, down to the core; rows for which `keep` answers true (given the type of their result) stay. */
export function expand(root: Expression, keep: (name: string, type: ScalarType) => boolean = () => false): Expression {
  let current = root;
  for (;;) {
    const next = rewrite(current, (node, args) => {
      if (isPlain(node)) return withArguments(node, args);
      const row = rowOf(node.op);
      return row.meaning === undefined || keep(node.op, node.type) ? withArguments(node, args) : row.meaning(...args);
    });
    if (next === current) return current;
    current = next;
  }
}

const leaves = new Set(['input', 'scalar', 'constant', 'coordinate', 'output', 'gradient']);

/** Leaves and conversions: nodes that have no row. */
const isPlain = (node: Expression): boolean => leaves.has(node.op) || node.op === 'cast' || node.op === 'bitcast';

const plus = (x: Expression | undefined, y: Expression): Expression => (x === undefined ? y : add(x, y));

/**
 * d root / d input `index`, times the incoming gradient. By default that is the leaf `gradient`, and `root` is the op's whole value: where its
 * result would be computed again it is read from `output`. With an `incoming` of one's own nothing is recalled. Null: no dependence, or only by steps.
 */
export function differentiate(root: Expression, index: number, incoming?: Expression): Expression | null {
  // Through whole numbers nothing acts: what makes them stays as it is.
  const whole = expand(root, (name, type) => !isFloatScalar(type) || rowOf(name).gradient !== undefined);
  const nodes = topological(whole).reverse();
  const depends = dependence(nodes, index);
  const adjoints = new Map<Expression, Expression>([[whole, incoming ?? gradient(whole.type)]]);
  for (const node of nodes) {
    const g = adjoints.get(node);
    if (g === undefined) continue;
    if (node.op === 'input' && node.value === index) return incoming === undefined ? recall(g, whole) : g;
    const parts = isPlain(node)
      ? [node.op === 'cast' ? castGradient(g, node.args[0]!) : null]
      : (rowOf(node.op).gradient?.(g, node, ...node.args) ?? []);
    node.args.forEach((arg, i) => {
      const part = parts[i] ?? null;
      if (part !== null && depends.has(arg)) adjoints.set(arg, plus(adjoints.get(arg), part));
    });
  }
  return null;
}

/** The float nodes through which the input acts. */
function dependence(descending: readonly Expression[], index: number): Set<Expression> {
  const found = new Set<Expression>();
  for (const node of [...descending].reverse()) {
    const hit = node.op === 'input' && node.value === index;
    if (isFloatScalar(node.type) && (hit || node.args.some((arg) => found.has(arg)))) found.add(node);
  }
  return found;
}

/** Reads the op's saved result where the gradient would compute it once more. */
function recall(g: Expression, whole: Expression): Expression {
  if (whole.args.length === 0) return g;
  return rewrite(g, (node, args) => (node === whole ? output(whole.type) : withArguments(node, args)));
}
