/** Conversions between the scalar types: floats to integers truncate and saturate, NaN gives 0; anything to bool asks whether it differs from 0. */
import type { ScalarType } from '@nn/backend';
import { type Code, f32x4, f64x2, i32x4, v128 } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { joinLow, narrowMask, type Quad, upperHalf } from './quad.ts';

type Cast = (f: FunctionBuilder, x: Quad) => Quad;

const one =
  (convert: (x: Code) => Code): Cast =>
  (_, [x]) => [convert(x!)];
/** Each half of a vector widened. */
const widen =
  (convert: (x: Code) => Code): Cast =>
  (_, [x]) => [convert(x!), convert(upperHalf(x!))];
/** Two vectors of doubles narrowed into one. */
const narrow =
  (convert: (x: Code) => Code): Cast =>
  (_, [low, high]) => [joinLow(convert(low!), convert(high!))];
const same: Cast = (_, x) => x;
const nonZero: Cast = (f, [x]) => [i32x4.ne(x!, f.lanes('i32', 0))];

const casts: { readonly [From in ScalarType]: { readonly [To in ScalarType]: Cast } } = {
  f32: {
    f32: same,
    f64: widen(f64x2.promoteLowF32x4),
    i32: one(i32x4.truncSatF32x4S),
    u32: one(i32x4.truncSatF32x4U),
    bool: (f, [x]) => [f32x4.ne(x!, f.lanes('f32', 0))],
  },
  f64: {
    f32: narrow(f32x4.demoteF64x2Zero),
    f64: same,
    i32: narrow(i32x4.truncSatF64x2SZero),
    u32: narrow(i32x4.truncSatF64x2UZero),
    bool: (f, [low, high]) => [narrowMask(f64x2.ne(low!, f.lanes('f64', 0)), f64x2.ne(high!, f.lanes('f64', 0)))],
  },
  i32: { f32: one(f32x4.convertI32x4S), f64: widen(f64x2.convertLowI32x4S), i32: same, u32: same, bool: nonZero },
  u32: { f32: one(f32x4.convertI32x4U), f64: widen(f64x2.convertLowI32x4U), i32: same, u32: same, bool: nonZero },
  bool: {
    f32: (f, [x]) => [v128.and(x!, f.lanes('f32', 1))],
    f64: (f, [x]) => widen(f64x2.convertLowI32x4U)(f, [v128.and(x!, f.lanes('i32', 1))]),
    i32: (f, [x]) => [v128.and(x!, f.lanes('i32', 1))],
    u32: (f, [x]) => [v128.and(x!, f.lanes('i32', 1))],
    bool: same,
  },
};

/** The value in another type. */
export const castQuad = (f: FunctionBuilder, from: ScalarType, to: ScalarType, x: Quad): Quad => casts[from][to](f, x);
