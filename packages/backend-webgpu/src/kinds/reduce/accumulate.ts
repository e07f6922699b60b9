/**
 * The two halves of a reduction in a shader: one thread combining every so many elements, and threads combining what they have. The order of both is fixed by
 * the numbers that they get.
 */
import { type Expression, topological } from '@nn/backend';
import { nativeRows } from '../../scalar/native-rows.ts';
import type { Source } from '../source.ts';
import type { Fold } from './fold.ts';

/** Threads of a workgroup that combines. */
export const workgroup = 256;

/** Rows whose text is many instructions. */
const long = new Set(['exp', 'log', 'sin', 'cos', 'pow', 'rem']);

/** About how many instructions an expression is. */
export const weightOf = (...roots: readonly Expression[]): number =>
  topological(...roots).reduce((sum, { op }) => sum + (long.has(op) || nativeRows[op] !== undefined ? 8 : 1), 0);

/** Elements that a thread has under way at once: while one comes from memory others can. One where an element is much work by itself. */
export const strandsOf = (body: Expression): 1 | 4 => (weightOf(body) <= 16 ? 4 : 1);

export interface Strands {
  readonly first: string;
  readonly step: string;
  readonly end: string;
  /** Accumulators: element `first + (j · strands + s) · step` goes to number s. */
  readonly strands: 1 | 4;
}

/** Combines the elements first, first + step, … below end; the name of the result. `element` writes what element `r` brings in. */
export function emitStrands(
  source: Source,
  fold: Fold,
  { first, step, end, strands }: Strands,
  element: (r: string) => string,
): string {
  const { shader } = source;
  const names = Array.from({ length: strands }, () => shader.name('a'));
  const r = shader.name('r');
  source.line(
    ...names.map((name) => `var ${name} = ${fold.identity};`),
    `for (var ${r} = ${first}; ${r} < ${end}; ${r} += ${strands}u * ${step}) {`,
  );
  for (const [s, name] of names.entries()) {
    if (s === 0) {
      source.line(`${name} = ${fold.combine(name, element(r))};`);
      continue;
    }
    // Beyond the end the last element is read once more, which doesn't count.
    const own = source.let(`${r} + ${s}u * ${step}`, 'r');
    const value = element(source.let(`min(${own}, ${end} - 1u)`, 'r'));
    source.line(`${name} = select(${name}, ${fold.combine(name, value)}, ${own} < ${end});`);
  }
  source.line('}');
  const [a, b, c, d] = names;
  return strands === 1 ? a! : source.let(fold.combine(fold.combine(a!, b!), fold.combine(c!, d!)), 't');
}

/**
 * Combines neighbours in workgroup memory, in a binary tree: then slot `i · parts` has what the slots from there to the next such one had. `parts` is a power of two and
 * the same for all threads; all threads come here.
 */
export function emitTree(source: Source, fold: Fold, memory: string, slot: string, value: string, parts: string): void {
  const step = source.shader.name('s');
  const at = source.shader.name('i');
  source.line(
    `${memory}[${slot}] = ${value};`,
    'workgroupBarrier();',
    `for (var ${step} = 1u; ${step} < ${parts}; ${step} *= 2u) {`,
    `let ${at} = lane * 2u * ${step};`,
    `if (${at} < ${workgroup}u) { ${memory}[${at}] = ${fold.combine(`${memory}[${at}]`, `${memory}[${at} + ${step}]`)}; }`,
    'workgroupBarrier();',
    '}',
  );
}

/** Workgroup memory with a slot a thread. */
export const memoryOf = (name: string, { type }: Fold): string =>
  `var<workgroup> ${name}: array<${type}, ${workgroup}>;`;
