/**
 * The element types of the safetensors format: one row each, in the order in which the format's own library sorts them.
 * Knows sizes only; what the elements mean is said in `elements.ts`.
 */

/** Bits of one element by the type's name in the file. */
const bits = {
  BOOL: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  C64: 64,
  F64: 64,
  I64: 64,
  U64: 64,
} as const;

/** Name of an element type in a file. */
export type ElementType = keyof typeof bits;

export const elementTypes: readonly ElementType[] = Object.keys(bits) as ElementType[];

export const isElementType = (name: unknown): name is ElementType =>
  typeof name === 'string' && Object.hasOwn(bits, name);

/** Bytes that a shape takes; undefined if that is no whole number, or too large to be exact. */
export function bytesOf(type: ElementType, shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0;
  let total: number = bits[type];
  for (const size of shape) {
    total *= size;
    if (!Number.isSafeInteger(total)) return undefined;
  }
  return total % 8 === 0 ? total / 8 : undefined;
}
