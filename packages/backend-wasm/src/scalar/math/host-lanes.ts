/** A function of JavaScript on each lane, computed in double precision: for float64, and for what vectors can't do well. */
import type { ScalarType } from '@nn/backend';
import { type Code, call, F64, f32, f32x4, f64, f64x2 } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import type { Quad } from '../quad.ts';

export function hostLanes(f: FunctionBuilder, name: string, type: ScalarType, args: readonly Quad[]): Quad {
  const host = f.module.import(
    name,
    args.map(() => F64),
    [F64],
  );
  return args[0]!.map((_, part) => {
    let result: Code = args[0]![part]!;
    for (let lane = 0; lane < (type === 'f64' ? 2 : 4); lane++) {
      const numbers = args.map((arg) =>
        type === 'f64' ? f64x2.extractLane(arg[part]!, lane) : f64.promoteF32(f32x4.extractLane(arg[part]!, lane)),
      );
      const value = call(host, ...numbers);
      result =
        type === 'f64' ? f64x2.replaceLane(result, lane, value) : f32x4.replaceLane(result, lane, f32.demoteF64(value));
    }
    return result;
  });
}
