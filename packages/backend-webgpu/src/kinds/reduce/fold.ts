/**
 * Combining in shaders: where a combine starts, one step of it, and how what is combined lies in memory. `argmax` and `argmin` combine pairs of an element's place
 * in the order (greater is better, NaN best) and its index, both unsigned, so that neither NaN nor the sign of zero needs more care.
 */
import type { ReduceKernel, ScalarType } from '@nn/backend';
import { coreRows } from '../../scalar/core-rows.ts';
import { literal, wgslType } from '../../scalar/types.ts';
import type { Binding } from '../kind.ts';
import type { Source } from '../source.ts';

type AnyCombine = ReduceKernel['combine'];

export interface Fold {
  /** What is combined, in WGSL. */
  readonly type: string;
  /** What changes nothing. */
  readonly identity: string;
  readonly combine: (x: string, y: string) => string;
  /** What element `r` brings in. */
  readonly element: (value: string, r: string) => string;
  /** How it is kept in temporaries, and how many words one takes. */
  readonly stored: Stored;
}

export interface Stored {
  readonly dtype: Binding['dtype'];
  readonly words: 1 | 2;
}

export const isPosition = (combine: AnyCombine): combine is 'argmax' | 'argmin' =>
  combine === 'argmax' || combine === 'argmin';

const kept: Readonly<Record<ScalarType, Binding['dtype']>> = {
  f32: 'float32',
  f64: 'float64',
  i32: 'int32',
  u32: 'u32',
  bool: 'bool',
};

export const storedOf = (combine: AnyCombine, type: ScalarType): Stored =>
  isPosition(combine) ? { dtype: 'u32', words: 2 } : { dtype: kept[type], words: 1 };

const steps = { sum: 'add', product: 'mul', max: 'max', min: 'min' } as const;
const stepsOfBools = { ...steps, max: 'or', min: 'and' } as const;

/** The fold of a combine, with what it needs in the shader. */
export function foldOf(source: Source, combine: AnyCombine, type: ScalarType): Fold {
  const { shader } = source;
  const stored = storedOf(combine, type);
  if (isPosition(combine)) {
    source.declarations.push(better, placeOf[type](combine === 'argmax' ? '' : '~'));
    return {
      type: 'vec2<u32>',
      identity: `vec2<u32>(0u, ${nowhere})`,
      combine: (x, y) => `better(${x}, ${y})`,
      element: (value, r) => `vec2<u32>(placeOf(${value}), ${r})`,
      stored,
    };
  }
  const identity = literal(type, identityOf(combine, type));
  if (identity.startsWith('fromBits')) shader.use('fromBits');
  return {
    type: wgslType[type],
    identity,
    combine: (x, y) => coreRows[(type === 'bool' ? stepsOfBools : steps)[combine]](shader, type, [x, y]),
    element: (value) => value,
    stored,
  };
}

/** The index of no element. */
const nowhere = '0xffffffffu';

/** Text of the index (i32) that a pair holds; 0 where there were no elements. */
export const indexOf = (pair: string): string => `bitcast<i32>(select(${pair}.y, 0u, ${pair}.y == ${nowhere}))`;

function identityOf(combine: keyof typeof steps, type: ScalarType): number {
  if (combine === 'sum') return 0;
  if (combine === 'product') return 1;
  const lowest = combine === 'max';
  if (type === 'f32' || type === 'f64') return lowest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (type === 'i32') return lowest ? -(2 ** 31) : 2 ** 31 - 1;
  return lowest ? 0 : type === 'bool' ? 1 : 2 ** 32 - 1;
}

const better = `fn better(x: vec2<u32>, y: vec2<u32>) -> vec2<u32> {
  return select(x, y, y.x > x.x || (y.x == x.x && y.y < x.y));
}`;

/** Functions that take a value to its place in ascending order, or with `~` in descending order; zeros of both signs have one place, NaN the last. */
const placeOf: Readonly<Record<ScalarType, (flip: '' | '~') => string>> = {
  f32: (flip) => `fn placeOf(x: f32) -> u32 {
  let bits = bitcast<u32>(x);
  let size = bits & 0x7fffffffu;
  let place = select(size | 0x80000000u, ~bits, bits > 0x80000000u);
  return select(${flip}place, 0xffffffffu, size > 0x7f800000u);
}`,
  f64: () => wgslType.f64,
  i32: (flip) => `fn placeOf(x: i32) -> u32 { return ${flip}(bitcast<u32>(x) ^ 0x80000000u); }`,
  u32: (flip) => `fn placeOf(x: u32) -> u32 { return ${flip}x; }`,
  bool: (flip) => `fn placeOf(x: bool) -> u32 { return ${flip}u32(x); }`,
};
