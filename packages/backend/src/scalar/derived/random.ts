/**
 * Random numbers as an expression of key, counter and coordinate: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror & Shaw,
 * *Parallel random numbers: as easy as 1, 2, 3*, SC 2011). Only integer arithmetic and exact conversions, so that every
 * backend draws the same numbers.
 */
import { add, and, cast, less, mul, or, same, select, shiftLeft, shiftRight, xor } from '../core.ts';
import { constant, type Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';

/** The paper's rotation distances for two 32-bit words, four rounds to a group, and the parity of its key schedule. */
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;
const parity = 0x1bd11bda;

const unsigned = (value: number): Expression => constant(value, 'u32');

const rotateLeft = (x: Expression, distance: number): Expression =>
  or(shiftLeft(x, unsigned(distance)), shiftRight(x, unsigned(32 - distance)));

/** Both words of Threefry-2x32-20 at a counter of two words. */
export function threefry2x32(
  key0: Expression,
  key1: Expression,
  counter0: Expression,
  counter1: Expression,
): readonly [Expression, Expression] {
  const keys = [cast(key0, 'u32'), cast(key1, 'u32')];
  keys.push(xor(xor(unsigned(parity), keys[0]!), keys[1]!));
  let x = add(cast(counter0, 'u32'), keys[0]!);
  let y = add(cast(counter1, 'u32'), keys[1]!);
  for (let group = 1; group <= 5; group++) {
    for (const distance of rotations[(group - 1) % 2]!) {
      x = add(x, y);
      y = xor(rotateLeft(y, distance), x);
    }
    x = add(x, keys[group % 3]!);
    y = add(add(y, keys[(group + 1) % 3]!), unsigned(group));
  }
  return [x, y];
}

/** One word of Threefry as a row. All arguments are u32. */
const word = (name: string, index: 0 | 1): Builder<4> =>
  defineRow({
    name,
    arity: 4,
    accepts: 'bits',
    result: () => 'u32',
    meaning: (key0, key1, counter, coordinate) => threefry2x32(key0, key1, counter, coordinate)[index],
    domain: Array.from({ length: 4 }, () => [0, 2 ** 31 - 1] as const),
  });

/** 32 random bits for an element, of key, key, counter and coordinate: the first word of Threefry. */
export const randomBits: Builder<4> = word('randomBits', 0);

/** The second word, for elements that need 64 bits. */
export const randomBits2: Builder<4> = word('randomBits2', 1);

/** Key, key, counter and coordinate by their bits. */
export const asWords = (args: readonly Expression[]): [Expression, Expression, Expression, Expression] =>
  args.map((arg) => cast(arg, 'u32')) as [Expression, Expression, Expression, Expression];

/**
 * 32 random bits for an element of a tensor, of key, key, counter and coordinate. Eight elements share the blocks of four: elements 8n to 8n + 3 take the first words of
 * blocks 4n to 4n + 3, the next four the second words, so that vectors of four lanes waste none of them.
 */
export const elementBits: Builder<4> = defineRow({
  name: 'elementBits',
  arity: 4,
  accepts: 'bits',
  result: () => 'u32',
  meaning: (...args) => {
    const [key0, key1, counter, place] = asWords(args);
    const block = or(shiftLeft(shiftRight(place, unsigned(3)), unsigned(2)), and(place, unsigned(3)));
    const second = less(unsigned(0), and(place, unsigned(4)));
    return select(second, randomBits2(key0, key1, counter, block), randomBits(key0, key1, counter, block));
  },
  domain: Array.from({ length: 4 }, () => [0, 2 ** 31 - 1] as const),
});

/** A float32 in [0, 1) from the upper 24 of 32 random bits: exact, all multiples of 2^-24. */
export const uniform: Builder = defineRow({
  name: 'uniform',
  arity: 1,
  accepts: 'bits',
  result: () => 'f32',
  meaning: (bits) => mul(cast(shiftRight(cast(bits, 'u32'), unsigned(8)), 'f32'), constant(2 ** -24, 'f32')),
  domain: [[0, 2 ** 31 - 1]],
});

/** A float64 in [0, 1) from 27 bits of the first word and 26 of the second: exact, all multiples of 2^-53. */
export const uniformDouble: Builder<2> = defineRow({
  name: 'uniformDouble',
  arity: 2,
  accepts: 'bits',
  result: () => 'f64',
  meaning: (bits, bits2) => {
    const upper = cast(shiftRight(cast(bits, 'u32'), unsigned(5)), 'f64');
    const lower = cast(shiftRight(cast(bits2, 'u32'), unsigned(6)), 'f64');
    return mul(add(mul(upper, same(2 ** 26, upper)), lower), same(2 ** -53, upper));
  },
  domain: [
    [0, 2 ** 31 - 1],
    [0, 2 ** 31 - 1],
  ],
});

/** True where an element is kept: its upper 24 bits are below `kept`, the kept fraction times 2^24 (0 keeps none, 2^24 all). */
export const dropoutMask: Builder<2> = defineRow({
  name: 'dropoutMask',
  arity: 2,
  accepts: 'bits',
  result: () => 'bool',
  meaning: (bits, kept) => less(shiftRight(cast(bits, 'u32'), unsigned(8)), cast(kept, 'u32')),
  domain: [
    [0, 2 ** 31 - 1],
    [0, 2 ** 24],
  ],
});
