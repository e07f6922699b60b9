/**
 * The `sort` kind: a bitonic network (Batcher, "Sorting networks and their applications", 1968) whose stages always move the earlier element down: blocks are folded (an element against its mirror image), then
 * halved. What is compared are integers in the order of the elements, since devices may take denormal numbers for 0. Equal elements go by position, so it is stable; what fills a row up to a power of two comes after everything. Stages that stay in a block of 1024 run in workgroup memory, a row up to that length in one pass.
 */
import { product, type SortKernel } from '@nn/backend';
import { type Binding, groupsOf, type Kind, type Pass } from './kind.ts';
import type { Source } from './source.ts';
import { address, coordinates } from './walk.ts';

const threads = 256;
/** Elements that workgroup memory holds. */
const block = 1024;

export const sortKind: Kind<SortKernel> = {
  variant: (kernel, { sizes, strides }) => {
    const { dtype } = kernel.input;
    return sortPasses(kernel, sizes, strides[2]!, {
      values: { from: { operand: 0 }, dtype, writes: true },
      places: { from: { operand: 1 }, dtype: 'int64', writes: true },
      elements: { from: { operand: 2 }, dtype, writes: false },
      scratch: 0,
    });
  },
};

/** Memory that a sort works with. */
interface SortMemory {
  readonly values: Binding;
  readonly places: Binding;
  readonly elements: Binding;
  /** The first temporary that it may have for itself. */
  readonly scratch: number;
}

/** Passes that sort rows of elements along strides into dense values and places, wherever those are; with the temporaries that they need, at most two. */
export function sortPasses(
  kernel: SortKernel,
  sizes: readonly number[],
  strides: readonly number[],
  { values, places, elements, scratch: firstScratch }: SortMemory,
): { readonly passes: Pass[]; readonly scratch: number[] } {
  const { rank } = kernel;
  const n = sizes[rank]!;
  const rows = n === 0 ? 0 : product(sizes.slice(0, rank));
  const width = 2 ** Math.ceil(Math.log2(Math.max(2, n)));
  const inBlock = Math.min(width, block);
  const blocks = (rows * width) / inBlock;
  const output = [values, places];
  const scratch: Binding[] = [0, 1].map((own) => ({
    from: { scratch: firstScratch + own },
    dtype: 'u32',
    writes: true,
  }));
  const pass = (form: Form, bindings: readonly Binding[], size: number, half: number, groups: number): Pass => ({
    key: `sort ${form}`,
    bindings,
    words: [n, width, inBlock, size, half, blocks, ...sizes, ...strides.slice(0, rank + 1)],
    groups: groupsOf(groups),
    threads: [threads],
    emit: (source) => new Writer(source, kernel, form).write(),
  });
  if (width <= block) return { passes: [pass('whole', [...output, elements], inBlock, 0, blocks)], scratch: [] };
  const passes = [pass('blocks', [...scratch, elements], inBlock, 0, blocks)];
  const pairs = Math.ceil((rows * width) / 2 / threads);
  for (let size = 2 * block; size <= width; size *= 2) {
    passes.push(pass('fold', scratch, size, size / 2, pairs));
    for (let half = size / 4; half >= block; half /= 2) passes.push(pass('halve', scratch, size, half, pairs));
    passes.push(
      size === width
        ? pass('last', [...output, elements, ...scratch], size, block / 2, blocks)
        : pass('merge', scratch, size, block / 2, blocks),
    );
  }
  return { passes, scratch: [rows * width * 4, rows * width * 4] };
}

/**
 * A row in one block; blocks of a longer row sorted each; one stage over all, folding or halving; the stages that are left within blocks, at last into the outputs.
 */
type Form = 'whole' | 'blocks' | 'fold' | 'halve' | 'merge' | 'last';

class Writer {
  readonly #source: Source;
  readonly #kernel: SortKernel;
  readonly #form: Form;

  constructor(source: Source, kernel: SortKernel, form: Form) {
    this.#source = source;
    this.#kernel = kernel;
    this.#form = form;
  }

  write(): void {
    const source = this.#source;
    const form = this.#form;
    const [width, inBlock, blocks] = [source.word(1), source.word(2), source.word(5)];
    this.#declareOrder();
    if (form === 'fold' || form === 'halve') {
      this.#stage();
      return;
    }
    source.declarations.push(
      `var<workgroup> keys: array<i32, ${block}>;`,
      `var<workgroup> places: array<u32, ${block}>;`,
    );
    source.line(
      `let unit = ${source.unit};`,
      `if (unit >= ${blocks}) { return; }`,
      `let first = unit * ${inBlock};`,
      `let row = first / ${width};`,
      `let column = first - row * ${width};`,
    );
    this.#fetch();
    if (form === 'whole' || form === 'blocks')
      source.line(
        `for (var size = 2u; size <= ${inBlock}; size = size << 1u) { order(lane, size >> 1u, true); for (var half = size >> 2u; half > 0u; half = half >> 1u) { order(lane, half, false); } }`,
      );
    else source.line(`for (var half = ${source.word(4)}; half > 0u; half = half >> 1u) { order(lane, half, false); }`);
    source.declarations.push(this.#order());
    this.#put();
  }

  /** Whether the element of key a at p comes after that of b at q. */
  #declareOrder(): void {
    const source = this.#source;
    const after = this.#kernel.descending ? '(a < b)' : '(a > b)';
    source.declarations.push(
      `fn isLater(a: i32, p: u32, b: i32, q: u32) -> bool { return select(select(${after}, (p > q), (a == b)), (p > q), max(p, q) >= ${source.word(0)}); }`,
    );
  }

  /** An integer in the order of the elements: of a float by its bits, both zeros the same, NaN above all. */
  #key(element: string): string {
    const { dtype } = this.#kernel.input;
    if (dtype === 'bool') return `i32(${element})`;
    if (dtype !== 'float32' && dtype !== 'float16') return element;
    return `${this.#source.shader.use('orderOf')}(${element})`;
  }

  /** A stage within the block: pairs are shared out among the threads. */
  #order(): string {
    return [
      'fn order(lane: u32, half: u32, folds: bool) {',
      'workgroupBarrier();',
      `for (var pair = lane; pair < ${this.#source.word(2)} / 2u; pair += ${threads}u) {`,
      'let within = pair & (half - 1u);',
      'let i = ((pair - within) << 1u) + within;',
      'let j = select(i + half, i - within + (half << 1u) - 1u - within, folds);',
      'let a = keys[i]; let b = keys[j]; let p = places[i]; let q = places[j];',
      'if (isLater(a, p, b, q)) { keys[i] = b; keys[j] = a; places[i] = q; places[j] = p; }',
      '}',
      '}',
    ].join(' ');
  }

  /** Brings the block into workgroup memory. Elements of the operand are bound third wherever they are. */
  #fetch(): void {
    const source = this.#source;
    const { rank } = this.#kernel;
    const [n, inBlock] = [source.word(0), source.word(2)];
    if (this.#form !== 'merge') {
      const at = coordinates(source, 'row', rank, 6);
      source.line(`let elements_at = ${address(source, source.start(2), at, 6 + rank + 1)};`);
    }
    const b = this.#form === 'last' ? 3 : 0;
    const fetch =
      this.#form === 'merge' || this.#form === 'last'
        ? `keys[i] = bitcast<i32>(${source.load(b, 'first + i')}); places[i] = ${source.load(b + 1, 'first + i')};`
        : // Behind the end any value will do.
          `let j = column + i; keys[i] = ${this.#key(this.#element(`min(j, ${n} - 1u)`))}; places[i] = j;`;
    source.line(`for (var i = lane; i < ${inBlock}; i += ${threads}u) { ${fetch} }`);
  }

  #element(place: string): string {
    const { rank } = this.#kernel;
    return this.#source.load(2, `elements_at + ${place} * ${this.#source.word(6 + 2 * rank + 1)}`);
  }

  /** Takes the block out again. */
  #put(): void {
    const source = this.#source;
    const [n, inBlock] = [source.word(0), source.word(2)];
    const whole = this.#form === 'whole' || this.#form === 'last';
    const puts = whole
      ? `let j = column + i; if (j < ${n}) { ${source.store(0, `${source.start(0)} + row * ${n} + j`, this.#element('places[i]'))} ${source.store(1, `${source.start(1)} + row * ${n} + j`, 'bitcast<i32>(places[i])')} }`
      : `${source.store(0, 'first + i', 'bitcast<u32>(keys[i])')} ${source.store(1, 'first + i', 'places[i]')}`;
    source.line('workgroupBarrier();', `for (var i = lane; i < ${inBlock}; i += ${threads}u) { ${puts} }`);
  }

  /** One stage over all rows in memory: a thread a pair. */
  #stage(): void {
    const source = this.#source;
    const [half, inBlock, blocks] = [source.word(4), source.word(2), source.word(5)];
    const other = this.#form === 'fold' ? `i - within + (${half} << 1u) - 1u - within` : `i + ${half}`;
    source.line(
      `let pair = ${source.unit} * ${threads}u + lane;`,
      `if (pair >= (${blocks} * ${inBlock}) / 2u) { return; }`,
      `let within = pair & (${half} - 1u);`,
      'let i = ((pair - within) << 1u) + within;',
      `let j = ${other};`,
      `let a = bitcast<i32>(${source.load(0, 'i')}); let b = bitcast<i32>(${source.load(0, 'j')}); let p = ${source.load(1, 'i')}; let q = ${source.load(1, 'j')};`,
      `if (isLater(a, p, b, q)) { ${source.store(0, 'i', 'bitcast<u32>(b)')} ${source.store(0, 'j', 'bitcast<u32>(a)')} ${source.store(1, 'i', 'q')} ${source.store(1, 'j', 'p')} }`,
    );
  }
}
