/**
 * Elements of each dtype on their way between memory and vectors, four at a time. A load may read up to three elements further than it needs (buffers have
 * room behind them); a store never writes further. Addresses and strides are in bytes.
 */
import { type DType, dtypes, type Expression } from '@nn/backend';
import {
  type Code,
  f32,
  f32x4,
  f64,
  f64x2,
  i8x16,
  i16x8,
  i32,
  i32x4,
  i64,
  type Local,
  type Operand,
  v128,
  when,
} from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { keep, type Quad } from '../scalar/quad.ts';
import { scalarAt } from './kind.ts';

/** Bytes of an element. */
export const bytesOf = (dtype: DType): number => dtypes[dtype].bytes;

/** Bytes that each operand moves along each of so many dimensions, an operand after the other. */
export const bytesAlong = (
  operands: readonly { readonly dtype: DType }[],
  strides: readonly (readonly number[])[],
  rank: number,
): number[] =>
  operands.flatMap(({ dtype }, i) => Array.from({ length: rank }, (_, d) => (strides[i]![d] ?? 0) * bytesOf(dtype)));

/** log2 of `bytesOf`. */
export const shiftOf = (dtype: DType): number => Math.log2(bytesOf(dtype));

/** Lanes of bytes, in the low quarter of a vector, as lanes of 32 bits; bools as masks. */
function widenBytes(f: FunctionBuilder, dtype: DType, bytes: Code): Code {
  const wide = i32x4.extendLowI16x8U(i16x8.extendLowI8x16U(bytes));
  // One instruction, where `ne` is three.
  return dtype === 'bool' ? i32x4.gtS(wide, f.lanes('i32', 0)) : wide;
}

/** Four elements in a row. */
export function loadQuad(f: FunctionBuilder, dtype: DType, address: Operand, offset = 0): Quad {
  switch (bytesOf(dtype)) {
    case 8:
      return [v128.load(address, offset), v128.load(address, offset + 16)];
    case 1:
      return [widenBytes(f, dtype, v128.load32Zero(address, offset))];
    default:
      return [v128.load(address, offset)];
  }
}

/** One element in all lanes. */
export function loadSplat(f: FunctionBuilder, dtype: DType, address: Operand): Quad {
  switch (bytesOf(dtype)) {
    case 8:
      return [v128.load64Splat(address), v128.load64Splat(address)];
    case 1:
      return [widenBytes(f, dtype, v128.load8Splat(address))];
    default:
      return [v128.load32Splat(address)];
  }
}

/** Elements at four addresses. */
export function loadEach(f: FunctionBuilder, dtype: DType, addresses: readonly Code[]): Quad {
  const [a, b, c, d] = addresses as [Code, Code, Code, Code];
  switch (bytesOf(dtype)) {
    case 8:
      return [v128.load64Lane(b, v128.load64Zero(a), 1), v128.load64Lane(d, v128.load64Zero(c), 1)];
    case 1: {
      let bytes: Code = v128.load8Splat(a);
      [b, c, d].forEach((address, i) => {
        bytes = v128.load8Lane(address, bytes, i + 1);
      });
      return [widenBytes(f, dtype, bytes)];
    }
    default:
      return [v128.load32Lane(d, v128.load32Lane(c, v128.load32Lane(b, v128.load32Zero(a), 1), 2), 3)];
  }
}

/** The lanes as bytes in the low quarter of a vector; masks as 0 and 1, integers by their low bits. */
function narrowBytes(f: FunctionBuilder, dtype: DType, value: Code): Code {
  const low = v128.and(value, f.lanes('i32', dtype === 'bool' ? 1 : 255));
  const half = i16x8.narrowI32x4U(low, low);
  return i8x16.narrowI16x8U(half, half);
}

/** What is stored: bytes narrowed, everything else as it is. */
const packed = (f: FunctionBuilder, dtype: DType, value: Quad): Quad =>
  bytesOf(dtype) === 1 ? [narrowBytes(f, dtype, value[0]!)] : value;

/** Stores four packed elements in a row. */
export function storeQuad(dtype: DType, address: Operand, value: Quad, offset = 0): Code {
  switch (bytesOf(dtype)) {
    case 8:
      return [v128.store(address, value[0]!, offset), v128.store(address, value[1]!, offset + 16)];
    case 1:
      return v128.store32Lane(address, value[0]!, 0, offset);
    default:
      return v128.store(address, value[0]!, offset);
  }
}

/** Stores one lane of packed elements. */
export function storeLane(dtype: DType, address: Operand, value: Quad, lane: number, offset = 0): Code {
  switch (bytesOf(dtype)) {
    case 8:
      return v128.store64Lane(address, value[lane >> 1]!, lane & 1, offset);
    case 1:
      return v128.store8Lane(address, value[0]!, lane, offset);
    default:
      return v128.store32Lane(address, value[0]!, lane, offset);
  }
}

/** Stores the first `count` (1 to 3) packed elements in a row. */
export const storeFirst = (dtype: DType, address: Operand, value: readonly Local[], count: Operand): Code => [
  storeLane(dtype, address, value, 0),
  when(i32.gtS(count, 1), [
    storeLane(dtype, address, value, 1, bytesOf(dtype)),
    when(i32.gtS(count, 2), storeLane(dtype, address, value, 2, 2 * bytesOf(dtype))),
  ]),
];

/** A run-time number of the launch in every lane of its type: of integers its low 32 bits. */
export function loadNumber(block: Local, { type, value }: Expression): Quad {
  const wide = f64.load(block, scalarAt(value));
  if (type === 'f64') return [f64x2.splat(wide), f64x2.splat(wide)];
  if (type === 'f32') return [f32x4.splat(f32.demoteF64(wide))];
  const whole = i32x4.splat(i32.wrapI64(i64.truncF64S(wide)));
  return [type === 'bool' ? i32x4.ne(whole, i32x4.splat(i32.const(0))) : whole];
}

/** Puts packed values in variables. */
export function keepPacked(
  f: FunctionBuilder,
  dtype: DType,
  value: Quad,
): { readonly kept: Local[]; readonly code: Code } {
  return keep(f, packed(f, dtype, value));
}
