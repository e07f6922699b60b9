/** Polynomials by Horner's rule, in vectors of float32 or float64. */
import { type Code, multiplyAdd, multiplyAdd64 } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';

/** Coefficients from the highest power down. */
export function polynomial(f: FunctionBuilder, x: Code, [first, ...rest]: readonly number[]): Code {
  return rest.reduce<Code>(
    (sum, coefficient) => multiplyAdd(f.module.features, sum, x, f.lanes('f32', coefficient)),
    f.lanes('f32', first!),
  );
}

/** The same on pairs of doubles. */
export function polynomial64(f: FunctionBuilder, x: Code, [first, ...rest]: readonly number[]): Code {
  return rest.reduce<Code>(
    (sum, coefficient) => multiplyAdd64(f.module.features, sum, x, f.lanes('f64', coefficient)),
    f.lanes('f64', first!),
  );
}
