/**
 * WebAssembly code as values: an instruction is its operands' code followed by its own bytes, so that code composes like expressions.
 * `f32x4.add(x, y)` is the code that leaves the sum on the stack. Knows the binary encoding (WebAssembly Core Specification 2.0, ch. 5), nothing of kernels.
 */

/** A byte, a local (the code that reads it), a function (the code that calls it), or code in order. Nested as it was composed; flattened once, when a module is encoded. */
export type Code = number | Local | Callable | readonly Code[];

/** Value types by their encoding. */
export type ValueType = 0x7f | 0x7e | 0x7d | 0x7c | 0x7b;
export const I32 = 0x7f;
export const I64 = 0x7e;
export const F64 = 0x7c;
export const V128 = 0x7b;

/** Types of so many addresses or counts. */
export const words = (count: number): (typeof I32)[] => Array.from({ length: count }, () => I32);

/** A parameter or local variable of a function. As code, it reads the variable. */
export class Local {
  readonly index: number;
  readonly type: ValueType;
  constructor(index: number, type: ValueType) {
    this.index = index;
    this.type = type;
  }
  /** Code that stores the value. */
  set(value: Code): Code {
    return [value, 0x21, unsigned(this.index)];
  }
  /** Code that stores the value and leaves it. */
  tee(value: Code): Code {
    return [value, 0x22, unsigned(this.index)];
  }
  /** Code that adds to an i32 variable. */
  add(value: Code | number): Code {
    return this.set([this, typeof value === 'number' ? integer(value) : value, 0x6a]);
  }
}

/** A function that can be called. Its number is settled when the module is encoded: imports come first. */
export abstract class Callable {
  index = -1;
}

/** Code that calls a function with arguments in order. */
export const call = (callee: Callable, ...parameters: readonly Operand[]): Code => [parameters.map(number32), callee];

/** LEB128 of a number from 0 to 2^32 - 1. */
export function unsigned(value: number): Code {
  if (value < 0x80) return value;
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** LEB128 of a 32-bit signed number. */
export function signed(value: number): Code {
  const bytes: number[] = [];
  for (let rest = value | 0; ; rest >>= 7) {
    const done = rest >> 6 === 0 || rest >> 6 === -1;
    bytes.push((rest & 0x7f) | (done ? 0 : 0x80));
    if (done) return bytes;
  }
}

/** The constant as an i32. */
export const integer = (value: number): Code => [0x41, signed(value)];

/** Code for a number as it is written in sources: an i32 constant, or code as it stands. A local is code. */
export const number32 = (value: Operand): Code => (typeof value === 'number' ? integer(value) : value);

/** An operand: code, or a plain number for an i32 constant. */
export type Operand = Code;

/** Appends the bytes of code. */
export function flatten(code: Code, out: number[]): void {
  if (typeof code === 'number') out.push(code);
  else if (code instanceof Local) {
    out.push(0x20);
    flatten(unsigned(code.index), out);
  } else if (code instanceof Callable) {
    out.push(0x10);
    flatten(unsigned(code.index), out);
  } else
    for (let i = 0; i < code.length; i++) {
      const part = code[i]!;
      if (typeof part === 'number') out.push(part);
      else flatten(part, out);
    }
}

/** Appends what `write` appends, behind the count of its bytes: in five bytes, as it is known only afterwards. */
export function sized(out: number[], write: () => void): void {
  const start = out.push(0, 0, 0, 0, 0);
  write();
  const count = out.length - start;
  for (let i = 0; i < 5; i++) out[start - 5 + i] = ((count >>> (7 * i)) & 0x7f) | (i < 4 ? 0x80 : 0);
}

const scratch = new DataView(new ArrayBuffer(16));

/** The bytes of four lanes (or two, of f64). */
export function laneBytes(type: 'f32' | 'i32' | 'f64', lanes: readonly number[]): number[] {
  const width = type === 'f64' ? 8 : 4;
  lanes.forEach((lane, i) => {
    if (type === 'f64') scratch.setFloat64(i * width, lane, true);
    else if (type === 'f32') scratch.setFloat32(i * width, lane, true);
    else scratch.setInt32(i * width, lane, true);
  });
  return Array.from(new Uint8Array(scratch.buffer, 0, lanes.length * width));
}
