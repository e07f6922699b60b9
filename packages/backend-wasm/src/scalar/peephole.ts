/** Shorter code for what several rows say together, with the same bits but for the sign of a zero, which `max` and `min` of a constant may leave open. */
import { type Expression, intern, rewrite, topological, withArguments } from '@nn/backend';
import { f32x4, i32x4 } from '../assembler/index.ts';
import type { Known } from './emit.ts';
import type { Quad } from './quad.ts';

/** Code for the node, where there is a shorter one. */
export function peephole(node: Expression, known: Known): Quad | null {
  const [first, second, third] = node.args;
  const one = (expression: Expression): Quad => known.get(expression)!;
  if (node.type === 'f32' && node.op === 'select' && first!.op === 'less') {
    // `x < y ? y : x` is pmax(x, y), NaN and zeros included; `y < x ? y : x` is pmin(x, y).
    const [p, q] = first!.args;
    if (p === third && q === second) return [f32x4.pmax(one(third!)[0]!, one(second!)[0]!)];
    if (p === second && q === third) return [f32x4.pmin(one(third!)[0]!, one(second!)[0]!)];
  }
  if (node.type === 'f32' && (node.op === 'max' || node.op === 'min')) {
    // With a number on one side, the instruction that passes the other side's NaN on is enough; zeros are equal.
    const instruction = node.op === 'max' ? f32x4.pmax : f32x4.pmin;
    if (second!.op === 'constant' && !Number.isNaN(second!.value))
      return [instruction(one(first!)[0]!, one(second!)[0]!)];
    if (first!.op === 'constant' && !Number.isNaN(first!.value))
      return [instruction(one(second!)[0]!, one(first!)[0]!)];
  }
  if ((node.op === 'shiftLeft' || node.op === 'shiftRight') && second!.op === 'constant') {
    const shift = node.op === 'shiftLeft' ? i32x4.shl : node.type === 'u32' ? i32x4.shrU : i32x4.shrS;
    return [shift(one(first!)[0]!, i32Constant(second!.value))];
  }
  return null;
}

const i32Constant = (value: number): readonly number[] => [0x41, value & 31];

/** The x of exp(-x²/2), or null. */
function bellAt({ op, type, args: [product] }: Expression): Expression | null {
  if (op !== 'exp' || type !== 'f32' || product!.op !== 'mul') return null;
  const [half, square] = product!.args;
  if (half!.op !== 'constant' || half!.value !== -0.5 || square!.op !== 'mul') return null;
  return square!.args[0] === square!.args[1] ? square!.args[0]! : null;
}

/** The expression where what has both ndtr(x) and exp(-x²/2), as gelu's gradient does, computes the exponential once, exactly where the square isn't. */
export function shared(expression: Expression): Expression {
  const nodes = topological(expression);
  const tails = nodes.filter(({ op, type }) => op === 'ndtr' && type === 'f32').map(({ args }) => args[0]!);
  const both = new Set(nodes.map(bellAt).filter((x) => x !== null && tails.includes(x)));
  if (both.size === 0) return expression;
  const bell = (x: Expression): Expression => intern('bell', 'f32', [x]);
  return rewrite(expression, (node, args) => {
    if (node.op === 'ndtr' && both.has(node.args[0]!)) return intern('ndtr', 'f32', [args[0]!, bell(args[0]!)]);
    if (!both.has(bellAt(node))) return withArguments(node, args);
    return bell(bellAt(withArguments(node, args))!);
  });
}
