/** Values of any scalar type as bare words, for temporaries that hold what the kernel asks for. */
import type { ScalarType } from '@nn/backend';

export const asWord = (type: ScalarType, x: string): string =>
  type === 'bool' ? `select(0u, 1u, ${x})` : type === 'u32' ? x : `bitcast<u32>(${x})`;

export const fromWord = (type: ScalarType, word: string): string =>
  type === 'bool' ? `(${word} != 0u)` : type === 'u32' ? word : `bitcast<${type}>(${word})`;
