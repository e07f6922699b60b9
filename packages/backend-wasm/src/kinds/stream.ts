/** One operand on its way through a loop over vectors: where it stands, and how it moves from element to element. */
import type { DType } from '@nn/backend';
import { type Code, I32, i32, type Local, lanes, v128, when } from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import type { Quad } from '../scalar/quad.ts';
import { bytesOf, keepPacked, loadEach, loadQuad, loadSplat, storeFirst, storeLane, storeQuad } from './access.ts';

/** How an operand moves along the vectors: one element for all, each element twice (4 bytes; pairs are never parted), dense, every second element, or by a stride of its own. */
export type Step = 'one' | 'twice' | 'dense' | 'second' | 'far';

/** Elements in memory that an element of the loop moves it by, where the step says so. */
const advances: Readonly<Record<Exclude<Step, 'far'>, number>> = { one: 0, twice: 0.5, dense: 1, second: 2 };

/** The step for a stride in elements. */
export function stepOf(dtype: DType, stride: number): Step {
  if (stride === 0) return 'one';
  if (stride === 1) return 'dense';
  return stride === 2 && bytesOf(dtype) === 4 ? 'second' : 'far';
}

export class Stream {
  readonly dtype: DType;
  readonly step: Step;
  /** The address of the element at hand. */
  readonly cursor: Local;
  readonly #f: FunctionBuilder;
  readonly #stride: Code;
  readonly #name: string;

  /** `stride` in bytes is read only where the step is far; `name` tells operands apart. */
  constructor(f: FunctionBuilder, name: string, dtype: DType, step: Step, cursor: Local, stride: Code) {
    this.#f = f;
    this.#name = name;
    this.dtype = dtype;
    this.step = step;
    this.cursor = cursor;
    this.#stride = stride;
  }

  /** A multiple of the stride, computed once. */
  #times(count: number): Local {
    return this.#f.hoist(`${this.#name} stride ${count}`, I32, () => i32.mul(this.#stride, count));
  }

  /** Address of lane `lane`; with `rest`, of the first one where fewer than that are left. */
  #lane(lane: number, rest: Local | null): Code {
    if (lane === 0) return this.cursor;
    const distance = this.#times(lane);
    return i32.add(this.cursor, rest === null ? distance : i32.mul(distance, i32.gtS(rest, lane)));
  }

  /** Four elements, `q` vectors further on. With `rest` (then q is 0), only so many of them exist. */
  load(q: number, rest: Local | null = null): Quad {
    const { dtype, step, cursor } = this;
    const f = this.#f;
    if (step === 'one') return loadSplat(f, dtype, cursor);
    if (step === 'dense') return loadQuad(f, dtype, cursor, 4 * q * bytesOf(dtype));
    if (step === 'twice') {
      const pair = v128.load64Zero(cursor, 8 * q);
      return [v128.shuffle(pair, pair, lanes(0, 0, 1, 1))];
    }
    if (step === 'second')
      return [v128.shuffle(v128.load(cursor, 32 * q), v128.load(cursor, 32 * q + 16), lanes(0, 2, 4, 6))];
    if (q === 0)
      return loadEach(
        f,
        dtype,
        [0, 1, 2, 3].map((lane) => this.#lane(lane, rest)),
      );
    return loadEach(
      f,
      dtype,
      [0, 1, 2, 3].map((lane) => i32.add(cursor, this.#times(4 * q + lane))),
    );
  }

  #ahead(elements: number): Code {
    const { dtype, step, cursor } = this;
    if (step === 'far') return i32.add(cursor, this.#times(elements));
    return i32.add(cursor, elements * bytesOf(dtype) * advances[step]);
  }

  /** Moves on by so many elements. */
  move(elements: number): Code {
    return this.step === 'one' ? [] : this.cursor.set(this.#ahead(elements));
  }

  /** Moves on by a number of elements that code gives. */
  moveBy(elements: Code): Code {
    const { dtype, step, cursor } = this;
    if (step === 'one') return [];
    if (step === 'far') return cursor.add(i32.mul(elements, this.#stride));
    return cursor.add(i32.mul(elements, bytesOf(dtype) * advances[step]));
  }

  /** Stores four elements, or with `rest` at most so many. */
  store(value: Quad, q: number, rest: Local | null = null): Code {
    const { dtype, step, cursor } = this;
    const f = this.#f;
    const { kept, code } = keepPacked(f, dtype, value);
    // One element for all: the last of them stays.
    if (step === 'one') return [code, storeLane(dtype, cursor, kept, 0)];
    if (step === 'dense') {
      const whole = storeQuad(dtype, cursor, kept, 4 * q * bytesOf(dtype));
      return [code, rest === null ? whole : when(i32.geS(rest, 4), whole, storeFirst(dtype, cursor, kept, rest))];
    }
    const each = [0, 1, 2, 3].map((lane) => {
      const one = storeLane(dtype, this.#ahead(4 * q + lane), kept, lane);
      return rest === null || lane === 0 ? one : when(i32.gtS(rest, lane), one);
    });
    return [code, each];
  }
}
