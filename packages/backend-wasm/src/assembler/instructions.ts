/**
 * The instructions that kernels are made of, grouped by type as the specification names them, in camelCase. A plain number as an operand of an
 * integer instruction is a constant. Memory instructions take the address first and a constant offset last.
 */
import { type Code, integer, laneBytes, number32, type Operand, signed, unsigned } from './code.ts';

type Unary = (x: Code) => Code;
type Binary = (x: Code, y: Code) => Code;
type Ternary = (x: Code, y: Code, z: Code) => Code;
type IntegerUnary = (x: Operand) => Code;
type IntegerBinary = (x: Operand, y: Operand) => Code;
type Load = (address: Operand, offset?: number) => Code;
type Store = (address: Operand, value: Code, offset?: number) => Code;
type Shift = (x: Code, by: Operand) => Code;
type Extract = (x: Code, index: number) => Code;
type Replace = (x: Code, index: number, value: Code) => Code;
type Atomic = (address: Operand, value: Operand, offset?: number) => Code;
type LoadLane = (address: Operand, value: Code, lane: number, offset?: number) => Code;

type Table<Names extends string, Instruction> = { readonly [Name in Names]: Instruction };

const unary =
  (op: number): Unary =>
  (x) => [x, op];
const binary =
  (op: number): Binary =>
  (x, y) => [x, y, op];
const integerUnary =
  (op: number): IntegerUnary =>
  (x) => [number32(x), op];
const integerBinary =
  (op: number): IntegerBinary =>
  (x, y) => [number32(x), number32(y), op];
const load =
  (op: number): Load =>
  (address, offset = 0) => [number32(address), op, 0, unsigned(offset)];
const store =
  (op: number): Store =>
  (address, value, offset = 0) => [number32(address), value, op, 0, unsigned(offset)];

/** Vector instructions have a prefix and a number. */
const vector = (op: number): Code => [0xfd, unsigned(op)];
const v1 =
  (op: number): Unary =>
  (x) => [x, vector(op)];
const v2 =
  (op: number): Binary =>
  (x, y) => [x, y, vector(op)];
const v3 =
  (op: number): Ternary =>
  (x, y, z) => [x, y, z, vector(op)];
const shift =
  (op: number): Shift =>
  (x, by) => [x, number32(by), vector(op)];
const vectorLoad =
  (op: number): Load =>
  (address, offset = 0) => [number32(address), vector(op), 0, unsigned(offset)];
const vectorStore =
  (op: number): Store =>
  (address, value, offset = 0) => [number32(address), value, vector(op), 0, unsigned(offset)];
const lane =
  (op: number): LoadLane =>
  (address, value, index, offset = 0) => [number32(address), value, vector(op), 0, unsigned(offset), index];
const extract =
  (op: number): Extract =>
  (x, index) => [x, vector(op), index];
const replace =
  (op: number): Replace =>
  (x, index, value) => [x, value, vector(op), index];

// biome-ignore format: a table
export const i32: Table<'eqz', IntegerUnary> & Table<'eq' | 'ne' | 'ltS' | 'ltU' | 'gtS' | 'gtU' | 'geS' | 'geU' | 'add' | 'sub' | 'mul' | 'divS' | 'divU' | 'remS' | 'remU' | 'and' | 'or' | 'xor' | 'shl' | 'shrS' | 'shrU', IntegerBinary> & Table<'load' | 'load8U', Load> & Table<'store', Store> & Table<'wrapI64' | 'reinterpretF32', Unary> & Table<'const', (value: number) => Code> & Table<'atomicLoad', Load> & Table<'atomicAdd' | 'atomicSub', Atomic> & Table<'atomicCompareExchange', (address: Operand, expected: Operand, value: Operand, offset?: number) => Code> & Table<'atomicWait', (address: Operand, expected: Operand, nanoseconds: number, offset?: number) => Code> = {
  const: integer,
  eqz: integerUnary(0x45), eq: integerBinary(0x46), ne: integerBinary(0x47),
  ltS: integerBinary(0x48), ltU: integerBinary(0x49), gtS: integerBinary(0x4a), gtU: integerBinary(0x4b), geS: integerBinary(0x4e), geU: integerBinary(0x4f),
  add: integerBinary(0x6a), sub: integerBinary(0x6b), mul: integerBinary(0x6c),
  divS: integerBinary(0x6d), divU: integerBinary(0x6e), remS: integerBinary(0x6f), remU: integerBinary(0x70),
  and: integerBinary(0x71), or: integerBinary(0x72), xor: integerBinary(0x73),
  shl: integerBinary(0x74), shrS: integerBinary(0x75), shrU: integerBinary(0x76),
  load: load(0x28), load8U: load(0x2d), store: store(0x36), wrapI64: unary(0xa7),
  reinterpretF32: unary(0xbc),
  atomicLoad: (address: Operand, offset = 0): Code => [number32(address), 0xfe, 0x10, 2, unsigned(offset)],
  atomicAdd: (address: Operand, value: Operand, offset = 0): Code => [number32(address), number32(value), 0xfe, 0x1e, 2, unsigned(offset)],
  atomicCompareExchange: (address, expected, value, offset = 0) => [number32(address), number32(expected), number32(value), 0xfe, 0x48, 2, unsigned(offset)],
  atomicWait: (address, expected, nanoseconds, offset = 0) => [number32(address), number32(expected), 0x42, signed(nanoseconds), 0xfe, 1, 2, unsigned(offset)],
  atomicSub: (address: Operand, value: Operand, offset = 0): Code => [number32(address), number32(value), 0xfe, 0x25, 2, unsigned(offset)],};

export const i64: Table<'const', (value: number) => Code> &
  Table<'load', Load> &
  Table<'store', Store> &
  Table<'ltU' | 'or' | 'xor' | 'shl' | 'shrS', Binary> &
  Table<'truncF64S' | 'reinterpretF64', Unary> = {
  const: (value) => [0x42, signed(value)],
  load: load(0x29),
  store: store(0x37),
  ltU: binary(0x54),
  or: binary(0x84),
  xor: binary(0x85),
  shl: binary(0x86),
  shrS: binary(0x87),
  truncF64S: (x) => [x, 0xfc, 6],
  reinterpretF64: unary(0xbd),
};

// biome-ignore format: a table
export const f32: Table<'ne' | 'add', Binary> & Table<'demoteF64', Unary> & Table<'load', Load> & Table<'const', (value: number) => Code> = {
  const: (value: number): Code => [0x43, laneBytes('f32', [value])], ne: binary(0x5c),
  add: binary(0x92),
  load: load(0x2a), demoteF64: unary(0xb6),};

// biome-ignore format: a table
export const f64: Table<'ne' | 'add', Binary> & Table<'promoteF32', Unary> & Table<'load', Load> & Table<'const', (value: number) => Code> = {
  const: (value: number): Code => [0x44, laneBytes('f64', [value])], ne: binary(0x62),
  add: binary(0xa0),
  load: load(0x2b), promoteF32: unary(0xbb),};

// biome-ignore format: a table
export const v128: Table<'load' | 'load8Splat' | 'load32Splat' | 'load64Splat' | 'load32Zero' | 'load64Zero', Load> & Table<'store', Store> & Table<'load8Lane' | 'load32Lane' | 'load64Lane' | 'store8Lane' | 'store32Lane' | 'store64Lane', LoadLane> & Table<'not' | 'anyTrue', Unary> & Table<'and' | 'andnot' | 'or' | 'xor', Binary> & Table<'bitselect', Ternary> & Table<'const', (bytes: readonly number[]) => Code> & Table<'shuffle', (x: Code, y: Code, bytes: readonly number[]) => Code> = {
  const: (bytes: readonly number[]): Code => [0xfd, 12, bytes],
  load: vectorLoad(0), load8Splat: vectorLoad(7), load32Splat: vectorLoad(9), load64Splat: vectorLoad(10),
  load32Zero: vectorLoad(0x5c), load64Zero: vectorLoad(0x5d), store: vectorStore(11),
  load8Lane: lane(0x54), load32Lane: lane(0x56), load64Lane: lane(0x57),
  store8Lane: lane(0x58), store32Lane: lane(0x5a), store64Lane: lane(0x5b),
  not: v1(77), and: v2(78), andnot: v2(79), or: v2(80), xor: v2(81), bitselect: v3(82), anyTrue: v1(83),
  /** Bytes of x and y by their numbers: 0 to 15 from x, 16 to 31 from y. */
  shuffle: (x: Code, y: Code, bytes: readonly number[]): Code => [x, y, 0xfd, 13, bytes],};

/** Bytes of a shuffle that picks 32-bit lanes: 0 to 3 from x, 4 to 7 from y. */
export const lanes = (...picks: readonly number[]): number[] =>
  picks.flatMap((p) => [4 * p, 4 * p + 1, 4 * p + 2, 4 * p + 3]);

// biome-ignore format: a table
export const i32x4: Table<'splat' | 'abs' | 'neg' | 'truncSatF32x4S' | 'truncSatF32x4U' | 'truncSatF64x2SZero' | 'truncSatF64x2UZero' | 'extendLowI16x8U', Unary> & Table<'extractLane', Extract> & Table<'replaceLane', Replace> & Table<'eq' | 'ne' | 'ltS' | 'ltU' | 'gtS' | 'gtU' | 'leS' | 'leU' | 'geS' | 'geU' | 'add' | 'sub' | 'mul' | 'minS' | 'minU' | 'maxS' | 'maxU', Binary> & Table<'shl' | 'shrS' | 'shrU', Shift> & Table<'relaxedLaneselect', Ternary> = {
  splat: v1(17), extractLane: extract(27), replaceLane: replace(28),
  eq: v2(0x37), ne: v2(0x38), ltS: v2(0x39), ltU: v2(0x3a), gtS: v2(0x3b), gtU: v2(0x3c), leS: v2(0x3d), leU: v2(0x3e), geS: v2(0x3f), geU: v2(0x40),
  abs: v1(0xa0), neg: v1(0xa1), shl: shift(0xab), shrS: shift(0xac), shrU: shift(0xad),
  add: v2(0xae), sub: v2(0xb1), mul: v2(0xb5), minS: v2(0xb6), minU: v2(0xb7), maxS: v2(0xb8), maxU: v2(0xb9),
  truncSatF32x4S: v1(0xf8), truncSatF32x4U: v1(0xf9), truncSatF64x2SZero: v1(0xfc), truncSatF64x2UZero: v1(0xfd),
  extendLowI16x8U: v1(0xa9), relaxedLaneselect: v3(0x10b),};

export const i16x8: Table<'extendLowI8x16U', Unary> & Table<'narrowI32x4U', Binary> = {
  extendLowI8x16U: v1(0x89),
  narrowI32x4U: v2(0x86),
};
export const i8x16: Table<'narrowI16x8U', Binary> = { narrowI16x8U: v2(0x66) };

// biome-ignore format: a table
export const i64x2: Table<'add', Binary> & Table<'shl' | 'shrU', Shift> = {
 shl: shift(0xcb), shrU: shift(0xcd), add: v2(0xce),
};

// biome-ignore format: a table
export const f32x4: Table<'splat' | 'ceil' | 'floor' | 'trunc' | 'nearest' | 'abs' | 'neg' | 'sqrt' | 'convertI32x4S' | 'convertI32x4U' | 'demoteF64x2Zero', Unary> & Table<'extractLane', Extract> & Table<'replaceLane', Replace> & Table<'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge' | 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pmin' | 'pmax', Binary> & Table<'relaxedMadd', Ternary> = {
  splat: v1(19), extractLane: extract(31), replaceLane: replace(32),
  eq: v2(0x41), ne: v2(0x42), lt: v2(0x43), gt: v2(0x44), le: v2(0x45), ge: v2(0x46),
  ceil: v1(0x67), floor: v1(0x68), trunc: v1(0x69), nearest: v1(0x6a), abs: v1(0xe0), neg: v1(0xe1), sqrt: v1(0xe3),
  add: v2(0xe4), sub: v2(0xe5), mul: v2(0xe6), div: v2(0xe7), min: v2(0xe8), max: v2(0xe9), pmin: v2(0xea), pmax: v2(0xeb),
  convertI32x4S: v1(0xfa), convertI32x4U: v1(0xfb), demoteF64x2Zero: v1(0x5e),
  relaxedMadd: v3(0x105),};

// biome-ignore format: a table
export const f64x2: Table<'splat' | 'ceil' | 'floor' | 'trunc' | 'nearest' | 'abs' | 'neg' | 'sqrt' | 'promoteLowF32x4' | 'convertLowI32x4S' | 'convertLowI32x4U', Unary> & Table<'extractLane', Extract> & Table<'replaceLane', Replace> & Table<'eq' | 'ne' | 'lt' | 'gt' | 'le' | 'ge' | 'add' | 'sub' | 'mul' | 'div' | 'min' | 'max' | 'pmin' | 'pmax', Binary> & Table<'relaxedMadd', Ternary> = {
  splat: v1(20), extractLane: extract(33), replaceLane: replace(34),
  eq: v2(0x47), ne: v2(0x48), lt: v2(0x49), gt: v2(0x4a), le: v2(0x4b), ge: v2(0x4c),
  ceil: v1(0x74), floor: v1(0x75), trunc: v1(0x7a), nearest: v1(0x94), abs: v1(0xec), neg: v1(0xed), sqrt: v1(0xef),
  add: v2(0xf0), sub: v2(0xf1), mul: v2(0xf2), div: v2(0xf3), min: v2(0xf4), max: v2(0xf5), pmin: v2(0xf6), pmax: v2(0xf7),
  promoteLowF32x4: v1(0x5f), convertLowI32x4S: v1(0xfe), convertLowI32x4U: v1(0xff),
  relaxedMadd: v3(0x107),};

/** `bytes` bytes set to the value (its low eight bits) from the address on. */
export const memory: Table<'fill', (to: Operand, from: Operand, bytes: Operand) => Code> = {
  fill: (address: Operand, value: Operand, bytes: Operand): Code => [
    number32(address),
    number32(value),
    number32(bytes),
    0xfc,
    11,
    0,
  ],
};
