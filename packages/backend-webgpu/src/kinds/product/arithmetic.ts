/** Types of a product's elements in a shader, and how they are multiplied and added. */
import { scalarOf } from '../source.ts';
import type { Problem } from './problem.ts';

export interface Arithmetic {
  readonly one: string;
  readonly four: string;
  /** Text of `x · y + sum`, of scalars or of vectors. */
  readonly fused: (x: string, y: string, sum: string) => string;
}

export function arithmeticOf({ dtype }: Problem): Arithmetic {
  const one = scalarOf(dtype);
  return {
    one,
    four: `vec4<${one}>`,
    fused: one === 'f32' ? (x, y, sum) => `fma(${x}, ${y}, ${sum})` : (x, y, sum) => `${x} * ${y} + ${sum}`,
  };
}
