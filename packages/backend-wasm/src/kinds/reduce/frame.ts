/** What all code of a reduction reads: sizes, strides and run-time numbers from the parameter block, and pointers that walk over kept elements. */
import { type Code, I32, i32, type Local } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import { emitSteady, type Known } from '../../scalar/emit.ts';
import { loadNumber } from '../access.ts';
import { Fold } from '../fold.ts';
import { BlockLayout } from '../kind.ts';
import { type Step, Stream } from '../stream.ts';
import { Walk } from '../walk.ts';
import type { Segments, Shape } from './shape.ts';

const parameters = ['rows', 'length', 'pieces', 'group', 'count', 'columns'] as const;

export class Frame {
  readonly f: FunctionBuilder;
  readonly shape: Shape;
  readonly block: Local;
  readonly fold: Fold;
  /** What depends on run-time numbers alone; `prelude` computes it. */
  readonly known: Known = new Map();
  readonly prelude: Code;
  readonly #layout: BlockLayout;
  readonly #dims: number;

  constructor(f: FunctionBuilder, shape: Shape, block: Local) {
    this.f = f;
    this.shape = shape;
    this.block = block;
    const { kernel, body, epilogue } = shape;
    this.#layout = new BlockLayout(kernel.scalars, 1 + kernel.inputs.length);
    this.fold = new Fold(f, kernel.combine, body.type);
    this.#dims = kernel.rank + kernel.reducedRank;
    const roots = epilogue === null ? [body] : [body, epilogue];
    this.prelude = emitSteady(f, roots, this.known, (leaf) => loadNumber(block, leaf));
  }

  constant(index: number): Local {
    return this.f.hoist(`constant ${index}`, I32, () => i32.load(this.block, this.#layout.constant(index)));
  }

  /** Bytes that operand `i` (0 is the output) moves along dimension `d`, kept ones first. */
  stride(i: number, d: number): Code {
    return d < 0 || d >= this.#dims ? i32.const(0) : this.constant(this.#dims * (1 + i) + d);
  }

  parameter(name: keyof Segments | 'columns'): Local {
    return this.constant(this.#dims * (2 + this.shape.kernel.inputs.length) + parameters.indexOf(name));
  }

  base(i: number): Code {
    return i32.load(this.block, this.#layout.operand(i));
  }

  /** A walk of pointers (to operands by number) over `count` dimensions from `first` on. */
  walk(first: number, count: number, pointers: ReadonlyMap<number, Local>): Walk {
    const operands = [...pointers.keys()];
    return new Walk(
      this.f,
      count,
      (d) => this.constant(first + d),
      [...pointers.values()],
      (i, d) => this.stride(operands[i]!, first + d),
    );
  }

  /** Operand `i` moving along the innermost kept or reduced dimension. */
  stream(i: number, along: 'kept' | 'reduced', step: Step, cursor: Local): Stream {
    const { kernel } = this.shape;
    const { dtype } = i === 0 ? kernel.output : kernel.inputs[i - 1]!;
    const d = along === 'kept' ? kernel.rank - 1 : this.#dims - 1;
    return new Stream(this.f, `${along} ${i}`, dtype, step, cursor, this.stride(i, d));
  }
}
