/**
 * In what a convolution of a dtype computes: images with zeros around them, packed weights and sums are in this arithmetic, four elements a vector (two of float64).
 * Small integers are widened when they are copied. And the inner loop of all roles: sums of products of vectors and splats, all in registers.
 */
import { type DType, dtypes, isFloat } from '@nn/backend';
import {
  type Code,
  type Features,
  type FunctionBuilder,
  f32x4,
  f64x2,
  I32,
  i32,
  i32x4,
  type Local,
  multiplyAdd,
  multiplyAdd64,
  type Operand,
  V128,
  v128,
} from '../../assembler/index.ts';
import { bytesOf } from '../access.ts';
import type { Place } from './walk.ts';

export type Load = (address: Operand, offset: number) => Code;

export interface Arithmetic {
  readonly dtype: DType;
  /** Bytes of an element in memory, and when it is computed with. */
  readonly stored: number;
  readonly bytes: number;
  /** Vectors of four elements. */
  readonly vectors: 1 | 2;
  /** Whether the engine joins vectors that are stored whole and side by side. */
  readonly pairs: boolean;
  readonly splat: Load;
  readonly add: (x: Code, y: Code) => Code;
  readonly multiplyAdd: (x: Code, y: Code, z: Code) => Code;
}

export function arithmeticOf(dtype: DType, features: Features): Arithmetic {
  const wide = dtype === 'float64';
  const { add } = wide ? f64x2 : isFloat(dtype) ? f32x4 : i32x4;
  const fused = wide ? multiplyAdd64 : multiplyAdd;
  return {
    dtype,
    stored: bytesOf(dtype),
    bytes: wide ? 8 : 4,
    vectors: wide ? 2 : 1,
    pairs: features.pairs === true,
    splat: wide ? v128.load64Splat : v128.load32Splat,
    add,
    multiplyAdd: (x, y, z) => (dtypes[dtype].scalar === 'i32' ? add(i32x4.mul(x, y), z) : fused(features, x, y, z)),
  };
}

/** One factor of products: a pointer, where members lie from it, and how one is loaded. */
export interface Side {
  readonly pointer: Local;
  readonly offsets: readonly number[];
  readonly load: Load;
}

/** sums[i][j] += left[i] · right[j], as code for a place (distances from both pointers). The right side stays in registers, the left one passes through one. */
export function products(
  f: FunctionBuilder,
  arithmetic: Arithmetic,
  left: Side,
  right: Side,
  sums: readonly (readonly Local[])[],
): (place: Place, load?: Load) => Code {
  const held = f.locals(V128, right.offsets.length);
  const passing = f.local(V128);
  // V8 adds the offset of a splat to the memory's address, one instruction each: all places have the same ones.
  const shared = ({ pointer, load: usual }: Side, at: number, load: Load): [code: Code, pointer: Local, at: number] => {
    if (load !== usual || (load !== v128.load32Splat && load !== v128.load64Splat)) return [[], pointer, at];
    const moved = f.local(I32);
    return [moved.set(i32.add(pointer, at)), moved, 0];
  };
  return ([l, r], load) => {
    const [ofLeft, ofRight] = [load ?? left.load, load ?? right.load];
    const [moveRight, b, atRight] = shared(right, r!, ofRight);
    const [moveLeft, a, atLeft] = shared(left, l!, ofLeft);
    return [
      moveRight,
      held.map((one, j) => one.set(ofRight(b, atRight + right.offsets[j]!))),
      moveLeft,
      left.offsets.map((offset, i) => [
        passing.set(ofLeft(a, atLeft + offset)),
        held.map((one, j) => sums[i]![j]!.set(arithmetic.multiplyAdd(passing, one, sums[i]![j]!))),
      ]),
    ];
  };
}
