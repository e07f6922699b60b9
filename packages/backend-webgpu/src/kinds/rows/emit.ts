/**
 * The shaders of rows: `o` is a thread's row, `y` its place among the row's threads. Words: rows, their length, a row's threads as shift and mask, then what
 * addresses take.
 */
import type { Expression, RowsKernel } from '@nn/backend';
import { emit, type Leaf } from '../../scalar/emit.ts';
import { emitStrands, emitTree, memoryOf, strandsOf, workgroup } from '../reduce/accumulate.ts';
import { Elements } from '../reduce/elements.ts';
import { type Fold, foldOf } from '../reduce/fold.ts';
import type { Source } from '../source.ts';

/** A kernel with its expressions lowered. */
export interface Shape {
  readonly kernel: RowsKernel;
  readonly bodies: readonly Expression[];
  readonly results: readonly Expression[];
}

export interface Form {
  /** A thread has `held` elements at most, and keeps them. */
  readonly keeps: boolean;
  /** A row has several threads. */
  readonly shares: boolean;
}

/** Elements that a thread may keep. */
export const held = 4;

/** How a thread goes through its elements of the row. */
interface Way {
  /** Combines a body over them; the name of the result. */
  readonly combine: (fold: Fold, body: Expression) => string;
  /** Computes expressions of each; `store` writes statements that store their values. */
  readonly finish: (expressions: readonly Expression[], store: (r: string, values: readonly string[]) => void) => void;
}

export function emitRows(source: Source, { kernel, bodies, results }: Shape, { keeps, shares }: Form): void {
  const { inputs, outputs, rank } = kernel;
  const [count, length, shift, mask] = [0, 1, 2, 3].map((i) => source.word(i)) as [string, string, string, string];
  source.line(
    `let row = ${source.unit} * (${workgroup}u >> ${shift}) + (lane >> ${shift});`,
    `let y = lane & ${mask};`,
    // What is no row computes the last one and stores nothing.
    `let o = min(row, ${count} - 1u);`,
  );
  const elements = new Elements(source, {
    inputs,
    rank,
    innerRank: 1,
    before: outputs.length,
    words: 4,
    outer: 'o',
    count: length,
  });
  const finished: string[] = [];
  const leaf = (r: string): Leaf => elements.leaf(r, ({ value }) => finished[value - inputs.length]!);
  const step = `(${mask} + 1u)`;
  const way = keeps ? keptElements(source, leaf, step, length) : readAgain(source, leaf, step, length);
  const shared = sharedMemory(source, step);
  for (const [k, body] of bodies.entries()) {
    const fold = foldOf(source, kernel.reductions[k]!.combine, body.type);
    const own = way.combine(fold, body);
    finished.push(shares ? shared(fold, k, own) : own);
  }
  const [perElement, perRow] = [false, true].map((wanted) =>
    [...outputs.keys()].filter((j) => outputs[j]!.perRow === wanted),
  ) as [number[], number[]];
  const store = (targets: readonly number[], at: string, values: readonly string[]): void =>
    source.line(...targets.map((j, i) => source.store(j, `${source.start(j)} + ${at}`, values[i]!)));
  const of = (targets: readonly number[]): Expression[] => targets.map((j) => results[j]!);
  source.line(`if (row < ${count}) {`);
  if (perElement.length > 0)
    way.finish(of(perElement), (r, values) => store(perElement, `o * ${length} + ${r}`, values));
  if (perRow.length > 0) {
    source.line('if (y == 0u) {');
    const ofRow: Leaf = (node) => (node.op === 'coordinate' ? 'bitcast<i32>(o)' : leaf('0u')(node));
    store(perRow, 'o', emit(source.shader, of(perRow), ofRow, source.lines));
    source.line('}');
  }
  source.line('}');
}

/** Reads the row again each time. */
const readAgain = (source: Source, leaf: (r: string) => Leaf, step: string, end: string): Way => ({
  combine: (fold, body) =>
    emitStrands(
      source,
      fold,
      { first: 'y', step, end, strands: strandsOf(body) },
      (r) => emit(source.shader, [body], leaf(r), source.lines)[0]!,
    ),
  finish: (expressions, store) => {
    source.line(`for (var r = y; r < ${end}; r += ${step}) {`);
    store('r', emit(source.shader, expressions, leaf('r'), source.lines));
    source.line('}');
  },
});

/** Reads elements once; what has been computed of one is known from then on. */
function keptElements(source: Source, leaf: (r: string) => Leaf, step: string, end: string): Way {
  const own = Array.from({ length: held }, (_, s) => {
    const place = source.let(`y + ${s}u * ${step}`, 'r');
    // Beyond the end the last element is read once more, which doesn't count.
    const r = source.let(`min(${place}, ${end} - 1u)`, 'r');
    return { exists: source.let(`${place} < ${end}`, 'e'), r, leaf: leaf(r), known: new Map<Expression, string>() };
  });
  return {
    combine: (fold, body) => {
      const [a, b, c, d] = own.map(({ exists, leaf, known }) => {
        const [value] = emit(source.shader, [body], leaf, source.lines, known);
        return source.let(`select(${fold.identity}, ${value}, ${exists})`, 't');
      });
      return source.let(fold.combine(fold.combine(a!, b!), fold.combine(c!, d!)), 't');
    },
    finish: (expressions, store) => {
      for (const { exists, r, leaf, known } of own) {
        source.line(`if (${exists}) {`);
        store(r, emit(source.shader, expressions, leaf, source.lines, new Map(known)));
        source.line('}');
      }
    },
  };
}

/**
 * Combines what the threads of a row have, in workgroup memory; all of them get the result. Each type has memory twice, in turn: until a reduction is
 * through, the one before may still be read.
 */
function sharedMemory(source: Source, threads: string): (fold: Fold, k: number, own: string) => string {
  const declared = new Set<string>();
  return (fold, k, own) => {
    const memory = `${fold.type}Parts${k % 2}`;
    if (!declared.has(memory)) source.declarations.push(memoryOf(memory, fold));
    declared.add(memory);
    emitTree(source, fold, memory, 'lane', own, threads);
    return source.let(`${memory}[lane - y]`, 't');
  };
}
