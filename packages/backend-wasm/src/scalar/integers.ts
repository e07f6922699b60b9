/** What vectors of integers lack: division, computed in doubles, and powers, lane by lane. */

import {
  add, cast, constant, div, type Expression, intern, mul, type ScalarType, sub, trunc, withArguments,
} from '@nn/backend'; // biome-ignore format: one list
import { branchIf, type Code, call, choose, giveBack, I32, i32, i32x4, loop, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import type { Quad } from './quad.ts';

/**
 * The node over these arguments; of integers, quotients (0 where the divisor is 0; the most negative number by -1 wraps) and remainders said in doubles, to the same bits. A quotient is a product
 * with the reciprocal, which is computed once if the divisor stays. That is made a little too large, by more than rounding takes from it and the product: so no whole quotient falls short, and
 * no other reaches the next integer, which is at least 1/|y| away. By 0 there are infinities and NaN, whose low words are 0.
 */
export function dividedInDoubles(node: Expression, args: readonly Expression[]): Expression {
  const { op, type } = node;
  if ((op !== 'div' && op !== 'rem') || (type !== 'i32' && type !== 'u32')) return withArguments(node, args);
  const [x, y] = args.map((arg) => cast(arg, 'f64')) as [Expression, Expression];
  const quotient = trunc(mul(x, div(constant(1 + 2 ** -51, 'f64'), y)));
  const value = op === 'div' ? quotient : sub(x, mul(quotient, y));
  // Beside 1.5 · 2^52, an integer is the low word: modulo 2^32.
  return intern('bitcast', type, [add(value, constant(1.5 * 2 ** 52, 'f64'))]);
}

const lanewise =
  (operation: (x: Code, y: Code) => Code) =>
  (x: Code, y: Code): Code => {
    let result = x;
    for (let lane = 0; lane < 4; lane++)
      result = i32x4.replaceLane(result, lane, operation(i32x4.extractLane(x, lane), i32x4.extractLane(y, lane)));
    return result;
  };

/** By repeated squaring; 0 for negative exponents but those of 1 and -1. */
export function integerPower(f: FunctionBuilder, type: ScalarType, args: readonly Quad[]): Quad {
  const [x, y] = args.map(([part]) => part);
  const helper = f.module.helper(`${type} power`, () =>
    f.module.function(null, [I32, I32], [I32], (own, base, exponent) => {
      const result = own.local(I32);
      return [
        type === 'u32'
          ? []
          : when(i32.ltS(exponent!, 0), [
              choose(
                i32.eq(base!, 1),
                i32.const(1),
                choose(i32.eq(base!, -1), choose(i32.and(exponent!, 1), i32.const(-1), i32.const(1)), i32.const(0)),
              ),
              giveBack,
            ]),
        result.set(i32.const(1)),
        when(
          exponent!,
          loop(
            when(i32.and(exponent!, 1), result.set(i32.mul(result, base!))),
            base!.set(i32.mul(base!, base!)),
            branchIf(exponent!.tee(i32.shrU(exponent!, 1)), 0),
          ),
        ),
        result,
      ];
    }),
  );
  return [lanewise((p, q) => call(helper, p, q))(x!, y!)];
}
