/**
 * The tiled form: a workgroup computes a tile of the result, each thread a few rows of four columns in registers. Both factors pass through workgroup memory, sixteen members of k at a time; while
 * one tile is multiplied the next is on its way into registers.
 */
import type { Pass } from '../kind.ts';
import { groupsOf } from '../kind.ts';
import type { Source } from '../source.ts';
import { arithmeticOf } from './arithmetic.ts';
import { emitResult, emitResults, partialDtype, resultBinding } from './finish.ts';
import { Members } from './members.ts';
import { type Numbers, problemWords, textsOf, wordsOf } from './numbers.ts';
import { depth } from './order.ts';
import type { Entry, Problem } from './problem.ts';
import { alongOf, Staging } from './staging.ts';

export interface Tile {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Rows of a thread, a multiple of four. */
  readonly each: number;
  /** How fast it is where it is full, beside others: products for each element that is loaded. */
  readonly speed: number;
}

/** Rows of tiles that workgroups go through column by column, so that those at work together share what they read. */
const band = 8;

/** `split`: each workgroup adds one part of the sums, into temporary 0. */
export function tilePass(problem: Problem, tile: Tile, numbers: Numbers, split: boolean): Pass {
  const { left, right, operands, dtype, extras } = problem;
  const deep = !split && numbers.spans > 1;
  const wide = !split && problem.wideOutput && alongOf(right) === 'row';
  const sides = [left, right].map((side, i) => ({
    from: { operand: operands[i]! },
    dtype,
    writes: false,
    ...(side.wide && { width: 4 as const }),
  }));
  return {
    key: [
      tile.name,
      ...[left, right].map((side) => side.dense + (side.wide ? 4 : '')),
      split ? 'split' : deep ? 'deep' : '',
      wide ? 'wide' : '',
    ].join(' '),
    bindings: split
      ? [{ from: { scratch: 0 }, dtype: partialDtype(problem), writes: true }, ...sides]
      : [resultBinding(problem, wide), ...sides, ...extras],
    words: wordsOf(numbers, problem),
    groups: groupsOf(numbers.units),
    threads: [threadsOf(tile)],
    emit: (source) => emitTile(source, problem, tile, split, deep, wide),
  };
}

const threadsOf = ({ rows, columns, each }: Tile): number => ((rows / each) * columns) / 4;

function emitTile(source: Source, problem: Problem, tile: Tile, split: boolean, deep: boolean, wide: boolean): void {
  const { rows, columns, each } = tile;
  const across = columns / 4;
  const w = textsOf(source);
  const { four } = arithmeticOf(problem);
  source.line(
    `let unit = ${source.unit};`,
    `if (unit >= ${w.units}) { return; }`,
    `let tiles = ${w.rows} * ${w.columns};`,
    'let tile = unit % tiles;',
    `let entry = unit / tiles % ${w.entries};`,
    `let part = unit / (tiles * ${w.entries});`,
    `let inBand = tile % (${band}u * ${w.columns});`,
    `let firstRow = tile / (${band}u * ${w.columns}) * ${band}u;`,
    `let bandRows = min(${band}u, ${w.rows} - firstRow);`,
    `let row0 = (firstRow + inBand % bandRows) * ${rows}u;`,
    `let column0 = inBand / bandRows * ${columns}u;`,
    `let tx = lane % ${across}u;`,
    `let ty = lane / ${across}u;`,
  );
  const entry = problem.enter(source, problemWords, 'entry');
  const column = emitSums(source, problem, tile, entry, split, deep);
  source.line(
    `var sums = array<${four}, ${each}>(${names(deep ? 't' : 's', each).join(', ')});`,
    `for (var i = 0u; i < ${each}u; i++) {`,
    `let m = row0 + ty * ${each}u + i;`,
    `if (m >= ${w.m}) { break; }`,
  );
  if (wide) {
    source.line(`let n = ${column('0u')};`, `if (n < ${w.n}) {`, 'let four = sums[i];');
    emitResults(source, problem, entry, 'm', 'n', 'four', 3);
    source.line('}');
  } else {
    source.line(
      'for (var j = 0u; j < 4u; j++) {',
      `let n = ${column('j')};`,
      `if (n < ${w.n}) {`,
      'let sum = sums[i][j];',
    );
    if (split) source.line(source.store(0, `((part * ${w.entries} + entry) * ${w.m} + m) * ${w.n} + n`, 'sum'));
    else emitResult(source, problem, entry, 'm', 'n', 'sum', 3);
    source.line('}', '}');
  }
  source.line('}');
}

const names = (stem: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${stem}${i}_`);

/** Adds what computes the sums of a thread, rows in s0_, s1_ … (t0_ … where there are several spans). Returns the column of the thread's number j. */
function emitSums(
  source: Source,
  problem: Problem,
  tile: Tile,
  entry: Entry,
  split: boolean,
  deep: boolean,
): (j: string) => string {
  const { rows, columns, each } = tile;
  const across = columns / 4;
  const threads = threadsOf(tile);
  const w = textsOf(source);
  const arithmetic = arithmeticOf(problem);
  const { four, fused } = arithmetic;
  const terms = entry.terms();
  const members = new Members(source, terms);
  const left = new Staging(source, terms.left, 'left', 1, rows, arithmetic);
  const right = new Staging(source, terms.right, 'right', 2, columns, arithmetic);
  source.line(
    `let first = ${split ? `part * ${w.part}` : '0u'};`,
    `let end = min(${terms.k}, ${split ? `first + ${w.part}` : terms.k});`,
  );
  left.prepare('row0', w.m, threads);
  right.prepare('column0', w.n, threads);
  const [sums, blocks, spans] = [names('c', each), names('s', each), names('t', each)];
  for (const name of [...sums, ...blocks, ...(deep ? spans : [])]) source.line(`var ${name} = ${four}();`);
  const add = (to: readonly string[], from: readonly string[]): string =>
    to.map((name, i) => `${name} += ${from[i]}; ${from[i]} = ${four}();`).join(' ');

  members.fill('first');
  // What a round has loaded is multiplied in the next one, so that loads are under way meanwhile.
  source.line(
    `var block = ${w.block};`,
    ...(deep ? [`var span = ${w.span};`] : []),
    `for (var k = first; k < end + ${depth}u; k += ${depth}u) {`,
  );
  const member = members.from('k');
  left.load(member, 'end');
  right.load(member, 'end');
  source.line('if (k > first) {', `for (var q = 0u; q < ${w.quads}; q++) {`);
  const x = left.fragment('q', each, left.along === 'k' ? `ty * ${each}u` : `ty * ${each / 4}u`, 1);
  const y = right.fragment('q', 4, 'tx', across);
  for (let kk = 0; kk < 4; kk++) {
    const vector = source.let(`${four}(${[0, 1, 2, 3].map((j) => y(j, kk)).join(', ')})`, 'y');
    for (let i = 0; i < each; i++) source.line(`${sums[i]} = ${fused(`${four}(${x(i, kk)})`, vector, sums[i]!)};`);
  }
  source.line('}', `block -= ${depth}u;`, `if (block == 0u) { block = ${w.block}; ${add(blocks, sums)} }`);
  if (deep) source.line(`span -= ${depth}u;`, `if (span == 0u) { span = ${w.span}; ${add(spans, blocks)} }`);
  source.line('}', 'workgroupBarrier();');
  left.store();
  right.store();
  members.fill(`k + ${depth}u`);
  source.line('}', add(blocks, sums), ...(deep ? [add(spans, blocks)] : []));
  return right.along === 'k' ? (j) => `column0 + tx + ${j} * ${across}u` : (j) => `column0 + tx * 4u + ${j}`;
}
