/**
 * The form for products with few rows or few columns: a thread holds one member of the long dimension with all of the short one, and reads memory directly. Where k is long, threads
 * of a workgroup ("slices") take its blocks side by side and add what they found up in the order that all forms share. Entries and the long dimension are counted through, so that
 * many small products fill workgroups too.
 */
import { groupsOf, type Pass } from '../kind.ts';
import type { Source } from '../source.ts';
import { arithmeticOf } from './arithmetic.ts';
import { emitResult, partialDtype, resultBinding } from './finish.ts';
import { type Numbers, problemWords, textsOf, wordsOf } from './numbers.ts';
import { digitsOf, type Member, type Problem, type Terms } from './problem.ts';
import { loadFunction } from './staging.ts';

export interface Slim {
  /** Which factor has few rows, and a bound on how many. */
  readonly short: 'left' | 'right';
  readonly rows: number;
  /** Members of the long dimension in a workgroup, and blocks of k that it takes at once. */
  readonly lanes: number;
  readonly slices: number;
}

/** `split`: each workgroup adds one span of the sums, into temporary 0. */
export function slimPass(problem: Problem, form: Slim, numbers: Numbers, split: boolean): Pass {
  const { left, right, operands, dtype, extras } = problem;
  const { short, rows, lanes, slices } = form;
  const sides = [left, right].map((side, i) => ({
    from: { operand: operands[i]! },
    dtype,
    writes: false,
    ...(side.wide && { width: 4 as const }),
  }));
  return {
    key: [short, rows, lanes, slices, ...[left, right].map((side) => (side.wide ? 4 : '')), split ? 'split' : ''].join(
      ' ',
    ),
    bindings: split
      ? [{ from: { scratch: 0 }, dtype: partialDtype(problem), writes: true }, ...sides]
      : [resultBinding(problem, false), ...sides, ...extras],
    words: wordsOf(numbers, problem),
    groups: groupsOf(numbers.units),
    threads: [lanes * slices],
    emit: (source) => emitSlim(source, problem, form, split),
  };
}

function emitSlim(source: Source, problem: Problem, { short, rows, lanes, slices }: Slim, split: boolean): void {
  const w = textsOf(source);
  const arithmetic = arithmeticOf(problem);
  const { one } = arithmetic;
  const [few, many] = short === 'left' ? [w.m, w.n] : [w.n, w.m];
  source.line(
    `let unit = ${source.unit};`,
    `if (unit >= ${w.units}) { return; }`,
    `let tile = unit % ${w.columns};`,
    `let part = unit / ${w.columns};`,
    `let slice = lane / ${lanes}u;`,
    `let place = tile * ${lanes}u + lane % ${lanes}u;`,
    `let count = ${w.entries} * ${many};`,
    'let at = min(place, count - 1u);',
    `let entry = at / ${many};`,
    `let long = at - entry * ${many};`,
  );
  const entry = problem.enter(source, problemWords, 'entry');
  const terms = entry.terms();
  source.declarations.push(
    loadFunction(source, terms.left, 'left', 1, arithmetic),
    loadFunction(source, terms.right, 'right', 2, arithmetic),
  );
  if (slices > 1) source.declarations.push(`var<workgroup> found: array<${one}, ${slices * rows * lanes}>;`);
  const all = Array.from({ length: rows }, (_, r) => r);
  const line = (text: (r: number) => string): void => source.line(all.map(text).join(' '));
  const [shortFactor, longFactor] = short === 'left' ? [terms.left, terms.right] : [terms.right, terms.left];
  const shortRows = all.map((r) => shortFactor.row(source.let(`min(${r}u, ${few} - 1u)`, 'r')));
  const longRow = longFactor.row('long');

  line((r) => `var t${r}_ = ${one}();`);
  source.line(
    `for (var span = ${split ? 'part' : '0u'}; span < ${split ? 'part + 1u' : w.spans}; span++) {`,
    `let spanEnd = min((span + 1u) * ${w.span}, ${w.k});`,
  );
  line((r) => `var s${r}_ = ${one}();`);
  source.line(
    `for (var at0 = span * ${w.span}; at0 < spanEnd; at0 += ${w.block} * ${slices}u) {`,
    `let start = at0 + slice * ${w.block};`,
    `let blocks = (spanEnd - at0 + ${w.block} - 1u) / ${w.block};`,
    `let end = min(min(start + ${w.block}, spanEnd), ${terms.k});`,
  );
  line((r) => `var c${r}_ = ${one}();`);
  emitBlock(source, problem, terms, short, shortRows, longRow);
  if (slices === 1) line((r) => `s${r}_ += c${r}_;`);
  else {
    const index = (slice: string, r: number): string =>
      `found[(${slice} * ${rows}u + ${r}u) * ${lanes}u + lane % ${lanes}u]`;
    line((r) => `${index('slice', r)} = c${r}_;`);
    source.line(
      'workgroupBarrier();',
      `if (slice == 0u) { for (var other = 0u; other < min(${slices}u, blocks); other++) {`,
    );
    line((r) => `s${r}_ += ${index('other', r)};`);
    source.line('} }', 'workgroupBarrier();');
  }
  source.line('}');
  line((r) => `t${r}_ += s${r}_;`);
  source.line(
    '}',
    `if (slice == 0u && place < count) {`,
    `var sums = array<${one}, ${rows}>(${all.map((r) => `t${r}_`).join(', ')});`,
    `for (var r = 0u; r < min(${rows}u, ${few}); r++) {`,
    'let sum = sums[r];',
  );
  const [m, n] = short === 'left' ? ['r', 'long'] : ['long', 'r'];
  if (split) source.line(source.store(0, `((part * ${w.entries} + entry) * ${w.m} + ${m}) * ${w.n} + ${n}`, 'sum'));
  else emitResult(source, problem, entry, m!, n!, 'sum', 3);
  source.line('}', '}');
}

/** Adds the products of members `start` … `end` to c0_, c1_ …, in order. */
function emitBlock(
  source: Source,
  problem: Problem,
  terms: Terms,
  short: Slim['short'],
  shortRows: readonly (readonly string[])[],
  longRow: readonly string[],
): void {
  const { fused } = arithmeticOf(problem);
  const { digits } = terms;
  const long = short === 'left' ? 'right' : 'left';
  const wide = terms.left.wide || terms.right.wide;
  const value = (name: 'left' | 'right', row: readonly string[], member: Member): string => {
    const { index, inside } = terms[name].at(row, member);
    return source.let(
      inside === undefined ? source.load(name === 'left' ? 1 : 2, index) : `${name}At(${index}, ${inside})`,
      'x',
    );
  };
  const add = (longValues: readonly string[], shortValues: (row: readonly string[]) => readonly string[]): void => {
    for (const [r, row] of shortRows.entries())
      for (const [i, x] of shortValues(row).entries()) source.line(`c${r}_ = ${fused(x, longValues[i]!, `c${r}_`)};`);
  };
  if (digits.length === 0) {
    source.line('var k = start;');
    // Several members at a time, so that loads are under way together, then one by one what is left. Where a factor is wide nothing is: its blocks are whole fours.
    const steps = wide ? [4] : shortRows.length <= 2 ? [4, 1] : [1];
    for (const step of steps) {
      source.line(`for (; k + ${step}u <= end; k += ${step}u) {`);
      const members = Array.from({ length: step }, (_, i): Member => {
        const k = source.let(`k + ${i}u`, 'k');
        return { k, fields: terms.fields(k, [k]) };
      });
      const values = (name: 'left' | 'right', row: readonly string[]): string[] => {
        if (!terms[name].wide) return members.map((member) => value(name, row, member));
        const vector = value(name, row, members[0]!);
        return [...'xyzw'].map((c) => `${vector}.${c}`);
      };
      add(values(long, longRow), (row) => values(short, row));
      source.line('}');
    }
    return;
  }
  const first = digitsOf(source, 'start', digits);
  const own = first.map((_, d) => `d${d}_`);
  source.line(...first.map((digit, d) => `var d${d}_ = ${digit};`));
  source.line('for (var k = start; k < end; k++) {');
  const member: Member = { k: 'k', fields: terms.fields('k', own) };
  add([value(long, longRow, member)], (row) => [value(short, row, member)]);
  // To the next member: the last digit counts up, and carries.
  const carry = (d: number): string =>
    d === 0 ? 'd0_++;' : `d${d}_++; if (d${d}_ == ${digits[d - 1]}) { d${d}_ = 0u; ${carry(d - 1)} }`;
  source.line(carry(digits.length), '}');
}
