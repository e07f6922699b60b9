/**
 * Expressions as statements of WGSL: one operator or call a node, each node once. Leaves come from whoever writes the kernel.
 */
import { type CoreName, type Expression, expand } from '@nn/backend';
import type { Shader } from '../shader.ts';
import { coreRows } from './core-rows.ts';
import { nativeRows } from './native-rows.ts';
import { castText, constantText, wgslType } from './types.ts';

/** Text of a leaf: an input, a scalar or the coordinate (never a constant), of the node's type. */
export type Leaf = (node: Expression) => string;

/** Expressions as this backend sees them: down to rows for which it has text. */
export const lower = (expression: Expression): Expression =>
  expand(expression, (name, type) => type === 'f32' && nativeRows[name] !== undefined);

/**
 * Adds statements that compute lowered expressions; the texts that name their values (or are constants). What `known` has already isn't computed again, and what
 * is computed is entered in it: statements that follow within the same block may use it.
 */
export function emit(
  shader: Shader,
  roots: readonly Expression[],
  leaf: Leaf,
  lines: string[],
  known: Map<Expression, string> = new Map(),
): string[] {
  const keep = (text: string): string => {
    const name = shader.name();
    lines.push(`let ${name} = ${text};`);
    return name;
  };
  for (const node of unknown(roots, known)) {
    if (node.op === 'constant') {
      known.set(node, constantText(shader, node.type, node.value));
      continue;
    }
    const args = node.args.map((arg) => known.get(arg)!);
    // Of constants alone WGSL computes the value itself, and refuses those that overflow or aren't numbers.
    if (node.args.length > 0 && node.args.every(({ op }) => op === 'constant')) args[0] = keep(args[0]!);
    known.set(node, keep(textOf(shader, node, args, leaf)));
  }
  return roots.map((root) => known.get(root)!);
}

/** The nodes at and below the roots that aren't known, and whose users aren't all known: arguments before users. */
function unknown(roots: readonly Expression[], known: ReadonlyMap<Expression, string>): Expression[] {
  const seen = new Set<Expression>();
  const visit = (node: Expression): void => {
    if (known.has(node) || seen.has(node)) return;
    seen.add(node);
    for (const arg of node.args) visit(arg);
  };
  for (const root of roots) visit(root);
  return [...seen].sort((p, q) => p.id - q.id);
}

function textOf(shader: Shader, node: Expression, args: readonly string[], leaf: Leaf): string {
  const [first] = node.args;
  if (first === undefined) return leaf(node);
  if (node.op === 'cast') return castText(shader, args[0]!, first.type, node.type);
  if (node.op === 'bitcast') return `bitcast<${wgslType[node.type]}>(${args[0]})`;
  const native = nativeRows[node.op];
  if (native !== undefined) return `${shader.use(native)}(${args[0]})`;
  const divisor = node.op === 'div' ? node.args[1]! : null;
  if (divisor?.op === 'constant' && node.type === 'f32') return `${shader.use('quotientF32')}(${args.join(', ')})`;
  const type = node.op === 'select' ? node.type : first.type;
  return coreRows[node.op as CoreName](shader, type, args);
}
