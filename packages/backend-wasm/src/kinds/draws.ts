/**
 * Random numbers of elements for the vectors of a map, where elements share what is computed: of `elementBits`, elements i and i + 4 of every eight share a block of the
 * generator; of `standardNormal`, elements 2j and 2j + 1 are a pair. Their steps wait for each other, so several vectors are computed at a time.
 */
import {
  type Expression,
  type Geometry,
  gradient,
  type MapKernel,
  output,
  rewrite,
  rowOf,
  topological,
  withArguments,
} from '@nn/backend';
import { type Code, countDown, I32, i32, type Local, V128, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { type Copy, emitTogether, type Known, lower } from '../scalar/emit.ts';
import { ascending, picked } from '../scalar/quad.ts';
import type { Variant } from './kind.ts';
import { mapVariant, type Way } from './map.ts';

/** Vectors of a round. */
const together = 8;

/** One drawing: what it computes, and the code for the vectors of a round from element number `index` on, each entered in `vectors`; `copy` makes room for one computation. */
interface Draw {
  readonly inner: readonly Expression[];
  readonly emit: (f: FunctionBuilder, index: Local, vectors: readonly Known[], copy: () => Copy) => Code;
}

const copiesOf = (count: number, copy: () => Copy): Copy[] => Array.from({ length: count }, copy);

/** Says that this expression is element number `index`, some further on. */
function setPlace(f: FunctionBuilder, { known }: Copy, place: Expression, index: Local, ahead: number): Code {
  const kept = f.local(V128);
  known.set(place, [kept]);
  return kept.set(ascending(f, index, ahead));
}

/** Computes what depends on places that are known already. */
function emitAbove(f: FunctionBuilder, roots: readonly Expression[], given: readonly Expression[], copies: Copy[]) {
  const below = new Set(topological(...given).filter(({ op }) => op !== 'constant'));
  return emitTogether(f, roots, copies, (one) => !below.has(one));
}

/** Two vectors from each computation: the first words of four blocks, then the second. */
function bitsOf(node: Expression): Draw {
  const [, second, first] = rowOf(node.op).meaning!(...node.args).args;
  const block = lower(first!.args[3]!);
  const words = [lower(first!), lower(second!)];
  return {
    inner: words,
    emit: (f, index, vectors, copy) => {
      const half = f.local(I32);
      const blocks = copiesOf(together / 2, copy);
      const places = blocks.map((one, i) => setPlace(f, one, block, half, 4 * i));
      const code = [half.set(i32.shrU(index, 1)), places, emitAbove(f, words, [block], blocks)];
      for (const [q, known] of vectors.entries()) known.set(node, blocks[q >> 1]!.known.get(words[q & 1]!)!);
      return code;
    },
  };
}

/** Lanes of 64 bits: the first ones of two vectors, and the second ones. */
const firsts = [0, 1, 4, 5] as const;
const seconds = [2, 3, 6, 7] as const;

/** Two vectors from each computation: of four pairs, from the uniform numbers of their elements. */
function normalsOf(node: Expression): Draw {
  const [, odd, even] = rowOf(node.op).meaning!(...node.args).args;
  const uniforms = topological(even!).filter(({ op }) => op === 'uniformDouble');
  const placeOf = ({ args }: Expression): Expression => args[0]!.args[3]!;
  // The second one's place is made odd by `or`.
  const first = uniforms.find((one) => placeOf(one).op !== 'or');
  const second = uniforms.find((one) => placeOf(one).op === 'or');
  const [mine, own] = [node.args[3]!, placeOf(first!)];
  const drawn = lower(rewrite(first!, (one, args) => (one === own ? mine : withArguments(one, args))));
  // Leaves that no map has stand for them.
  const given = [output('f64'), gradient('f64')] as const;
  const pair = [even!, odd!].map((one) =>
    lower(
      rewrite(one, (part, args) =>
        part === first ? given[0] : part === second ? given[1] : withArguments(part, args),
      ),
    ),
  );
  return {
    inner: [drawn],
    emit: (f, index, vectors, copy) => {
      // So many that their values don't crowd each other out of the registers.
      const half = together / 2;
      return [0, half].map((from) => {
        const singles = copiesOf(half, copy);
        const places = singles.map((one, i) => setPlace(f, one, mine, index, 4 * (from + i)));
        const code = [places, emitAbove(f, [drawn], [mine], singles)];
        const pairs = copiesOf(half / 2, copy);
        for (const [j, { known }] of pairs.entries()) {
          const [low, high] = [2 * j, 2 * j + 1].map((i) => singles[i]!.known.get(drawn)!);
          for (const [k, lanes] of [firsts, seconds].entries()) {
            const parts = picked(f, [
              [low![0]!, low![1]!, ...lanes],
              [high![0]!, high![1]!, ...lanes],
            ]);
            code.push(parts.code);
            known.set(given[k]!, parts.values);
          }
        }
        code.push(emitTogether(f, pair, pairs));
        for (const [j, { known }] of pairs.entries()) {
          const [x, y] = pair.map((one) => known.get(one)!);
          for (const k of [0, 1]) {
            const parts = picked(f, [
              [x![k]!, y![k]!, ...firsts],
              [x![k]!, y![k]!, ...seconds],
            ]);
            code.push(parts.code);
            vectors[from + 2 * j + k]!.set(node, parts.values);
          }
        }
        return code;
      });
    },
  };
}

/** Rows that are drawn for several elements at once. */
const ways: { readonly [name: string]: (node: Expression) => Draw } = {
  elementBits: bitsOf,
  standardNormal: normalsOf,
};

/** The drawings of these expressions, null where there are none or not one for each element of the map. */
function drawingOf(expressions: readonly Expression[]): Way | null {
  const roots = expressions.map((expression) => lower(expression, (name) => name in ways));
  const nodes = topological(...roots).filter(({ op }) => op in ways);
  if (nodes.length === 0 || nodes.some(({ args }) => args[3]!.args[0]?.op !== 'coordinate')) return null;
  const draws = nodes.map((node) => ways[node.op]!(node));
  return {
    inner: [...roots, ...draws.flatMap(({ inner }) => inner)],
    emit: (f, { streams, index, rest, known: steady, leaf, move }) => {
      const vectors = Array.from({ length: together }, (): Known => new Map(steady));
      const copy = (): Copy => ({ known: new Map(steady), leaf: leaf(0) });
      const code = [
        draws.map(({ emit }) => emit(f, index, vectors, copy)),
        emitTogether(
          f,
          roots,
          vectors.map((known, q): Copy => ({ known, leaf: leaf(q) })),
        ),
        vectors.map((known, q) => roots.map((root, j) => streams[j]!.store(known.get(root)!, q))),
      ];
      const round = 4 * together;
      return when(i32.eqz(i32.and(index, 7)), countDown(rest, round, round, code, move(round)));
    },
  };
}

/** The variant of a map that draws random numbers, null of others. */
export function drawnMap(kernel: MapKernel, geometry: Geometry): Variant | null {
  const drawing = drawingOf(kernel.outputs.map(({ expression }) => expression));
  return drawing === null ? null : mapVariant(kernel, geometry, drawing);
}
