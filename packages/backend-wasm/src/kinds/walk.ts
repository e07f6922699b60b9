/** A walk over the dimensions of an iteration in row-major order, with pointers that move by strides of their own. */
import { type Code, I32, i32, type Local, stepUp, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';

interface Pointer {
  readonly at: Local;
  /** Bytes a step in each dimension. */
  readonly strides: readonly Code[];
}

export class Walk {
  readonly #f: FunctionBuilder;
  readonly #sizes: readonly Code[];
  readonly #pointers: readonly Pointer[];
  /** Where the walk stands in each dimension. */
  readonly #position: readonly Local[];

  /** Over `rank` dimensions of these sizes; pointer number i moves along dimension d by `stride(i, d)` bytes. */
  constructor(
    f: FunctionBuilder,
    rank: number,
    size: (d: number) => Code,
    pointers: readonly Local[],
    stride: (i: number, d: number) => Code,
  ) {
    const along = (value: (d: number) => Code): Code[] => Array.from({ length: rank }, (_, d) => value(d));
    this.#f = f;
    this.#sizes = along(size);
    this.#pointers = pointers.map((at, i) => ({ at, strides: along((d) => stride(i, d)) }));
    this.#position = f.locals(I32, rank);
  }

  /** Goes to the element with this row-major number; pointers stand at the first element. */
  start(number: Code): Code {
    const rank = this.#sizes.length;
    if (rank === 0) return [];
    const rest = this.#f.local(I32);
    const code: Code[] = [rest.set(number)];
    for (let d = rank - 1; d >= 0; d--) {
      code.push(this.#position[d]!.set(d === 0 ? rest : i32.remU(rest, this.#sizes[d]!)));
      if (d > 0) code.push(rest.set(i32.divU(rest, this.#sizes[d]!)));
    }
    for (const { at, strides } of this.#pointers)
      for (let d = 0; d < rank; d++) code.push(at.add(i32.mul(this.#position[d]!, strides[d]!)));
    return code;
  }

  /**
   * Elements `first` to `last` of an iteration whose outer dimensions these are, `inner` in each row: `body` for every run of `count` elements in a row, the first of which is
   * number `column` there and `first` in all.
   */
  runs(first: Local, last: Local, inner: Local, body: (column: Local, count: Local) => Code): Code {
    const [column, count] = this.#f.locals(I32, 2) as [Local, Local];
    const left = i32.sub(last, first);
    return [
      this.start(i32.divU(first, inner)),
      column.set(i32.remU(first, inner)),
      stepUp(
        first,
        last,
        count,
        count.set(i32.sub(inner, column)),
        when(i32.gtS(count, left), count.set(left)),
        body(column, count),
        column.set(i32.const(0)),
        this.next(),
      ),
    ];
  }

  /** Goes to the next element (after the last one, back to the first). */
  next(d: number = this.#sizes.length - 1): Code {
    if (d < 0) return [];
    const position = this.#position[d]!;
    const size = this.#sizes[d]!;
    return [
      position.add(1),
      this.#pointers.map(({ at, strides }) => at.add(strides[d]!)),
      when(i32.geS(position, size), [
        position.set(i32.const(0)),
        this.#pointers.map(({ at, strides }) => at.set(i32.sub(at, i32.mul(size, strides[d]!)))),
        this.next(d - 1),
      ]),
    ];
  }
}
