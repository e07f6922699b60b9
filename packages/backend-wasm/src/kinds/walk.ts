/** A walk over the dimensions of an iteration in row-major order, with pointers that move by strides of their own. */
import { type Code, I32, i32, type Local, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';

export interface Pointer {
  readonly at: Local;
  /** Bytes a step in each dimension. */
  readonly strides: readonly Code[];
}

export class Walk {
  readonly #f: FunctionBuilder;
  readonly #sizes: readonly Code[];
  readonly #pointers: readonly Pointer[];
  /** Where the walk stands in each dimension. */
  readonly position: readonly Local[];

  constructor(f: FunctionBuilder, sizes: readonly Code[], pointers: readonly Pointer[]) {
    this.#f = f;
    this.#sizes = sizes;
    this.#pointers = pointers;
    this.position = f.locals(I32, sizes.length);
  }

  /** Goes to the element with this row-major number; pointers stand at the first element. */
  start(number: Code): Code {
    const rank = this.#sizes.length;
    if (rank === 0) return [];
    const rest = this.#f.local(I32);
    const code: Code[] = [rest.set(number)];
    for (let d = rank - 1; d >= 0; d--) {
      code.push(this.position[d]!.set(d === 0 ? rest : i32.remU(rest, this.#sizes[d]!)));
      if (d > 0) code.push(rest.set(i32.divU(rest, this.#sizes[d]!)));
    }
    for (const { at, strides } of this.#pointers)
      for (let d = 0; d < rank; d++) code.push(at.add(i32.mul(this.position[d]!, strides[d]!)));
    return code;
  }

  /** Goes to the next element (after the last one, back to the first). */
  next(d: number = this.#sizes.length - 1): Code {
    if (d < 0) return [];
    const position = this.position[d]!;
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
