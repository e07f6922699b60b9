/** Control flow: structured, as WebAssembly's is. A branch counts the enclosing blocks from the inside out. */
import { type Code, type Local, number32, type Operand, unsigned } from './code.ts';
import { i32 } from './instructions.ts';

const empty = 0x40;

export const block = (...body: readonly Code[]): Code => [0x02, empty, body, 0x0b];
export const loop = (...body: readonly Code[]): Code => [0x03, empty, body, 0x0b];
export const branch = (depth: number): Code => [0x0c, unsigned(depth)];
export const branchIf = (condition: Operand, depth: number): Code => [number32(condition), 0x0d, unsigned(depth)];

/** `if (condition) … else …`, each a statement. It is a block: branches inside count it. */
export const when = (condition: Operand, then: Code, otherwise?: Code): Code => [
  number32(condition),
  0x04,
  empty,
  then,
  otherwise === undefined ? [] : [0x05, otherwise],
  0x0b,
];

/** `condition ? x : y` on scalars (not vectors' lanes); both are computed. */
export const choose = (condition: Operand, x: Operand, y: Operand): Code => [
  number32(x),
  number32(y),
  number32(condition),
  0x1b,
];

/** The smaller one, signed; both are computed twice. */
export const least = (x: Code, y: Code): Code => choose(i32.ltS(x, y), x, y);

export const drop = (value: Code): Code => [value, 0x1a];
/** Ends the function; its results are what was left before. */
export const giveBack: Code = 0x0f;
export const unreachable: Code = 0x00;

/** `while (i < end) { body; i += step }`, signed, with `i` where it stands. The test is at the bottom: the body runs in a loop of one branch. */
export const stepUp = (i: Local, end: Operand, step: Operand, ...body: readonly Code[]): Code =>
  when(i32.ltS(i, end), loop(body, branchIf(i32.ltS(i.tee(i32.add(i, step)), end), 0)));

/** `while (rest >= least) { body; rest -= step }`, signed, tested at the bottom too. */
export const countDown = (rest: Local, step: Operand, least: Operand, ...body: readonly Code[]): Code =>
  when(i32.geS(rest, least), loop(body, branchIf(i32.geS(rest.tee(i32.sub(rest, step)), least), 0)));

/** `for (i = from; i < to; i += 1)`. */
export const forUp = (i: Local, from: Operand, to: Operand, ...body: readonly Code[]): Code => [
  i.set(number32(from)),
  stepUp(i, to, 1, body),
];

/** The body a fixed number of times (at least once), counted down in `i`. */
export const times = (i: Local, count: number, ...body: readonly Code[]): Code =>
  count === 1 ? body : [i.set(i32.const(count)), loop(body, branchIf(i.tee(i32.sub(i, 1)), 0))];
