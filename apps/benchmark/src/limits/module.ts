/** Just enough of the WebAssembly binary format (W3C core specification 2.0, §5) for modules of one function: bytes from instructions. */

/** An unsigned number in LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const byte = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** A signed number of 32 bits in LEB128. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const isLast = rest === (byte & 0x40 ? -1 : 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return bytes;
  }
}

const vector = (...instruction: number[]): number[] => [0xfd, ...instruction];
/** Alignment 2⁴ or less, then the distance from the address. */
const at = (offset: number): number[] => [4, ...unsigned(offset)];

/** The instructions that the limits are made of; numbers are opcodes. */
export const code = {
  get: (local: number): number[] => [0x20, ...unsigned(local)],
  set: (local: number): number[] => [0x21, ...unsigned(local)],
  tee: (local: number): number[] => [0x22, ...unsigned(local)],
  integer: (value: number): number[] => [0x41, ...signed(value)],
  float: (value: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
  addIntegers: [0x6a],
  subtractIntegers: [0x6b],
  isBelow: [0x49],
  splat: vector(0x13),
  firstLane: vector(0x1f, 0),
  add: vector(...unsigned(0xe4)),
  multiply: vector(...unsigned(0xe6)),
  /** a, b, c → a · b + c, rounded once or twice. */
  multiplyAdd: vector(...unsigned(0x105)),
  load: (offset: number): number[] => vector(0, ...at(offset)),
  store: (offset: number): number[] => vector(11, ...at(offset)),
  /** Repeats while its last value isn't zero. */
  loop: (body: readonly number[]): number[] => [0x03, 0x40, ...body, 0x0d, 0, 0x0b],
} as const;

interface OneFunction {
  /** Locals after the one i32 parameter: so many vectors, then so many i32. */
  readonly vectors: number;
  readonly integers: number;
  readonly body: readonly number[];
  /** Pages of 64 KiB. */
  readonly pages: number;
}

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
const [i32, f32, v128] = [0x7f, 0x7d, 0x7b];

/** A module that exports `run: (n: i32) → f32` and its `memory`. */
export function moduleOf({ vectors, integers, body, pages }: OneFunction): Uint8Array<ArrayBuffer> {
  const locals = [2, ...unsigned(vectors), v128, ...unsigned(integers), i32];
  const content = [...locals, ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 1, i32, 1, f32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0x00, ...unsigned(pages)]),
    ...section(7, [2, 3, ...Buffer.from('run'), 0, 0, 6, ...Buffer.from('memory'), 2, 0]),
    ...section(10, [1, ...unsigned(content.length), ...content]),
  ]);
}
