/** Text for each core row, by the type of its arguments: the table that makes the scalar language whole on this backend. */
import type { CoreName, ScalarType } from '@nn/backend';
import type { Shader } from '../shader.ts';
import { wgslType } from './types.ts';

/** Texts of the arguments in (names or literals), text of the value out. */
export type RowText = (shader: Shader, type: ScalarType, args: readonly string[]) => string;

type Text = (...args: string[]) => string;
/** A text, or the name of a helper that is called. */
type Code = Text | string;

/** By type; i32 serves u32 where that has no code of its own. */
const by =
  (codes: { f32?: Code; i32?: Code; u32?: Code; bool?: Code }): RowText =>
  (shader, type, args) => {
    if (type === 'f64') return wgslType.f64;
    const code = codes[type] ?? codes.i32!;
    return typeof code === 'string' ? `${shader.use(code)}(${args.join(', ')})` : code(...args);
  };

const infix =
  (operator: string): Text =>
  (x, y) =>
    `(${x} ${operator} ${y})`;
const builtin =
  (name: string): Text =>
  (...args) =>
    `${name}(${args.join(', ')})`;

export const coreRows: { readonly [N in CoreName]: RowText } = {
  add: by({ f32: infix('+'), i32: infix('+') }),
  sub: by({ f32: infix('-'), i32: infix('-') }),
  mul: by({ f32: infix('*'), i32: infix('*') }),
  div: by({ f32: infix('/'), i32: 'quotientI32', u32: 'quotientU32' }),
  rem: by({ f32: 'remainderF32', i32: 'remainderI32', u32: 'remainderU32' }),
  neg: by({ f32: 'negated', i32: (x) => `(-${x})`, u32: (x) => `(0u - ${x})` }),
  abs: by({ f32: builtin('abs'), i32: builtin('abs'), u32: (x) => x }),
  max: by({ f32: 'larger', i32: builtin('max') }),
  min: by({ f32: 'smaller', i32: builtin('min') }),
  floor: by({ f32: builtin('floor') }),
  ceil: by({ f32: builtin('ceil') }),
  trunc: by({ f32: builtin('trunc') }),
  round: by({ f32: builtin('round') }),
  sqrt: by({ f32: builtin('sqrt') }),
  exp: by({ f32: 'exponential' }),
  log: by({ f32: 'logarithm' }),
  sin: by({ f32: 'sine' }),
  cos: by({ f32: 'cosine' }),
  pow: by({ f32: 'powerF32', i32: 'powerI32', u32: 'powerU32' }),
  less: by({ f32: 'isLess', i32: infix('<'), bool: (x, y) => `(!${x} & ${y})` }),
  lessEqual: by({ f32: 'isLessOrEqual', i32: infix('<='), bool: (x, y) => `(!${x} | ${y})` }),
  equal: by({ f32: 'isEqual', i32: infix('=='), bool: infix('==') }),
  and: by({ i32: infix('&'), bool: infix('&') }),
  or: by({ i32: infix('|'), bool: infix('|') }),
  xor: by({ i32: infix('^'), bool: infix('!=') }),
  not: by({ i32: (x) => `(~${x})`, bool: (x) => `(!${x})` }),
  shiftLeft: by({ i32: (x, y) => `(${x} << (u32(${y}) & 31u))` }),
  shiftRight: by({ i32: (x, y) => `(${x} >> (u32(${y}) & 31u))` }),
  select: (_, type, [condition, x, y]) => {
    if (type === 'f64') return wgslType.f64;
    return `select(${y}, ${x}, ${condition})`;
  },
};
