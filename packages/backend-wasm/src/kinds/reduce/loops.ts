/** The three loops of a reduction: over outputs one by one, over vectors of outputs, over segments; and the one that combines segments. */
import {
  branchIf,
  type Code,
  countDown,
  forUp,
  I32,
  i32,
  type Local,
  loop,
  stepUp,
  v128,
  when,
} from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import { emit, type Known } from '../../scalar/emit.ts';
import { ascending } from '../../scalar/quad.ts';
import type { State } from '../fold.ts';
import { sharedWord } from '../kind.ts';
import type { Stream } from '../stream.ts';
import type { Walk } from '../walk.ts';
import { Frame } from './frame.ts';
import { pairAlongReduced, type SegmentCode, segmentAlongKept, segmentAlongReduced } from './segment.ts';
import type { Shape } from './shape.ts';
import { Total } from './total.ts';

export class Loops {
  readonly #f: FunctionBuilder;
  readonly #shape: Shape;
  readonly #frame: Frame;
  /** Dimensions that the outermost loop walks. */
  readonly #outer: number;

  constructor(f: FunctionBuilder, shape: Shape, block: Local) {
    this.#f = f;
    this.#shape = shape;
    this.#frame = new Frame(f, shape, block);
    this.#outer = shape.along === 'kept' ? shape.kernel.rank - 1 : shape.kernel.rank;
  }

  /** Pointers to all operands at one kept element, and the walk that moves them. */
  #kept(): { pointers: Local[]; walk: Walk; start: Code } {
    const pointers = this.#f.locals(I32, 1 + this.#shape.kernel.inputs.length);
    const walk = this.#frame.walk(0, this.#outer, new Map(pointers.map((at, i) => [i, at])));
    return { pointers, walk, start: pointers.map((at, i) => at.set(this.#frame.base(i))) };
  }

  /** Whole outputs `first` to `last`. */
  outputs(first: Local, last: Local): Code {
    return this.#shape.along === 'kept' ? this.#columns(first, last) : this.#singles(first, last);
  }

  /** One output after the other, vectors along the reduced elements. */
  #singles(first: Local, last: Local): Code {
    const { prelude } = this.#frame;
    const { pointers, walk, start } = this.#kept();
    const segment = this.#f.local(I32);
    const total = this.#total();
    const merged = this.#next(pointers, first, segment, segment, null, (part) => total.merge(part));
    const target = this.#frame.stream(0, 'kept', 'one', pointers[0]!);
    return [
      prelude,
      start,
      walk.start(first),
      stepUp(
        first,
        last,
        1,
        total.reset(),
        forUp(segment, 0, this.#frame.parameter('count'), merged),
        total.settle(),
        this.#store(total.state, first, target, 0, null),
        walk.next(),
      ),
    ];
  }

  /** The segment at hand, along reduced elements, or it and the next one, where `more` doesn't forbid; `counter` then moves by one. `done` is code that takes a result. */
  #next(
    pointers: readonly Local[],
    output: Local,
    segment: Local,
    counter: Local,
    more: Code | null,
    done: (result: State) => Code,
  ): Code {
    const one = segmentAlongReduced(this.#frame, pointers, output, segment);
    const single = [one.code, one.results.map(done)];
    const pair = pairAlongReduced(this.#frame, pointers, segment);
    if (pair === null) return single;
    const fits = more === null ? pair.fits : i32.and(pair.fits, more);
    return [pair.bounds, when(fits, [pair.code, pair.results.map(done), counter.add(1)], single)];
  }

  /** All segments of the outputs at hand, in order. */
  #overSegments({ code, results }: SegmentCode, segment: Local): { code: Code; totals: readonly Total[] } {
    const totals = results.map(() => this.#total());
    return {
      totals,
      code: [
        totals.map((total) => total.reset()),
        forUp(
          segment,
          0,
          this.#frame.parameter('count'),
          code,
          totals.map((total, q) => total.merge(results[q]!)),
        ),
      ],
    };
  }

  #total(): Total {
    const { kernel, body } = this.#shape;
    return new Total(this.#f, this.#frame.fold, kernel.combine, body.type);
  }

  /** Vectors of outputs, along the innermost kept dimension. */
  #columns(first: Local, last: Local): Code {
    const frame = this.#frame;
    const { pointers, walk, start } = this.#kept();
    const [rest, segment, output] = this.#f.locals(I32, 3) as [Local, Local, Local];
    const cursors = pointers.map(() => this.#f.local(I32));
    const streams = this.#keptStreams(cursors);
    const step = (width: number, left: Local | null): Code => {
      const one = segmentAlongKept(frame, cursors, output, segment, width, left);
      const { code, totals } = this.#overSegments(one, segment);
      return [
        code,
        totals.map((total, q) => [total.settle(), this.#store(total.state, output, streams[0]!, q, left)]),
        streams.map((stream) => stream.move(4 * width)),
        output.add(4 * width),
      ];
    };
    return [
      frame.prelude,
      start,
      walk.runs(first, last, frame.parameter('columns'), (column, count) => [
        cursors.map((cursor, i) => cursor.set(pointers[i]!)),
        streams.map((stream) => stream.moveBy(column)),
        rest.set(count),
        output.set(first),
        this.#byWidths(rest, step),
      ]),
    ];
  }

  /** `rest` outputs in steps of several vectors while there are enough, then of one. */
  #byWidths(rest: Local, step: (width: number, left: Local | null) => Code): Code {
    const { width } = this.#shape;
    const several = 4 * width;
    return [
      width === 1 ? [] : countDown(rest, several, several, step(width, null)),
      countDown(rest, 4, 1, step(1, rest)),
    ];
  }

  /** Streams of output and inputs along the innermost kept dimension. */
  #keptStreams(cursors: readonly Local[]): Stream[] {
    const { outputStep, steps } = this.#shape;
    return cursors.map((cursor, i) => this.#frame.stream(i, 'kept', i === 0 ? outputStep : steps[i - 1]!, cursor));
  }

  /** Bytes of the partial results of a segment. */
  #unitBytes(): Code {
    const vectors = i32.shrU(i32.add(this.#frame.parameter('columns'), 3), 2);
    return i32.mul(vectors, 16 * this.#frame.fold.vectors);
  }

  #shared(): Code {
    return i32.load(this.#frame.block, 4 * sharedWord);
  }

  /** Segments `first` to `last` of all outputs, into shared memory. */
  segments(first: Local, last: Local): Code {
    const frame = this.#frame;
    const [segment, target, output, rest] = this.#f.locals(I32, 4) as [Local, Local, Local, Local];
    const { pointers, walk, start } = this.#kept();
    const count = frame.parameter('count');
    const columns = frame.parameter('columns');
    const save = (states: readonly State[]): Code =>
      states.map((state) => [state.map((part, i) => v128.store(target, part, 16 * i)), target.add(16 * state.length)]);
    const place = [segment.set(i32.remU(first, count)), output.set(i32.divU(first, count)), start, walk.start(output)];
    const begin = [frame.prelude, target.set(i32.add(this.#shared(), i32.mul(first, this.#unitBytes())))];
    if (this.#shape.along === 'reduced') {
      const more = i32.ltS(i32.add(first, 1), last);
      const saved = this.#next(pointers, output, segment, first, more, (result) => save([result]));
      return [begin, forUp(first, first, last, place, saved)];
    }
    const cursors = pointers.map(() => this.#f.local(I32));
    const streams = this.#keptStreams(cursors);
    const step = (width: number, left: Local | null): Code => {
      const { code, results } = segmentAlongKept(frame, cursors, output, segment, width, left);
      return [code, save(results), streams.map((stream) => stream.move(4 * width)), output.add(4 * width)];
    };
    return [
      begin,
      forUp(
        first,
        first,
        last,
        place,
        cursors.map((cursor, i) => cursor.set(pointers[i]!)),
        rest.set(columns),
        output.set(i32.mul(output, columns)),
        this.#byWidths(rest, step),
      ),
    ];
  }

  /** Combines the segments of every output, in order. */
  finish(): Code {
    const frame = this.#frame;
    const { fold } = frame;
    const kept = this.#shape.along === 'kept';
    const [pointer, output, source, from, segment, rest, cursor, row] = this.#f.locals(I32, 8) as Local[];
    const walk = frame.walk(0, this.#outer, new Map([[0, pointer!]]));
    const [total, part] = [this.#total(), fold.state()];
    const columns = frame.parameter('columns');
    const stream = frame.stream(0, 'kept', this.#shape.outputStep, cursor!);
    const rows = Array.from({ length: this.#outer }, (_, d): Code => frame.constant(d));
    return [
      frame.prelude,
      pointer!.set(frame.base(0)),
      walk.start(i32.const(0)),
      source!.set(this.#shared()),
      forUp(
        row!,
        0,
        rows.reduce((x, y) => i32.mul(x, y), i32.const(1)),
        cursor!.set(pointer!),
        rest!.set(columns),
        output!.set(i32.mul(row!, columns)),
        loop(
          total.reset(),
          from!.set(source!),
          forUp(
            segment!,
            0,
            frame.parameter('count'),
            part.map((vector, i) => vector.set(v128.load(from!, 16 * i))),
            total.merge(part),
            from!.add(this.#unitBytes()),
          ),
          total.settle(),
          this.#store(total.state, output!, stream, 0, kept ? rest! : null),
          stream.move(4),
          source!.add(16 * fold.vectors),
          output!.add(4),
          branchIf(i32.gtS(rest!.tee(i32.sub(rest!, kept ? 4 : 1)), 0), 0),
        ),
        source!.add(i32.mul(this.#unitBytes(), i32.sub(frame.parameter('count'), 1))),
        walk.next(),
      ),
    ];
  }

  /** Applies the epilogue and stores one result, or a vector of them, `q` vectors on. */
  #store(total: State, output: Local, stream: Stream, q: number, rest: Local | null): Code {
    const { fold, known } = this.#frame;
    const { epilogue } = this.#shape;
    if (epilogue === null) return stream.store([fold.index(total)], q, rest);
    const here: Known = new Map(known);
    const code = emit(this.#f, [epilogue], here, (leaf) =>
      leaf.op === 'input' ? fold.values(total) : [ascending(this.#f, output, 4 * q)],
    );
    return [code, stream.store(here.get(epilogue)!, q, rest)];
  }
}
