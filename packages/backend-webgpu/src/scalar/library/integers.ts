/** Division (0 where the divisor is 0; what overflows wraps) and powers of integers. */
import type { Helper } from '../../shader.ts';

const squaring = (one: string): string => `  var result = ${one};
  var base = x;
  var n = u32(y);
  while (n != 0u) {
    if ((n & 1u) != 0u) { result *= base; }
    base *= base;
    n >>= 1u;
  }
  return result;`;

export const integers: Readonly<Record<string, Helper>> = {
  quotientI32: { text: 'fn quotientI32(x: i32, y: i32) -> i32 { return select(x / y, 0i, y == 0i); }' },
  quotientU32: { text: 'fn quotientU32(x: u32, y: u32) -> u32 { return select(x / y, 0u, y == 0u); }' },
  /** Not by `%`: where Deno has OpenGL only, that is wrong of negative numbers. */
  remainderI32: { text: 'fn remainderI32(x: i32, y: i32) -> i32 { return select(x - x / y * y, 0i, y == 0i); }' },
  remainderU32: { text: 'fn remainderU32(x: u32, y: u32) -> u32 { return select(x % y, 0u, y == 0u); }' },
  /** By repeated squaring; 0 for negative exponents but those of 1 and -1. */
  powerI32: {
    text: `fn powerI32(x: i32, y: i32) -> i32 {
  if (y < 0i) { return select(0i, select(1i, x, (y & 1i) != 0i), x == 1i || x == -1i); }
${squaring('1i')}
}`,
  },
  powerU32: { text: `fn powerU32(x: u32, y: u32) -> u32 {\n${squaring('1u')}\n}` },
  /** Upper half of a product. */
  upperProduct: {
    text: `fn upperProduct(x: u32, y: u32) -> u32 {
  let low = (x & 0xffffu) * (y & 0xffffu);
  let first = (x >> 16u) * (y & 0xffffu) + (low >> 16u);
  let second = (x & 0xffffu) * (y >> 16u) + (first & 0xffffu);
  return (x >> 16u) * (y >> 16u) + (first >> 16u) + (second >> 16u);
}`,
  },
};
