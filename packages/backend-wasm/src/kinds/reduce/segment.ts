/** The code of one segment: its elements into strands, the strands into one. */
import { type Expression, mentions, topological } from '@nn/backend';
import { type Code, countDown, I32, i32, i32x4, type Local, pick, stepUp, V128, when } from '../../assembler/index.ts';
import { emit, emitTogether, type Known } from '../../scalar/emit.ts';
import { ascending, type Quad } from '../../scalar/quad.ts';
import { vectorsThatWait } from '../../scalar/waiting.ts';
import { foldAlong, nowhere, type State } from '../fold.ts';
import type { Walk } from '../walk.ts';
import type { Frame } from './frame.ts';
import { segmentLength } from './shape.ts';

/** Code, and where its results are: a state for each vector of outputs. */
export interface SegmentCode {
  readonly code: Code;
  readonly results: readonly State[];
}

/** First and past the last row, first and past the last element in each, of a segment. */
interface Bounds {
  readonly code: Code;
  readonly row: Local;
  readonly rowEnd: Local;
  readonly from: Local;
  readonly to: Local;
}

function boundsOf(frame: Frame, segment: Local): Bounds {
  const [row, rowEnd, from, to] = frame.f.locals(I32, 4) as [Local, Local, Local, Local];
  const [pieces, group] = [frame.parameter('pieces'), frame.parameter('group')];
  const atMost = (x: Local, most: Code): Code => when(i32.gtS(x, most), x.set(most));
  const code = [
    row.set(i32.mul(i32.divU(segment, pieces), group)),
    rowEnd.set(i32.add(row, group)),
    atMost(rowEnd, frame.parameter('rows')),
    from.set(i32.mul(i32.remU(segment, pieces), segmentLength)),
    to.set(i32.add(from, segmentLength)),
    atMost(to, frame.parameter('length')),
  ];
  return { code, row, rowEnd, from, to };
}

/** `body` for each row of the segment, `at` pointing to the row's start. */
function eachRow(frame: Frame, pointers: readonly Local[], bounds: Bounds, body: (at: readonly Local[]) => Code): Code {
  const { rank, reducedRank, inputs } = frame.shape.kernel;
  const at = inputs.map(() => frame.f.local(I32));
  const walk: Walk = frame.walk(rank, Math.max(0, reducedRank - 1), new Map(at.map((local, i) => [i + 1, local])));
  return [
    at.map((local, i) => local.set(pointers[i + 1]!)),
    walk.start(bounds.row),
    stepUp(bounds.row, bounds.rowEnd, 1, body(at), walk.next()),
  ];
}

/** A segment of one output, vectors along the reduced elements; the result is in lane 0. `pointers` are at the kept element (outputs first). */
export function segmentAlongReduced(
  frame: Frame,
  pointers: readonly Local[],
  output: Local,
  segment: Local,
): SegmentCode {
  const { f, fold } = frame;
  const { body, steps } = frame.shape;
  const bounds = boundsOf(frame, segment);
  const cursors = steps.map(() => f.local(I32));
  const streams = steps.map((step, i) => frame.stream(i + 1, 'reduced', step, cursors[i]!));
  const [rest, position] = f.locals(I32, 2) as [Local, Local];
  const states = [fold.state(), fold.state()] as const;
  const length = frame.parameter('length');
  const numbered = fold.positions || mentions(body, 'coordinate');
  const values = (vectors: number, count: Local | null): { code: Code; parts: Quad }[] => {
    const copies = Array.from({ length: vectors }, (_, q) => {
      const here = ascending(f, position, 4 * q);
      const leaf = (node: Expression): Quad =>
        node.op === 'coordinate'
          ? [i32x4.add(here, i32x4.splat(i32.mul(output, i32.mul(frame.parameter('rows'), length))))]
          : streams[node.value]!.load(q, count);
      return { known: new Map(frame.known) as Known, leaf, here };
    });
    const together = emitTogether(f, [body], copies);
    return copies.map(({ known, here }, q) => {
      const code: Code[] = q === 0 ? [together] : [];
      let parts: Quad = known.get(body)!;
      if (count !== null) {
        const mask = f.local(V128);
        code.push(mask.set(i32x4.gtS(i32x4.splat(i32.sub(count, 4 * q)), f.lanes('i32', 0, 1, 2, 3))));
        parts = fold.masked(mask, parts);
        if (fold.positions) parts = [...parts, pick(f.module.features, mask, here, f.lanes('i32', nowhere))];
      } else if (fold.positions) parts = [...parts, here];
      const kept = parts.map(() => f.local(V128));
      return { code: [code, parts.map((part, i) => kept[i]!.set(part))], parts: kept };
    });
  };
  const move = (elements: number): Code => [
    streams.map((stream) => stream.move(elements)),
    numbered ? position.add(elements) : [],
  ];
  const code = [
    bounds.code,
    states.map((state) => fold.reset(state)),
    eachRow(frame, pointers, bounds, (at) => [
      cursors.map((cursor, i) => cursor.set(at[i]!)),
      streams.map((stream) => stream.moveBy(bounds.from)),
      numbered ? position.set(i32.add(i32.mul(bounds.row, length), bounds.from)) : [],
      rest.set(i32.sub(bounds.to, bounds.from)),
      foldAlong(
        fold,
        states,
        rest,
        values,
        move,
        !numbered && !steps.includes('far') ? Math.max(4, vectorsThatWait([body])) : 2,
      ),
    ]),
    fold.tree(states),
    fold.across(states[0]),
  ];
  return { code, results: [states[0]] };
}

/** What two segments at once take: whether there are two, which the bounds tell, code for both, and where their results are. */
export interface PairCode {
  readonly bounds: Code;
  readonly fits: Code;
  readonly code: Code;
  readonly results: readonly [State, State];
}

/**
 * Two whole segments that follow one another in a row, side by side: an addition waits for the one before it in its strand, and here there are twice as many strands. The results are those of one after
 * the other. Null where elements don't lie side by side, or are so long in the making that nothing waits.
 */
export function pairAlongReduced(frame: Frame, pointers: readonly Local[], segment: Local): PairCode | null {
  const { f, fold } = frame;
  const { body, steps } = frame.shape;
  const isDense = steps.includes('dense') && steps.every((step) => step === 'dense' || step === 'one');
  if (!isDense || fold.positions || mentions(body, 'coordinate') || topological(body).length > 8) return null;
  const bounds = boundsOf(frame, segment);
  const cursors = steps.map(() => f.local(I32));
  const streams = steps.map((step, i) => frame.stream(i + 1, 'reduced', step, cursors[i]!));
  const rest = f.local(I32);
  const both = [0, 1].map(() => [fold.state(), fold.state()] as const);
  const absorb = (q: number): Code => {
    const known: Known = new Map(frame.known);
    const code = emit(f, [body], known, (leaf) => streams[leaf.value]!.load(q));
    return [code, fold.merge(both[q < segmentLength / 4 ? 0 : 1]![q & 1]!, known.get(body)!, true)];
  };
  const vectors = [0, 1, 2, 3].flatMap((q) => [q, q + segmentLength / 4]);
  const code = [
    both.flat().map((state) => fold.reset(state)),
    eachRow(frame, pointers, bounds, (at) => [
      cursors.map((cursor, i) => cursor.set(at[i]!)),
      streams.map((stream) => stream.moveBy(bounds.from)),
      rest.set(i32.const(segmentLength)),
      countDown(
        rest,
        16,
        16,
        vectors.map(absorb),
        streams.map((stream) => stream.move(16)),
      ),
    ]),
    both.map((states) => [fold.tree(states), fold.across(states[0])]),
  ];
  return {
    bounds: bounds.code,
    fits: i32.leS(i32.add(bounds.from, 2 * segmentLength), frame.parameter('length')),
    code,
    results: [both[0]![0], both[1]![0]],
  };
}

/** A segment of `width` vectors of neighbouring outputs, of which `rest` exist (all where that is null), a lane each. */
export function segmentAlongKept(
  frame: Frame,
  pointers: readonly Local[],
  output: Local,
  segment: Local,
  width: number,
  rest: Local | null,
): SegmentCode {
  const { f, fold } = frame;
  const { body, steps, cross, strands: used } = frame.shape;
  const bounds = boundsOf(frame, segment);
  const [left, position] = f.locals(I32, 2) as [Local, Local];
  const states = Array.from({ length: used }, () => Array.from({ length: width }, () => fold.state()));
  const length = frame.parameter('length');
  const numbered = fold.positions || mentions(body, 'coordinate');
  const along = (at: readonly Local[]): Code => {
    // Along the kept dimension the vectors' own steps; along the reduced one by its strides.
    const ahead = at.map((cursor, i) => frame.stream(i + 1, 'reduced', cross[i]!, cursor));
    const streams = at.map((cursor, i) => frame.stream(i + 1, 'kept', steps[i]!, cursor));
    const absorb = (strand: number): Code => [
      states[strand]!.map((state, q) => {
        const known: Known = new Map(frame.known);
        const code = emit(f, [body], known, (leaf) => {
          if (leaf.op !== 'coordinate') return streams[leaf.value]!.load(q, rest);
          const lanes = ascending(f, output, 4 * q);
          const before = i32x4.mul(lanes, i32x4.splat(i32.mul(frame.parameter('rows'), length)));
          return [i32x4.add(before, i32x4.splat(position))];
        });
        const parts: Quad = known.get(body)!;
        return [code, fold.merge(state, fold.positions ? [...parts, i32x4.splat(position)] : parts, true)];
      }),
      ahead.map((stream) => stream.move(1)),
      numbered ? position.add(1) : [],
    ];
    // Elements left over after whole rounds: nested tests, so that each strand gets its own.
    const some = (strand: number): Code =>
      strand === used - 1 && used > 1
        ? []
        : [absorb(strand), strand + 2 < used ? when(i32.gtS(left, strand + 1), some(strand + 1)) : []];
    return [
      ahead.map((stream) => stream.moveBy(bounds.from)),
      numbered ? position.set(i32.add(i32.mul(bounds.row, length), bounds.from)) : [],
      left.set(i32.sub(bounds.to, bounds.from)),
      countDown(
        left,
        used,
        used,
        states.map((_, strand) => absorb(strand)),
      ),
      used > 1 ? when(i32.gtS(left, 0), some(0)) : [],
    ];
  };
  const cursors = steps.map(() => f.local(I32));
  const code = [
    bounds.code,
    states.flat().map((state) => fold.reset(state)),
    eachRow(frame, pointers, bounds, (at) => [cursors.map((cursor, i) => cursor.set(at[i]!)), along(cursors)]),
    states[0]!.map((_, q) => fold.tree(states.map((strand) => strand[q]!))),
  ];
  return { code, results: states[0]! };
}
