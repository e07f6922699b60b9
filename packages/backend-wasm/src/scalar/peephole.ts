/** Shorter code for what several rows say together, with the same bits but for the sign of a zero, which `max` and `min` of a constant may leave open. */
import type { Expression } from '@nn/backend';
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
