/** What happens to a finished sum: the epilogue and its place in the result. And the pass that adds the parts of sums that several workgroups have computed. */
import type { Expression } from '@nn/backend';
import { emit, lower } from '../../scalar/emit.ts';
import type { Binding, Pass } from '../kind.ts';
import { groupsOf } from '../kind.ts';
import type { Source } from '../source.ts';
import { arithmeticOf } from './arithmetic.ts';
import { type Numbers, problemWords, textsOf, wordsOf } from './numbers.ts';
import { digitsOf, type Entry, type Place, type Problem } from './problem.ts';

/** The result's binding, which is the first of its pass. */
export const resultBinding = ({ dtype, wideOutput }: Problem, wide: boolean): Binding => ({
  from: { operand: 0 },
  dtype,
  writes: true,
  ...(wide && wideOutput && { width: 4 as const }),
});

/** Adds statements for the epilogue of one sum; the text of its value. Operands of the epilogue are the bindings from `firstExtra`. */
function finished(source: Source, { epilogue }: Problem, place: Place, sum: string, firstExtra: number): string {
  const leaf = (node: Expression): string => {
    if (node.op === 'scalar') return source.scalar(node);
    if (node.op === 'coordinate') return `bitcast<i32>(${place.coordinate()})`;
    if (node.value === 0) return sum;
    const binding = firstExtra + node.value - 1;
    return source.load(binding, place.extra(node.value - 1, binding));
  };
  return emit(source.shader, [lower(epilogue)], leaf, source.lines)[0]!;
}

/** Adds statements that store the result (m, n) of an entry, where it has such a place. */
export function emitResult(
  source: Source,
  problem: Problem,
  entry: Entry,
  m: string,
  n: string,
  sum: string,
  firstExtra: number,
): void {
  const place = entry.place(m, n);
  if (place.inside !== undefined) source.line(`if (${place.inside}) {`);
  source.line(source.store(0, place.output, finished(source, problem, place, sum, firstExtra)));
  if (place.inside !== undefined) source.line('}');
}

/** The same for four neighbours along n, from a vector of sums, stored as one. */
export function emitResults(
  source: Source,
  problem: Problem,
  entry: Entry,
  m: string,
  n: string,
  sums: string,
  firstExtra: number,
): void {
  const places = [...'xyzw'].map((_, j) => entry.place(m, j === 0 ? n : `(${n} + ${j}u)`));
  const values = places.map((place, j) => finished(source, problem, place, `${sums}.${'xyzw'[j]}`, firstExtra));
  const value = `${arithmeticOf(problem).four}(${values.join(', ')})`;
  source.line(source.store(0, `(${places[0]!.output}) / 4u`, value));
}

const threads = 64;

/** Adds parts of sums, which lie in temporary 0 part by part, and finishes them. */
export function partsPass(problem: Problem, numbers: Numbers): Pass {
  const count = problem.entries * problem.m * problem.n;
  return {
    key: 'parts',
    bindings: [
      resultBinding(problem, false),
      { from: { scratch: 0 }, dtype: partialDtype(problem), writes: false },
      ...problem.extras,
    ],
    words: wordsOf({ ...numbers, units: count }, problem),
    groups: groupsOf(Math.ceil(count / threads)),
    threads: [threads],
    emit: (source) => {
      const { m, n, parts, units } = textsOf(source);
      const { one } = arithmeticOf(problem);
      source.line(
        `let i = ${source.unit} * ${threads}u + lane;`,
        `if (i >= ${units}) { return; }`,
        `var sum = ${one}();`,
        `for (var part = 0u; part < ${parts}; part++) { sum += ${source.load(1, `part * ${units} + i`)}; }`,
      );
      const [e, row, column] = digitsOf(source, 'i', [m, n]) as [string, string, string];
      emitResult(source, problem, problem.enter(source, problemWords, e), row, column, 'sum', 2);
    },
  };
}

/** How parts of sums are kept: as they are computed. */
export const partialDtype = (problem: Problem): 'float32' | 'int32' =>
  arithmeticOf(problem).one === 'f32' ? 'float32' : 'int32';
