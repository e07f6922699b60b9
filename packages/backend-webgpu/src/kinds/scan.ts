/**
 * The `scan` kind: a workgroup goes through a row by tiles, four elements a thread, and combines the threads' totals by doubling (Hillis & Steele, "Data parallel algorithms", 1986). Where rows are few and long every
 * tile has a workgroup: totals first, their scan, then each tile again from what comes before it. Short rows are a thread's own. What lies behind the end of a row comes after everything, so it needs no
 * care.
 */
import {
  combineExpression,
  dtypes,
  input,
  latestExtreme,
  product,
  type ScalarType,
  type ScanKernel,
} from '@nn/backend';
import { emit, lower } from '../scalar/emit.ts';
import { castText, wgslType } from '../scalar/types.ts';
import { type Binding, groupsOf, type Kind, type Pass } from './kind.ts';
import type { Source } from './source.ts';
import { address, coordinates } from './walk.ts';
import { asWord, fromWord } from './words.ts';

const threads = 256;
const each = 4;
const tile = threads * each;
/** Rows up to here are one thread's. */
const short = 32;
/** Tiles of a row, and rows, from which on tiles have workgroups of their own. */
const manyTiles = 8;
const manyRows = 256;

export const scanKind: Kind<ScanKernel> = {
  variant: (kernel, { sizes, strides }) => {
    const { rank, indices } = kernel;
    const n = sizes[rank]!;
    const rows = n === 0 ? 0 : product(sizes.slice(0, rank));
    const tiles = Math.ceil(n / tile);
    const inner = rank + 1;
    const operands = indices ? [0, 2] : [0, 1];
    const words = [n, rows, tiles, ...sizes, ...operands.flatMap((operand) => strides[operand]!.slice(0, inner))];
    const own: Binding[] = [
      { from: { operand: 0 }, dtype: kernel.output.dtype, writes: true },
      ...(indices ? [{ from: { operand: 1 }, dtype: 'int64', writes: true } as const] : []),
      { from: { operand: indices ? 2 : 1 }, dtype: kernel.input.dtype, writes: false },
    ];
    const pass = (form: Form, groups: number, bindings: readonly Binding[]): Pass => ({
      key: form,
      bindings,
      words,
      groups: groupsOf(groups),
      threads: [form === 'serial' ? 64 : threads],
      emit: (source) => new Writer(source, kernel, form).write(),
    });
    if (n <= short) return { passes: [pass('serial', Math.ceil(rows / 64), own)] };
    if (tiles < manyTiles || rows >= manyRows) return { passes: [pass('rows', rows, own)] };
    const state = (writes: boolean): Binding[] =>
      [...(indices ? [0, 1] : [0])].map((scratch) => ({ from: { scratch }, dtype: 'u32', writes }));
    return {
      passes: [
        pass('totals', rows * tiles, [...state(true), own.at(-1)!]),
        pass('carries', rows, state(true)),
        pass('tiles', rows * tiles, [...own, ...state(false)]),
      ],
      scratch: Array.from({ length: indices ? 2 : 1 }, () => rows * tiles * 4),
    };
  },
};

/** One thread a row; one workgroup a row; each tile's total; scan of the totals; each tile with what came before. */
type Form = 'serial' | 'rows' | 'totals' | 'carries' | 'tiles';

class Writer {
  readonly #source: Source;
  readonly #kernel: ScanKernel;
  readonly #form: Form;
  readonly #type: ScalarType;

  constructor(source: Source, kernel: ScanKernel, form: Form) {
    this.#source = source;
    this.#kernel = kernel;
    this.#form = form;
    this.#type = dtypes[kernel.output.dtype].scalar;
  }

  write(): void {
    const source = this.#source;
    const form = this.#form;
    const [n, rows, tiles] = [source.word(0), source.word(1), source.word(2)];
    this.#declareState();
    if (form === 'carries') this.#declareTotals();
    else this.#declareOperands();
    const perTile = form === 'totals' || form === 'tiles';
    source.line(
      `let unit = ${form === 'serial' ? `${source.unit} * 64u + lane` : source.unit};`,
      `if (unit >= ${perTile ? `${rows} * ${tiles}` : rows}) { return; }`,
      `let row = ${perTile ? `unit / ${tiles}` : 'unit'};`,
    );
    if (form === 'carries') source.line(`let source_at = row * ${tiles};`, 'let target_at = source_at;');
    else this.#origins();
    if (form === 'serial') {
      source.line(
        'var s = fetch(source_at, 0u);',
        'put(target_at, row, 0u, s);',
        `for (var j = 1u; j < ${n}; j++) { s = join(s, fetch(source_at, j)); put(target_at, row, j, s); }`,
      );
      return;
    }
    source.declarations.push(`var<workgroup> totals: array<State, ${threads}>;`);
    if (perTile) this.#oneTile();
    else this.#allTiles(form === 'carries' ? tiles : n);
  }

  /** The state of a stretch, and what two adjoining ones make. */
  #declareState(): void {
    const source = this.#source;
    const { combine, indices } = this.#kernel;
    const type = this.#type;
    const lines: string[] = [];
    const names = ['a.v', 'a.i', 'b.v', 'b.i'];
    const state = names.map((_, k) => input(k, k % 2 === 0 ? type : 'i32'));
    const roots = indices ? latestExtreme(this.#kernel, state) : [combineExpression(combine, state[0]!, state[2]!)];
    const values = emit(source.shader, roots.map(lower), ({ value }) => names[value]!, lines);
    source.declarations.push(
      `struct State { v: ${wgslType[type]}${indices ? ', i: i32' : ''} }`,
      `fn join(a: State, b: State) -> State { ${lines.join(' ')} return State(${values.join(', ')}); }`,
    );
  }

  /** Position `j` in the direction of the scan. */
  get #place(): string {
    return this.#kernel.reverse ? `let k = ${this.#source.word(0)} - 1u - j;` : 'let k = j;';
  }

  /** Functions that fetch and put position `j` of the operands. */
  #declareOperands(): void {
    const source = this.#source;
    const { rank, indices, input: operand } = this.#kernel;
    const results = this.#form === 'totals' ? 0 : indices ? 2 : 1;
    const from = this.#form === 'totals' ? (indices ? 2 : 1) : results;
    const step = source.word(3 + 3 * (rank + 1) - 1);
    const value = castText(
      source.shader,
      source.load(from, `source_at + k * ${step}`),
      dtypes[operand.dtype].scalar,
      this.#type,
    );
    source.declarations.push(
      `fn fetch(source_at: u32, j: u32) -> State { ${this.#place} return State(${value}${indices ? ', bitcast<i32>(k)' : ''}); }`,
    );
    if (results === 0) return;
    const places = indices ? source.store(1, `${source.start(1)} + row * ${source.word(0)} + k`, 's.i') : '';
    source.declarations.push(
      `fn put(target_at: u32, row: u32, j: u32, s: State) { ${this.#place} ${source.store(0, `target_at + k * ${source.word(3 + 2 * (rank + 1) - 1)}`, 's.v')} ${places} }`,
    );
  }

  /** The same for totals of tiles, which are scanned where they are. */
  #declareTotals(): void {
    const source = this.#source;
    const { indices } = this.#kernel;
    const type = this.#type;
    source.declarations.push(
      `fn fetch(source_at: u32, j: u32) -> State { return ${this.#total(0, 'source_at + j')}; }`,
      `fn put(target_at: u32, row: u32, j: u32, s: State) { ${source.store(0, 'target_at + j', asWord(type, 's.v'))} ${indices ? source.store(1, 'target_at + j', asWord('i32', 's.i')) : ''} }`,
    );
  }

  /** The total at a place of the temporaries from binding `b` on. */
  #total(b: number, at: string): string {
    const source = this.#source;
    const second = this.#kernel.indices ? `, ${fromWord('i32', source.load(b + 1, at))}` : '';
    return `State(${fromWord(this.#type, source.load(b, at))}${second})`;
  }

  /** Where the row begins in the operands. */
  #origins(): void {
    const source = this.#source;
    const { rank, indices } = this.#kernel;
    const at = coordinates(source, 'row', rank, 3);
    const strides = 3 + rank + 1;
    const operand = indices ? 2 : 1;
    const from = operand;
    source.line(`let source_at = ${address(source, source.start(from), at, strides + rank + 1)};`);
    source.line(`let target_at = ${this.#form === 'totals' ? '0u' : address(source, source.start(0), at, strides)};`);
  }

  /** Four elements of this thread from position `j` on, and all threads' totals so far in `totals`. */
  #gather(n: string): string[] {
    const next = Array.from(
      { length: each - 1 },
      (_, e) => `let s${e + 1} = join(s${e}, fetch(source_at, min(j + ${e + 1}u, ${n} - 1u)));`,
    );
    return [
      `let s0 = fetch(source_at, min(j, ${n} - 1u));`,
      ...next,
      `totals[lane] = s${each - 1};`,
      'workgroupBarrier();',
      `for (var d = 1u; d < ${threads}u; d = d << 1u) { var t = totals[lane]; if (lane >= d) { t = join(totals[lane - d], t); } workgroupBarrier(); totals[lane] = t; workgroupBarrier(); }`,
    ];
  }

  /** Puts this thread's elements, after what comes before them. */
  #put(n: string, carried: string): string[] {
    const all = Array.from({ length: each }, (_, e) => e);
    return [
      'var before = carry;',
      `if (lane > 0u) { before = totals[lane - 1u]; if (${carried}) { before = join(carry, before); } }`,
      `let joined = lane > 0u || ${carried};`,
      ...all.map(
        (e) =>
          `if (j + ${e}u < ${n}) { var s = s${e}; if (joined) { s = join(before, s); } put(target_at, row, j + ${e}u, s); }`,
      ),
    ];
  }

  #allTiles(n: string): void {
    this.#source.line(
      'var carry: State;',
      `for (var first = 0u; first < ${n}; first += ${tile}u) {`,
      `let j = first + lane * ${each}u;`,
      ...this.#gather(n),
      ...this.#put(n, 'first > 0u'),
      `let last = totals[${threads - 1}];`,
      'if (first > 0u) { carry = join(carry, last); } else { carry = last; }',
      'workgroupBarrier();',
      '}',
    );
  }

  #oneTile(): void {
    const source = this.#source;
    const [n, tiles] = [source.word(0), source.word(2)];
    source.line(`let number = unit % ${tiles};`, `let j = number * ${tile}u + lane * ${each}u;`, ...this.#gather(n));
    if (this.#form === 'totals') {
      const put = [source.store(0, 'unit', asWord(this.#type, 'all.v'))];
      if (this.#kernel.indices) put.push(source.store(1, 'unit', asWord('i32', 'all.i')));
      source.line(`if (lane == 0u) { let all = totals[${threads - 1}]; ${put.join(' ')} }`);
      return;
    }
    const carries = this.#kernel.indices ? 3 : 2;
    source.line(
      'var carry: State;',
      `if (number > 0u) { carry = ${this.#total(carries, 'unit - 1u')}; }`,
      ...this.#put(n, 'number > 0u'),
    );
  }
}
