/**
 * Combining many values into one, in vectors. A sum runs in eight strands: the element at position j of the innermost reduced dimension joins strand j mod 8, and
 * strands are added as a tree, (0+4) (1+5) (2+6) (3+7), then (0+2) (1+3), then (0+1). Along a row strands are the lanes of two vectors; across rows each strand
 * is a vector of its own with one output a lane. Either way the same numbers meet in the same order.
 */
import { type Combine, type Expression, type ReduceKernel, type ScalarType, topological } from '@nn/backend';
import {
  type Code,
  countDown,
  f32x4,
  f64x2,
  I32,
  i32,
  i32x4,
  type Local,
  lanes,
  type Operand,
  pick,
  stepUp,
  V128,
  v128,
  when,
} from '../assembler/index.ts';
import type { FunctionBuilder, FunctionCode } from '../assembler/module.ts';
import { coreRows } from '../scalar/core-rows.ts';
import { constantLanes } from '../scalar/emit.ts';
import { narrowMask, type Quad, upperHalf, wideMasks } from '../scalar/quad.ts';

/** The position of no element. */
export const nowhere = 0x7fffffff;

/** Whether a row's loop over a body is unrolled. */
export const isShort = (body: Expression): boolean => topological(body).length < 8;

/** Strands of a sum. */
export const strands = 8;

/** Values so far: a quad, then for arg forms the vector of the positions they came from, for extremes of float32 a mask of where a NaN was met. */
export type State = readonly Local[];

export class Fold {
  readonly #f: FunctionBuilder;
  readonly #combine: ReduceKernel['combine'];
  readonly #type: ScalarType;
  /** Whether positions are kept. */
  readonly positions: boolean;
  readonly #parts: number;
  /** Whether NaN is noted beside the extreme: together cheaper than an instruction that passes it on. */
  readonly notes: boolean;

  constructor(f: FunctionBuilder, combine: Combine | 'argmax' | 'argmin', type: ScalarType) {
    this.#f = f;
    this.#combine = combine;
    this.#type = type;
    this.positions = combine === 'argmax' || combine === 'argmin';
    this.#parts = type === 'f64' ? 2 : 1;
    this.notes = type === 'f32' && (combine === 'max' || combine === 'min');
  }

  /** Vectors of a state. */
  get vectors(): number {
    return this.#parts + Number(this.positions || this.notes);
  }

  state(): State {
    return this.#f.locals(V128, this.vectors);
  }

  values(state: State): readonly Local[] {
    return state.slice(0, this.#parts);
  }

  /**
   * Code after the last merge: the values are the result from then on. Adding the notes, NaN or +0, also makes +0 of -0: which of two zeros
   * was met first depends on the order.
   */
  settle(state: State): Code {
    if (this.notes) return state[0]!.set(f32x4.add(state[0]!, state[1]!));
    if (!this.positions) return [];
    // Nothing beat where it started: all elements are equal to that, and the first of them counts.
    const index = this.index(state);
    return index.set(v128.andnot(index, i32x4.eq(index, this.#f.lanes('i32', nowhere))));
  }

  /** Positions, of arg forms (or the mask of NaN). */
  index(state: State): Local {
    return state.at(-1)!;
  }

  /** The value that changes nothing, in every lane. */
  identity(): readonly Local[] {
    return constantLanes(this.#f, this.#type, identityOf(this.#combine, this.#type));
  }

  reset(state: State): Code {
    return [
      this.values(state).map((part, i) => part.set(this.identity()[i]!)),
      this.positions ? this.index(state).set(this.#f.lanes('i32', nowhere)) : [],
      this.notes ? state[1]!.set(this.#f.lanes('i32', 0)) : [],
    ];
  }

  /** The value in lanes of the mask, what changes nothing elsewhere. */
  masked(mask: Local, value: Quad): Quad {
    const masks = this.#type === 'f64' ? wideMasks(mask) : [mask];
    return masks.map((wide, part) => pick(this.#f.module.features, wide, value[part]!, this.identity()[part]!));
  }

  /** `state = state combined with other`, lane by lane. `ascending`: the other's positions are beyond all of the state's. */
  merge(state: State, other: Quad, ascending = false): Code {
    if (this.notes) {
      const [x, found] = state as readonly [Local, Local];
      const next = this.#f.local(V128);
      const extreme = this.#combine === 'max' ? f32x4.pmax : f32x4.pmin;
      return [
        next.set(other[0]!),
        found.set(v128.or(found, other[1] ?? f32x4.ne(next, next))),
        x.set(extreme(x, next)),
      ];
    }
    const values = this.values(state);
    if (!this.positions) {
      const next = combined[this.#combine as Combine](this.#f, this.#type, [values, other]);
      return values.map((part, i) => part.set(next[i]!));
    }
    const wins = this.#f.local(V128);
    const { features } = this.#f.module;
    const masks = this.#type === 'f64' ? wideMasks(wins) : [wins];
    return [
      wins.set(this.#wins(state, other, ascending)),
      values.map((part, i) => part.set(pick(features, masks[i]!, other[i]!, part))),
      this.index(state).set(pick(features, wins, other.at(-1)!, this.index(state))),
    ];
  }

  /** Mask of lanes where the other's value stands before the state's: more extreme, or the first NaN, or as extreme and earlier. */
  #wins(state: State, other: Quad, ascending: boolean): Code {
    const values = this.values(state);
    const max = this.#combine === 'argmax';
    const compare = (test: (x: Code, y: Code) => Code, x: Quad, y: Quad): Code =>
      this.#type === 'f64' ? narrowMask(test(x[0]!, y[0]!), test(x[1]!, y[1]!)) : test(x[0]!, y[0]!);
    const earlier = i32x4.ltS(other.at(-1)!, this.index(state));
    if (this.#type !== 'f32' && this.#type !== 'f64') {
      const greater = this.#type === 'i32' ? i32x4.gtS : i32x4.gtU;
      const beats = max ? greater(other[0]!, values[0]!) : greater(values[0]!, other[0]!);
      if (ascending) return beats;
      return v128.or(beats, v128.and(i32x4.eq(other[0]!, values[0]!), earlier));
    }
    const { gt, eq, ne, le, ge } = this.#type === 'f64' ? f64x2 : f32x4;
    // Not at most the old value (or either is NaN), and the old one is a number.
    if (ascending) return v128.andnot(compare(eq, values, values), compare(max ? le : ge, other, values));
    const beats = max ? compare(gt, other, values) : compare(gt, values, other);
    const newNaN = compare(ne, other, other);
    const oldNaN = compare(ne, values, values);
    const even = v128.or(compare(eq, other, values), v128.and(newNaN, oldNaN));
    return v128.or(v128.or(beats, v128.andnot(newNaN, oldNaN)), v128.and(even, earlier));
  }

  /** Adds the strands of `states` (a power of two of them) as a tree; the result is in the first. */
  tree(states: readonly State[]): Code {
    const code: Code[] = [];
    for (let half = states.length / 2; half >= 1; half /= 2)
      for (let i = 0; i < half; i++) code.push(this.merge(states[i]!, states[i + half]!));
    return code;
  }

  /** Combines the four lanes; the result is in lane 0. */
  across(state: State): Code {
    const f = this.#f;
    const other = this.state();
    const shuffled = (picks: readonly number[], values: Quad): Code => [
      values.map((value, i) => this.values(other)[i]!.set(value)),
      this.vectors > this.#parts
        ? this.index(other).set(v128.shuffle(this.index(state), this.index(state), lanes(...picks)))
        : [],
      this.merge(state, other),
    ];
    const [x, y] = this.values(state);
    if (this.#type === 'f64')
      return [
        shuffled([2, 3, 2, 3], [y!, f.lanes('f64', 0)]),
        shuffled([1, 1, 1, 1], [upperHalf(x!), f.lanes('f64', 0)]),
      ];
    return [shuffled([2, 3, 2, 3], [upperHalf(x!)]), shuffled([1, 1, 1, 1], [v128.shuffle(x!, x!, lanes(1, 1, 1, 1))])];
  }

  /** The first element at an address in every lane of a vector. */
  splat(address: Local): Code {
    return this.#type === 'f64' ? v128.load64Splat(address, 0) : v128.load32Splat(address, 0);
  }

  /** The first lane of a quad in all lanes. */
  spread(value: Quad): Quad {
    return this.#type === 'f64'
      ? [f64x2.splat(f64x2.extractLane(value[0]!, 0)), f64x2.splat(f64x2.extractLane(value[0]!, 0))]
      : [v128.shuffle(value[0]!, value[0]!, lanes(0, 0, 0, 0))];
  }
}

/**
 * Code that combines `rest` elements in a row into two states, whose lanes are the strands. `values` gives so many vectors from the streams' cursors on, with
 * a count only so many elements of one; `move` moves on. `rest` is used up. A round is of `most` vectors, if that is more than two. `loose` says that no other code than
 * `foldAcross` computes the same result, which would have to choose the same of two zeros.
 */
export function foldAlong(
  fold: Fold,
  [front, back]: readonly [State, State],
  rest: Local,
  values: (
    vectors: number,
    count: Local | null,
  ) => readonly { readonly code: Code; readonly parts: Quad; readonly keep?: Code }[],
  move: (elements: number) => Code,
  most: number,
  loose = false,
): Code {
  const absorb = (states: readonly State[], count: Local | null): Code => {
    const each = values(states.length, count);
    return [
      each.map(({ code }) => code),
      each.map(({ keep = [] }) => keep),
      each.map(({ parts }, q) => fold.merge(states[q]!, parts, true)),
    ];
  };
  // Extremes are the same in any order but for the sign of a zero: four of them don't wait for each other.
  const more = most > 2 && loose && fold.notes ? [fold.state(), fold.state()] : [];
  const rounds = (vectors: number, states: readonly State[] = [front, back]): Code =>
    countDown(
      rest,
      4 * vectors,
      4 * vectors,
      absorb(
        Array.from({ length: vectors }, (_, q) => states[q % states.length]!),
        null,
      ),
      move(4 * vectors),
    );
  return [
    more.map((state) => fold.reset(state)),
    most > 2 ? rounds(most, [front, back, ...more]) : [],
    more.map((state) => fold.merge(front, state)),
    rounds(2),
    when(i32.gtS(rest, 0), [
      absorb([front], rest),
      when(i32.gtS(rest, 4), [move(4), rest.set(i32.sub(rest, 4)), absorb([back], rest)]),
    ]),
  ];
}

/**
 * The same for `width` vectors of rows at once, a row a lane: elements `index` to `size` of all of them, in the order in which `foldAlong` (loose) combines those of a
 * row. Strands lie in scratch memory, 256 bytes a vector. `value` gives vector q of the element at hand; `move` moves on.
 */
export function foldAcross(
  f: FunctionBuilder,
  fold: Fold,
  width: number,
  index: Local,
  size: Local,
  scratch: Local,
  value: (q: number) => { readonly code: Code; readonly parts: Quad },
  move: Code,
  unrolled: boolean,
): { readonly code: Code; readonly states: readonly State[] } {
  const at = f.local(I32);
  const states = Array.from({ length: width }, () => fold.state());
  const parts = fold.values(states[0]!).length;
  const other = f.locals(V128, parts);
  const bytes = 16 * parts * width;
  const load = (into: readonly Local[], q: number, from: Local, strand = 0): Code =>
    into.map((part, i) => part.set(v128.load(from, strand * bytes + 16 * (q * parts + i))));
  const save = (q: number, to: Local, strand = 0): Code =>
    fold.values(states[q]!).map((part, i) => v128.store(to, part, strand * bytes + 16 * (q * parts + i)));
  const each = (code: (state: State, q: number) => Code): Code => states.map(code);
  const combine = (into: number, ...strands: readonly number[]): Code =>
    each((state, q) => [
      load(fold.values(state), q, scratch, into),
      strands.map((strand) => [load(other, q, scratch, strand), fold.merge(state, other)]),
      save(q, scratch, into),
    ]);
  const clear = (from: number): Code =>
    Array.from({ length: strands }, (_, strand) => each((_, q) => save(q, scratch, from + strand)));
  const until = (end: Operand, used: number): Code =>
    stepUp(
      index,
      end,
      1,
      at.set(i32.add(scratch, i32.mul(i32.and(index, used - 1), bytes))),
      each((state, q) => {
        const { code, parts } = value(q);
        return [code, load(fold.values(state), q, at), fold.merge(state, parts, true), save(q, at)];
      }),
      move,
    );
  const code = [
    each((state) => fold.reset(state)),
    clear(0),
    unrolled && fold.notes
      ? when(i32.geS(size, 16), [
          clear(8),
          until(i32.and(size, -16), 16),
          [0, 1, 2, 3].map((strand) => combine(strand, strand + 8, strand + 12)),
        ])
      : [],
    until(size, strands),
    [0, 1, 2, 3].map((strand) => combine(strand, strand + 4)),
    [0, 1].map((strand) => combine(strand, strand + 2)),
    combine(0, 1),
    each((state) => fold.settle(state)),
  ];
  return { code, states };
}

/** Two values combined lane by lane. */
export const combined: { readonly [C in Combine]: FunctionCode } = {
  sum: coreRows.add,
  product: coreRows.mul,
  max: coreRows.max,
  min: coreRows.min,
};

/** Where a combine starts. */
function identityOf(combine: ReduceKernel['combine'], type: ScalarType): number {
  const float = type === 'f32' || type === 'f64';
  switch (combine) {
    case 'sum':
      return 0;
    case 'product':
      return 1;
    case 'max':
    case 'argmax':
      return float ? Number.NEGATIVE_INFINITY : type === 'i32' ? -(2 ** 31) : 0;
    default:
      return float ? Number.POSITIVE_INFINITY : type === 'i32' ? 2 ** 31 - 1 : type === 'bool' ? 1 : -1;
  }
}
