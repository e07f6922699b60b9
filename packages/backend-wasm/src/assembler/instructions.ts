/**
 * The instructions that kernels are made of, grouped by type as the specification names them, in camelCase; where it numbers several in a row, by their first number. A plain
 * number as an operand is an i32 constant. Memory instructions take the address first and a constant offset last.
 */
import { type Code, integer, laneBytes, number32, type Operand, signed, unsigned } from './code.ts';

type Unary = (x: Operand) => Code;
type Binary = (x: Operand, y: Operand) => Code;
type Ternary = (x: Code, y: Code, z: Code) => Code;
type Load = (address: Operand, offset?: number) => Code;
type Store = (address: Operand, value: Code, offset?: number) => Code;
type Extract = (x: Code, index: number) => Code;
type Replace = (x: Code, index: number, value: Code) => Code;
type LoadLane = (address: Operand, value: Code, lane: number, offset?: number) => Code;

type Table<Names extends string, Instruction> = { readonly [Name in Names]: Instruction };

/** Vector instructions have a prefix and a number. */
const vector = (op: number): Code => [0xfd, unsigned(op)];

const unary =
  (op: Code): Unary =>
  (x) => [number32(x), op];
const binary =
  (op: Code): Binary =>
  (x, y) => [number32(x), number32(y), op];
const ternary =
  (op: number): Ternary =>
  (x, y, z) => [x, y, z, vector(op)];
const load =
  (op: Code): Load =>
  (address, offset = 0) => [number32(address), op, 0, unsigned(offset)];
const store =
  (op: Code): Store =>
  (address, value, offset = 0) => [number32(address), value, op, 0, unsigned(offset)];
const lane =
  (op: number): LoadLane =>
  (address, value, index, offset = 0) => [store(vector(op))(address, value, offset), index];
const extract =
  (op: number): Extract =>
  (x, index) => [x, vector(op), index];
const replace =
  (op: number): Replace =>
  (x, index, value) => [x, value, vector(op), index];
type Split<Names extends string> = Names extends `${infer Name} ${infer Rest}` ? Name | Split<Rest> : Names;

/** Instructions of one form that the specification numbers in a row; `_` skips one. */
const series = <Instruction, const Names extends string>(
  make: (op: Code) => Instruction,
  code: (op: number) => Code,
  first: number,
  names: Names,
): Table<Split<Names>, Instruction> =>
  Object.fromEntries(names.split(' ').map((name, i) => [name, make(code(first + i))])) as never;

/** `memory.copy`. */
export const copyBytes = (to: Code, from: Code, bytes: Operand): Code => [to, from, number32(bytes), 0xfc, 10, 0, 0];

const scalar = (op: number): Code => op;
const integerTests = 'eq ne ltS ltU gtS gtU leS leU geS geU';
const floatTests = 'eq ne lt gt le ge';
const floatSigns = 'abs neg _ sqrt';
const floatArithmetic = 'add sub mul div min max pmin pmax';

export const i32: Table<'eqz' | 'wrapI64' | 'reinterpretF32', Unary> &
  Table<Split<typeof integerTests>, Binary> &
  Table<'add' | 'sub' | 'mul' | 'divS' | 'divU' | 'remS' | 'remU' | 'and' | 'or' | 'xor' | 'shl', Binary> &
  Table<'shrS' | 'shrU', Binary> &
  Table<'load' | 'load8U', Load> &
  Table<'store', Store> &
  Table<'const', (value: number) => Code> = {
  const: integer,
  eqz: unary(0x45),
  ...series(binary, scalar, 0x46, integerTests),
  ...series(binary, scalar, 0x6a, 'add sub mul divS divU remS remU and or xor shl shrS shrU'),
  load: load(0x28),
  load8U: load(0x2d),
  store: store(0x36),
  wrapI64: unary(0xa7),
  reinterpretF32: unary(0xbc),
};

export const i64: Table<'const', (value: number) => Code> &
  Table<'load', Load> &
  Table<'store', Store> &
  Table<'ltU' | 'or' | 'xor' | 'shl' | 'shrS', Binary> &
  Table<'truncF64S' | 'reinterpretF64', Unary> = {
  const: (value) => [0x42, signed(value)],
  load: load(0x29),
  store: store(0x37),
  ltU: binary(0x54),
  ...series(binary, scalar, 0x84, 'or xor shl shrS'),
  truncF64S: unary([0xfc, 6]),
  reinterpretF64: unary(0xbd),
};

export const f32: Table<'ne' | 'add', Binary> &
  Table<'demoteF64', Unary> &
  Table<'load', Load> &
  Table<'const', (value: number) => Code> = {
  const: (value) => [0x43, laneBytes('f32', [value])],
  ne: binary(0x5c),
  add: binary(0x92),
  load: load(0x2a),
  demoteF64: unary(0xb6),
};

export const f64: Table<'ne' | 'add', Binary> &
  Table<'promoteF32', Unary> &
  Table<'load', Load> &
  Table<'const', (value: number) => Code> = {
  const: (value) => [0x44, laneBytes('f64', [value])],
  ne: binary(0x62),
  add: binary(0xa0),
  load: load(0x2b),
  promoteF32: unary(0xbb),
};

type Shuffle = (x: Code, y: Code, bytes: readonly number[]) => Code;

export const v128: Table<'load' | 'load8Splat' | 'load32Splat' | 'load64Splat' | 'load32Zero' | 'load64Zero', Load> &
  Table<'store', Store> &
  Table<'load8Lane' | 'load32Lane' | 'load64Lane' | 'store8Lane' | 'store32Lane' | 'store64Lane', LoadLane> &
  Table<'not' | 'anyTrue', Unary> &
  Table<'and' | 'andnot' | 'or' | 'xor', Binary> &
  Table<'bitselect', Ternary> &
  Table<'const', (bytes: readonly number[]) => Code> &
  Table<'shuffle', Shuffle> = {
  const: (bytes) => [0xfd, 12, bytes],
  ...series(load, vector, 7, 'load8Splat _ load32Splat load64Splat'),
  ...series(load, vector, 0x5c, 'load32Zero load64Zero'),
  load: load(vector(0)),
  store: store(vector(11)),
  load8Lane: lane(0x54),
  load32Lane: lane(0x56),
  load64Lane: lane(0x57),
  store8Lane: lane(0x58),
  store32Lane: lane(0x5a),
  store64Lane: lane(0x5b),
  not: unary(vector(77)),
  ...series(binary, vector, 78, 'and andnot or xor'),
  bitselect: ternary(82),
  anyTrue: unary(vector(83)),
  /** Bytes of x and y by their numbers: 0 to 15 from x, 16 to 31 from y. */
  shuffle: (x, y, bytes) => [x, y, 0xfd, 13, bytes],
};

/** Bytes of a shuffle that picks 32-bit lanes: 0 to 3 from x, 4 to 7 from y. */
export const lanes = (...picks: readonly number[]): number[] =>
  picks.flatMap((p) => [4 * p, 4 * p + 1, 4 * p + 2, 4 * p + 3]);

type IntegerVector = Table<Split<typeof integerTests>, Binary> &
  Table<'abs' | 'neg', Unary> &
  Table<'add' | 'sub' | 'mul' | 'minS' | 'minU' | 'maxS' | 'maxU' | 'shl' | 'shrS' | 'shrU', Binary>;

/** What vectors of integers have in common: tests from one number on, arithmetic from another. */
const integers = (tests: number, arithmetic: number): IntegerVector => ({
  ...series(binary, vector, tests, integerTests),
  ...series(unary, vector, arithmetic, 'abs neg'),
  ...series(binary, vector, arithmetic + 11, 'shl shrS shrU add _ _ sub _ _ _ mul minS minU maxS maxU'),
});

export const i32x4: IntegerVector &
  Table<'splat' | 'truncSatF32x4S' | 'truncSatF32x4U', Unary> &
  Table<'truncSatF64x2SZero' | 'truncSatF64x2UZero' | 'extendLowI16x8U', Unary> &
  Table<'extractLane', Extract> &
  Table<'replaceLane', Replace> &
  Table<'relaxedLaneselect', Ternary> = {
  ...integers(0x37, 0xa0),
  splat: unary(vector(17)),
  extractLane: extract(27),
  replaceLane: replace(28),
  ...series(unary, vector, 0xf8, 'truncSatF32x4S truncSatF32x4U _ _ truncSatF64x2SZero truncSatF64x2UZero'),
  extendLowI16x8U: unary(vector(0xa9)),
  relaxedLaneselect: ternary(0x10b),
};

export const i16x8: IntegerVector & Table<'extendLowI8x16U', Unary> & Table<'narrowI32x4U', Binary> = {
  ...integers(0x2d, 0x80),
  extendLowI8x16U: unary(vector(0x89)),
  narrowI32x4U: binary(vector(0x86)),
};
/** There is no `mul`. */
export const i8x16: Omit<IntegerVector, 'mul'> & Table<'narrowI16x8U', Binary> = {
  ...integers(0x23, 0x60),
  narrowI16x8U: binary(vector(0x66)),
};

export const i64x2: Table<'add' | 'shl' | 'shrU', Binary> = series(binary, vector, 0xcb, 'shl _ shrU add');

type FloatVector = Table<'splat' | 'ceil' | 'floor' | 'trunc' | 'nearest' | 'abs' | 'neg' | 'sqrt', Unary> &
  Table<'extractLane', Extract> &
  Table<'replaceLane', Replace> &
  Table<Split<typeof floatTests> | Split<typeof floatArithmetic>, Binary> &
  Table<'relaxedMadd', Ternary>;

export const f32x4: FloatVector & Table<'convertI32x4S' | 'convertI32x4U' | 'demoteF64x2Zero', Unary> = {
  splat: unary(vector(19)),
  extractLane: extract(31),
  replaceLane: replace(32),
  ...series(binary, vector, 0x41, floatTests),
  ...series(unary, vector, 0x67, 'ceil floor trunc nearest'),
  ...series(unary, vector, 0xe0, floatSigns),
  ...series(binary, vector, 0xe4, floatArithmetic),
  ...series(unary, vector, 0xfa, 'convertI32x4S convertI32x4U'),
  demoteF64x2Zero: unary(vector(0x5e)),
  relaxedMadd: ternary(0x105),
};

export const f64x2: FloatVector & Table<'promoteLowF32x4' | 'convertLowI32x4S' | 'convertLowI32x4U', Unary> = {
  splat: unary(vector(20)),
  extractLane: extract(33),
  replaceLane: replace(34),
  ...series(binary, vector, 0x47, floatTests),
  ...series(unary, vector, 0x74, 'ceil floor'),
  trunc: unary(vector(0x7a)),
  nearest: unary(vector(0x94)),
  ...series(unary, vector, 0xec, floatSigns),
  ...series(binary, vector, 0xf0, floatArithmetic),
  promoteLowF32x4: unary(vector(0x5f)),
  ...series(unary, vector, 0xfe, 'convertLowI32x4S convertLowI32x4U'),
  relaxedMadd: ternary(0x107),
};

/** `bytes` bytes set to the value (its low eight bits) from the address on. */
export const memory: Table<'fill', (to: Operand, from: Operand, bytes: Operand) => Code> = {
  fill: (address, value, bytes) => [number32(address), number32(value), number32(bytes), 0xfc, 11, 0],
};
