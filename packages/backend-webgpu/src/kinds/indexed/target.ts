/** Where indexed operands lie: the walk along strides plus what indices select. Shared by `gather` and `scatter`. */
import { combineExpression, dtypes, type Geometry, input, type Operand, type ScatterKernel } from '@nn/backend';
import { emit, lower } from '../../scalar/emit.ts';
import type { Binding } from '../kind.ts';
import type { Source } from '../source.ts';

/** Binding and first word of an operand that is walked. */
export interface Walked {
  readonly binding: number;
  /** Its strides begin at this word. */
  readonly strides: number;
}

/** An index operand, and the word of the size that it selects from; the stride is the next one. */
export interface Index extends Walked {
  readonly extents: number;
}

/** Bindings of a kernel with index operands: the output, the other input, the indices, and where faults go. */
export const indexedBindings = (
  output: Operand['dtype'],
  input: Operand['dtype'],
  indices: readonly Operand[],
): Binding[] => [
  { from: { operand: 0 }, dtype: output, writes: true },
  { from: { operand: 1 }, dtype: input, writes: false },
  ...indices.map(({ dtype }, k): Binding => ({ from: { operand: 2 + k }, dtype, writes: false })),
  ...(indices.length > 0 ? [{ from: 'faults', dtype: 'u32', writes: true, atomic: true } as const] : []),
];

/** Strides of all operands along chosen dimensions, one operand after the other, then the extents. */
export const indexedWords = ({ strides, extents }: Geometry, dimensions: readonly number[]): number[] => [
  ...strides.flatMap((own) => dimensions.map((d) => own[d]!)),
  ...extents,
];

/**
 * The places of an index along its dimension, counted from 0, for each index operand: names of unsigned numbers. One out of range is reported
 * and taken for 0.
 */
export function readIndices(
  source: Source,
  lines: string[],
  indices: readonly Index[],
  addressOf: (operand: Walked) => string,
): string[] {
  return indices.map((index) => {
    const [raw, wrapped] = [source.shader.name('n'), source.shader.name('n')];
    const size = source.word(index.extents);
    const faults = indices[0]!.binding + indices.length;
    lines.push(
      `let ${raw} = ${source.load(index.binding, addressOf(index))};`,
      `var ${wrapped} = bitcast<u32>(select(${raw}, ${raw} + bitcast<i32>(${size}), ${raw} < 0));`,
      `if (${wrapped} >= ${size}) { ${source.fault(faults, raw, size)} ${wrapped} = 0u; }`,
    );
    return wrapped;
  });
}

/** The places of all indices as one number, row-major: the target among those that they may select. */
export const targetNumber = (source: Source, places: readonly string[], extents: number): string =>
  places.reduce((sum, place, k) => (k === 0 ? place : `(${sum}) * ${source.word(extents + 2 * k)} + ${place}`), '0u');

/** Where target `number` lies from the origin of the output. */
export function targetOffset(source: Source, number: string, indices: number, extents: number): string {
  const terms: string[] = [];
  let rest = number;
  for (let k = indices - 1; k >= 0; k--) {
    const size = source.word(extents + 2 * k);
    terms.push(`(${k > 0 ? `${rest} % ${size}` : rest}) * ${source.word(extents + 2 * k + 1)}`);
    rest = `(${rest} / ${size})`;
  }
  return terms.length === 0 ? '0u' : terms.join(' + ');
}

/** Statements that combine a value into element `to` of the output, binding 0. */
export function combineAt(source: Source, { combine, dtype }: ScatterKernel, to: string, value: string): string[] {
  if (combine === 'replace') return [source.store(0, to, value)];
  const type = dtypes[dtype].scalar;
  const lines: string[] = [];
  const [old, added] = [source.shader.name('x'), source.shader.name('y')];
  lines.push(`let ${old} = ${source.load(0, to)};`, `let ${added} = ${value};`);
  const expression = lower(combineExpression(combine, input(0, type), input(1, type)));
  const [sum] = emit(source.shader, [expression], ({ value: i }) => (i === 0 ? old : added), lines);
  lines.push(source.store(0, to, sum!));
  return lines;
}
