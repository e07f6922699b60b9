/** The shaders of reductions. Words: outputs, elements (or parts) of each, workers, the arrangement, then what addresses take. */
import type { Expression, ReduceKernel } from '@nn/backend';
import { emit } from '../../scalar/emit.ts';
import { castText } from '../../scalar/types.ts';
import { type Source, scalarOf } from '../source.ts';
import { address, coordinates } from '../walk.ts';
import { emitStrands, emitTree, memoryOf } from './accumulate.ts';
import { Elements } from './elements.ts';
import { type Fold, foldOf, indexOf, isPosition } from './fold.ts';

/** A kernel with its expressions lowered. */
export interface Shape {
  readonly kernel: ReduceKernel;
  readonly body: Expression;
  readonly epilogue: Expression;
  readonly strands: 1 | 4;
}

/** One thread an output. */
export function emitSerial(source: Source, shape: Shape, threads: number): void {
  const { body, kernel, strands } = shape;
  const fold = foldOf(source, kernel.combine, body.type);
  source.line(`let o = ${source.unit} * ${threads}u + lane;`, `if (o >= ${source.word(0)}) { return; }`);
  const element = elementsOf(source, shape, fold, 2 + outputWordsOf(shape));
  const value = emitStrands(source, fold, { first: '0u', step: '1u', end: source.word(1), strands }, element);
  emitResult(source, shape, 'o', value, 2);
}

export interface Form {
  /** Elements of the inputs, or parts that an earlier pass left. */
  readonly reads: 'elements' | 'parts';
  readonly writes: 'output' | 'parts';
  /** Whether a thread does several workers' work. */
  readonly stack: boolean;
}

/** Words after the arrangement's. */
const arranged = 10;
/** Levels of the tree that one thread may have to itself: 2^16 workers. */
const levels = 17;

/** Workgroups over outputs and workers. */
export function emitOver(source: Source, shape: Shape, { reads, writes, stack }: Form): void {
  const { body, kernel, strands } = shape;
  const fold = foldOf(source, kernel.combine, body.type);
  source.declarations.push(memoryOf('parts', fold));
  const [count, of, workers] = [0, 1, 2].map((i) => source.word(i)) as [string, string, string];
  const [xShift, xMask, yShift, yMask] = [3, 4, 5, 6].map((i) => source.word(i)) as [string, string, string, string];
  const [sectionShift, sectionMask, each] = [7, 8, 9].map((i) => source.word(i)) as [string, string, string];
  source.line(
    `let first = (${source.unit} >> ${sectionShift}) * (${xMask} + 1u);`,
    `let section = ${source.unit} & ${sectionMask};`,
    `let x = (lane >> ${xShift}) & ${xMask};`,
    `let y = (lane >> ${yShift}) & ${yMask};`,
    'let o = first + x;',
    `let mine = (section * (${yMask} + 1u) + y) * ${each};`,
  );
  let work: (worker: string) => string;
  if (reads === 'parts') work = partsOf(source, fold, count, of);
  else {
    const end = source.let(`select(${of}, 0u, o >= ${count})`, 'end');
    const element = elementsOf(source, shape, fold, arranged + (writes === 'output' ? outputWordsOf(shape) : 0));
    work = (first) => emitStrands(source, fold, { first, step: workers, end, strands }, element);
  }
  const value = stack ? emitStack(source, fold, each, work) : work('mine');
  emitTree(source, fold, 'parts', `x * (${yMask} + 1u) + y`, value, `(${yMask} + 1u)`);
  source.line('let out = first + lane;', `if (lane <= ${xMask} && out < ${count}) {`);
  const result = source.let(`parts[lane * (${yMask} + 1u)]`, 't');
  if (writes === 'output') emitResult(source, shape, 'out', result, arranged);
  else source.line(...storePart(source, fold, `out * (${sectionMask} + 1u) + section`, result));
  source.line('}');
}

/** Several neighbouring workers of one thread: a tree over them whose unfinished branches wait on a stack, as ones in a counter do. */
function emitStack(source: Source, fold: Fold, each: string, work: (worker: string) => string): string {
  source.line(
    `var stack: array<${fold.type}, ${levels}>;`,
    `var top = ${fold.identity};`,
    `for (var k = 0u; k < ${each}; k++) {`,
    'let worker = mine + k;',
  );
  source.line(
    `top = ${work('worker')};`,
    'var level = 0u;',
    'for (var ones = k; (ones & 1u) == 1u; ones >>= 1u) {',
    `top = ${fold.combine('stack[level]', 'top')};`,
    'level++;',
    '}',
    'stack[level] = top;',
    '}',
  );
  return 'top';
}

/** Each element's value as it is combined. */
function elementsOf(source: Source, { kernel, body }: Shape, fold: Fold, words: number): (r: string) => string {
  const { inputs, rank, reducedRank } = kernel;
  const count = source.word(1);
  const elements = new Elements(source, { inputs, rank, innerRank: reducedRank, before: 1, words, outer: 'o', count });
  return (r) => fold.element(emit(source.shader, [body], elements.leaf(r), source.lines)[0]!, r);
}

const outputWordsOf = ({ kernel }: Shape): number => (kernel.output.access === 'strided' ? 2 * kernel.rank : 0);

/** Epilogue and store of output `o`; sizes and strides of a strided output are words `words`…. */
function emitResult(source: Source, { kernel, epilogue }: Shape, o: string, value: string, words: number): void {
  const { rank, combine, output } = kernel;
  const start = source.start(0);
  const at =
    output.access === 'strided'
      ? source.let(address(source, start, coordinates(source, o, rank, words), words + rank), 'a')
      : output.access === 'contiguous'
        ? `${start} + ${o}`
        : start;
  if (isPosition(combine)) {
    const index = castText(source.shader, indexOf(value), 'i32', scalarOf(output.dtype));
    source.line(source.store(0, at, index));
    return;
  }
  const leaf = (node: Expression): string =>
    node.op === 'scalar' ? source.scalar(node) : node.op === 'coordinate' ? `bitcast<i32>(${o})` : value;
  const [result] = emit(source.shader, [epilogue], leaf, source.lines);
  source.line(source.store(0, at, result!));
}

function storePart(source: Source, { stored }: Fold, at: string, value: string): string[] {
  if (stored.words === 1) return [source.store(0, at, value)];
  return [source.store(0, `2u * (${at})`, `${value}.x`), source.store(0, `2u * (${at}) + 1u`, `${value}.y`)];
}

/** Parts that an earlier pass left, as workers. */
function partsOf(source: Source, { identity, stored }: Fold, count: string, of: string): (worker: string) => string {
  return (worker) => {
    const part = source.shader.name('t');
    const at = source.shader.name('a');
    const load =
      stored.words === 1
        ? source.load(1, at)
        : `vec2<u32>(${source.load(1, `2u * ${at}`)}, ${source.load(1, `2u * ${at} + 1u`)})`;
    source.line(
      `var ${part} = ${identity};`,
      `if (o < ${count}) {`,
      `let ${at} = o * ${of} + ${worker};`,
      `${part} = ${load};`,
      '}',
    );
    return part;
  };
}
