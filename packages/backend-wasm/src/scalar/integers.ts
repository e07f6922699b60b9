/** What vectors of integers lack, lane by lane: division (0 where the divisor is 0) and powers. */

import type { ScalarType } from '@nn/backend';
import { branchIf, type Code, call, choose, giveBack, I32, i32, i32x4, loop, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import type { Quad } from './quad.ts';

type Pairwise = (x: Code, y: Code) => Code;

const lanewise =
  (operation: Pairwise): Pairwise =>
  (x, y) => {
    let result = x;
    for (let lane = 0; lane < 4; lane++)
      result = i32x4.replaceLane(result, lane, operation(i32x4.extractLane(x, lane), i32x4.extractLane(y, lane)));
    return result;
  };

// Divided by 1 where that would trap, and then made what it should be.
const byOne = (y: Code): Code => choose(y, y, i32.const(1));

/** Towards zero; the most negative number by -1 wraps, as it does when it is stored in 32 bits. */
export const integerQuotient: Pairwise = lanewise((x, y) =>
  choose(
    i32.eq(y, i32.const(-1)),
    i32.sub(i32.const(0), x),
    choose(y, i32.divS(x, choose(i32.eq(y, i32.const(-1)), i32.const(1), byOne(y))), i32.const(0)),
  ),
);
export const unsignedQuotient: Pairwise = lanewise((x, y) => choose(y, i32.divU(x, byOne(y)), i32.const(0)));
export const integerRemainder: Pairwise = lanewise((x, y) => choose(y, i32.remS(x, byOne(y)), i32.const(0)));
export const unsignedRemainder: Pairwise = lanewise((x, y) => choose(y, i32.remU(x, byOne(y)), i32.const(0)));

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
