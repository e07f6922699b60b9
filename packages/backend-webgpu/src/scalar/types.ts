/**
 * Scalar types in WGSL: their names, constants as text, and conversions with the edges that the contract asks for. Knows no expressions.
 */
import { DTypeError, type ScalarType } from '@nn/backend';
import type { Shader } from '../shader.ts';

/** Names of the types in WGSL. Asked for f64, which WGSL doesn't have, it throws. */
export const wgslType: Readonly<Record<ScalarType, string>> = {
  f32: 'f32',
  get f64(): string {
    throw new DTypeError('webgpu', 'WGSL has no 64-bit floats; compute in float32 or on another backend');
  },
  i32: 'i32',
  u32: 'u32',
  bool: 'bool',
};

const fromBits = 'fromBits';
const smallestNormal = 2 ** -126;
const word = new DataView(new ArrayBuffer(4));

function bitsOf(value: number): string {
  word.setFloat32(0, value);
  return `0x${word.getUint32(0).toString(16).padStart(8, '0')}u`;
}

/** A constant as text, in a shader that then has what the text needs. */
export function constantText(shader: Shader, type: ScalarType, value: number): string {
  const text = literal(type, value);
  if (text.startsWith(fromBits)) shader.use(fromBits);
  return text;
}

/**
 * A constant as text. Floats without a literal that every implementation takes as it is (NaN, infinities, -0, denormal numbers) call the helper `fromBits`, which the
 * shader has to use.
 */
export function literal(type: ScalarType, value: number): string {
  switch (type) {
    case 'bool':
      return value === 0 ? 'false' : 'true';
    case 'u32':
      return `${value >>> 0}u`;
    case 'i32':
      // The literal 2147483648i doesn't exist, so there is no minus to put before it.
      return value === -(2 ** 31) ? 'i32(-2147483648)' : `${value | 0}i`;
    case 'f32': {
      const x = Math.fround(value);
      const plain = Number.isFinite(x) && !Object.is(x, -0) && (x === 0 || Math.abs(x) >= smallestNormal);
      return plain ? `${x}f` : `${fromBits}(${bitsOf(x)})`;
    }
    default:
      return wgslType[type];
  }
}

type Cast = (shader: Shader, x: string) => string;

const by =
  (helper: string): Cast =>
  (shader, x) =>
    `${shader.use(helper)}(${x})`;
const typeCall =
  (type: string): Cast =>
  (_, x) =>
    `${type}(${x})`;
const same: Cast = (_, x) => x;
const missing: Cast = () => wgslType.f64;

const casts: { readonly [From in ScalarType]: { readonly [To in ScalarType]: Cast } } = {
  f32: { f32: same, f64: missing, i32: by('toI32'), u32: by('toU32'), bool: by('isNotZero') },
  f64: { f32: missing, f64: missing, i32: missing, u32: missing, bool: missing },
  i32: { f32: typeCall('f32'), f64: missing, i32: same, u32: typeCall('u32'), bool: (_, x) => `(${x} != 0i)` },
  u32: { f32: typeCall('f32'), f64: missing, i32: typeCall('i32'), u32: same, bool: (_, x) => `(${x} != 0u)` },
  bool: { f32: typeCall('f32'), f64: missing, i32: typeCall('i32'), u32: typeCall('u32'), bool: same },
};

/** The text's value in another type: floats to integers truncate and saturate, NaN gives 0; anything to bool asks whether it differs from 0. */
export const castText = (shader: Shader, text: string, from: ScalarType, to: ScalarType): string =>
  casts[from][to](shader, text);
