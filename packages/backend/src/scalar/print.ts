/** Expressions as text, for people: `exp(x0) * s0 + 1`. */
import { type Expression, topological } from './expression.ts';

const infix: Readonly<Record<string, readonly [string, number]>> = {
  or: ['|', 1],
  xor: ['^', 2],
  and: ['&', 3],
  equal: ['==', 4],
  less: ['<', 5],
  lessEqual: ['<=', 5],
  shiftLeft: ['<<', 6],
  shiftRight: ['>>', 6],
  add: ['+', 7],
  sub: ['-', 7],
  mul: ['*', 8],
  div: ['/', 8],
  rem: ['%', 8],
};

/** Nodes in a formula that is written out; a longer one names what it uses twice, for sharing can make a text exponentially long. */
const lineLimit = 60;

/**
 * Text of an expression; inputs are x0, x1 …, run-time scalars s0, s1 …. Long expressions come in lines, the last of which is the
 * result: `t0 = exp(x0)`, `t0 / (t0 + 1)`.
 */
export function print(root: Expression): string {
  const nodes = topological(root);
  const lengths = new Map<Expression, number>();
  const uses = new Map<Expression, number>();
  for (const node of nodes) {
    lengths.set(
      node,
      node.args.reduce((sum, arg) => sum + lengths.get(arg)!, 1),
    );
    for (const arg of node.args) uses.set(arg, (uses.get(arg) ?? 0) + 1);
  }
  const names = new Map<Expression, string>();
  if (lengths.get(root)! <= lineLimit) return text(root, 0, names);
  const lines: string[] = [];
  for (const node of nodes) {
    if (node.args.length === 0 || (uses.get(node) ?? 0) < 2) continue;
    lines.push(`t${lines.length} = ${text(node, 0, names)}`);
    names.set(node, `t${lines.length - 1}`);
  }
  return [...lines, text(root, 0, names)].join('\n');
}

/** `context`: how tightly the surrounding operator binds. */
function text(node: Expression, context: number, names: ReadonlyMap<Expression, string>): string {
  const name = names.get(node);
  if (name !== undefined) return name;
  const argument = (i: number, level = 0): string => text(node.args[i]!, level, names);
  const operator = infix[node.op];
  if (operator !== undefined) {
    const [sign, level] = operator;
    const formula = `${argument(0, level)} ${sign} ${argument(1, level + 1)}`;
    return level < context ? `(${formula})` : formula;
  }
  switch (node.op) {
    case 'input':
      return `x${node.value}`;
    case 'scalar':
      return `s${node.value}`;
    case 'constant':
      return Object.is(node.value, -0) ? '-0' : String(node.value);
    case 'coordinate':
    case 'output':
    case 'gradient':
      return node.op;
    case 'neg':
      return `-${argument(0, 9)}`;
    case 'cast':
    case 'bitcast':
      return `${node.op === 'bitcast' ? 'bits_' : ''}${node.type}(${argument(0)})`;
    default:
      return `${node.op}(${node.args.map((_, i) => argument(i)).join(', ')})`;
  }
}
