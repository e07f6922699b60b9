/** Expressions as text, for people: `exp(x0) * s0 + 1`. */
import type { Expression } from './expression.ts';

const infix: Readonly<Record<string, readonly [string, number]>> = {
  or: ['|', 1], xor: ['^', 2], and: ['&', 3], equal: ['==', 4], less: ['<', 5], lessEqual: ['<=', 5], shiftLeft: ['<<', 6],
  shiftRight: ['>>', 6], add: ['+', 7], sub: ['-', 7], mul: ['*', 8], div: ['/', 8], rem: ['%', 8],
}; // biome-ignore format: one glance

/** Text of an expression; inputs are x0, x1 …, run-time scalars s0, s1 …. */
export function print(node: Expression, context = 0): string {
  const operator = infix[node.op];
  if (operator !== undefined) {
    const [sign, level] = operator;
    const text = `${print(node.args[0]!, level)} ${sign} ${print(node.args[1]!, level + 1)}`;
    return level < context ? `(${text})` : text;
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
      return `-${print(node.args[0]!, 9)}`;
    case 'cast':
    case 'bitcast':
      return `${node.op === 'bitcast' ? 'bits_' : ''}${node.type}(${print(node.args[0]!)})`;
    default:
      return `${node.op}(${node.args.map((arg) => print(arg)).join(', ')})`;
  }
}
