/**
 * What WGSL's own operators leave open: NaN (implementations may take it for absent, so it is told by its bits), infinities as constants, signs of zeros, and
 * conversions of what doesn't fit.
 */
import type { Helper } from '../../shader.ts';

/** Comparisons are false of NaN. */
const comparison = (name: string, operator: string): Helper => ({
  needs: ['isNumber'],
  text: `fn ${name}(x: f32, y: f32) -> bool { return (x ${operator} y) & isNumber(x) & isNumber(y); }`,
});

/** The extreme; NaN if either is NaN. */
const extreme = (name: string, builtin: string): Helper => ({
  needs: ['isNumber'],
  text: `fn ${name}(x: f32, y: f32) -> f32 { return select(select(y, x, isNumber(y)), ${builtin}(x, y), isNumber(x) & isNumber(y)); }`,
});

export const floats: Readonly<Record<string, Helper>> = {
  /** As a function of an argument: as a constant expression NaN and infinities are errors. */
  fromBits: { text: 'fn fromBits(bits: u32) -> f32 { return bitcast<f32>(bits); }' },
  isNumber: { text: 'fn isNumber(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) <= 0x7f800000u; }' },
  isNotZero: { text: 'fn isNotZero(x: f32) -> bool { return (bitcast<u32>(x) & 0x7fffffffu) != 0u; }' },
  negated: { text: 'fn negated(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ 0x80000000u); }' },
  withSign: {
    text: 'fn withSign(x: f32, y: f32) -> f32 { return bitcast<f32>((bitcast<u32>(x) & 0x7fffffffu) | (bitcast<u32>(y) & 0x80000000u)); }',
  },
  /** The upper 12 of a float's 24 binary digits: products of two such numbers are exact, and so is the rest. */
  leading: { text: 'fn leading(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) & 0xfffff000u); }' },
  /** For divisors that compilers know: they would multiply by the reciprocal. */
  quotientF32: {
    needs: ['isNumber'],
    text: 'fn quotientF32(x: f32, y: f32) -> f32 { return x / select(x, y, isNumber(x)); }',
  },
  /** A small number that enters a sum as it is: compilers that take sums for associative (Metal's do) don't look through the choice. */
  settled: { text: 'fn settled(x: f32) -> f32 { return select(0f, x, abs(x) < 4096f); }' },
  isLess: comparison('isLess', '<'),
  isLessOrEqual: comparison('isLessOrEqual', '<='),
  isEqual: comparison('isEqual', '=='),
  larger: extreme('larger', 'max'),
  smaller: extreme('smaller', 'min'),
  toI32: {
    needs: ['isNumber'],
    text: `fn toI32(x: f32) -> i32 {
  if (!isNumber(x)) { return 0i; }
  if (x >= 2147483648f) { return 2147483647i; }
  if (x <= -2147483648f) { return i32(-2147483648); }
  return i32(x);
}`,
  },
  toU32: {
    needs: ['isNumber'],
    text: `fn toU32(x: f32) -> u32 {
  if (!isNumber(x) || x <= 0f) { return 0u; }
  if (x >= 4294967296f) { return 4294967295u; }
  return u32(x);
}`,
  },
  // Bits of negative numbers run the other way.
  orderOf: {
    text: `fn orderOf(x: f32) -> i32 {
  let bits = bitcast<i32>(x);
  let size = bits & 0x7fffffff;
  if (size > 0x7f800000) { return 0x7fffffff; }
  return select(bits, -size, bits < 0);
}`,
  },
};
