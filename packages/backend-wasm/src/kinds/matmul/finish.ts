/** What happens to a tile's sums, a row at a time: running sums of earlier blocks, the epilogue, stores at the result's strides. */
import { type Expression, input } from '@nn/backend';
import { type Code, I32, i32, i32x4, type Local, number32, type Operand, v128 } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import { emit, type Known, steadyNodes } from '../../scalar/emit.ts';
import { keep, type Quad } from '../../scalar/quad.ts';
import { bytesOf, keepPacked, loadEach, loadNumber, loadQuad, loadSplat, storeLane, storeQuad } from '../access.ts';
import type { Read } from './figures.ts';
import { type Mover, type Plan, scalarOf } from './plan.ts';

export class Finish {
  readonly #f: FunctionBuilder;
  readonly #plan: Plan;
  readonly #read: Read;
  readonly #block: Local;
  readonly #cursors: readonly Local[];
  readonly #count: number;
  readonly #sum: Expression;
  /** Of each quad of columns: what is the same in all rows. */
  readonly #steady: Known[] = [];

  /** Columns of a tile number `count`; cursors stand at its first row, the output's first. */
  constructor(f: FunctionBuilder, plan: Plan, read: Read, block: Local, cursors: readonly Local[], count: number) {
    this.#f = f;
    this.#plan = plan;
    this.#read = read;
    this.#block = block;
    this.#cursors = cursors;
    this.#count = count;
    this.#sum = input(0, scalarOf(plan.left.dtype));
  }

  #figure(mover: Mover, which: 'row' | 'column'): Operand {
    return this.#read(this.#f, this.#block, mover[which]);
  }

  /** Columns of quad number j that there are. */
  #members(j: number): number {
    return Math.min(4, this.#count - 4 * j);
  }

  /** Addresses of quad number j's columns; where there is none, the last one's. */
  #addresses(mover: Mover, cursor: Local, j: number): { readonly code: Code; readonly each: Local[] } {
    const each = this.#f.locals(I32, 4);
    const stride = this.#figure(mover, 'column');
    const code = each.map((address, i) => {
      const before = i === 0 ? i32.add(cursor, i32.mul(stride, 4 * j)) : each[i - 1]!;
      return address.set(i > 0 && i < this.#members(j) ? i32.add(before, stride) : before);
    });
    return { code, each };
  }

  #loaded(mover: Mover, cursor: Local, j: number): { readonly code: Code; readonly quad: Quad } {
    const f = this.#f;
    if (mover.operand < 0) {
      const stride = this.#figure(mover, 'column');
      const start = i32x4.splat(i32.add(cursor, i32.mul(stride, 4 * j)));
      return {
        code: [],
        quad: [i32x4.add(start, i32x4.mul(i32x4.splat(number32(stride)), f.lanes('i32', 0, 1, 2, 3)))],
      };
    }
    const { dtype, step } = mover;
    if (step === 'dense') return { code: [], quad: loadQuad(f, dtype, cursor, 4 * j * bytesOf(dtype)) };
    if (step === 'one') return { code: [], quad: loadSplat(f, dtype, cursor) };
    const { code, each } = this.#addresses(mover, cursor, j);
    return { code, quad: loadEach(f, dtype, each) };
  }

  #moverOf(leaf: Expression): number {
    const operand = leaf.op === 'coordinate' ? -1 : leaf.value + 2;
    return this.#plan.movers.findIndex((mover) => mover.operand === operand);
  }

  #emit(known: Known, wanted: (node: Expression) => boolean): Code {
    const before: Code[] = [];
    const code = emit(
      this.#f,
      [this.#plan.epilogue],
      known,
      (leaf) => {
        if (leaf.op === 'scalar') {
          return loadNumber(this.#block, leaf);
        }
        const which = this.#moverOf(leaf);
        const { code: address, quad } = this.#loaded(this.#plan.movers[which]!, this.#cursors[which]!, this.#quad);
        before.push(address);
        return quad;
      },
      wanted,
    );
    return [before, code];
  }

  #quad = 0;

  /** Values that all rows share: run-time numbers, a bias. */
  prepare(): Code {
    const steady = steadyNodes(
      [this.#plan.epilogue],
      (leaf) => leaf !== this.#sum && this.#plan.movers[this.#moverOf(leaf)]!.steady,
    );
    const shared: Known = new Map();
    const numbers = this.#emit(shared, (node) => node.args.length === 0 && node.op === 'scalar');
    return [
      numbers,
      Array.from({ length: Math.ceil(this.#count / 4) }, (_, j) => {
        this.#quad = j;
        this.#steady[j] = new Map(shared);
        return this.#emit(this.#steady[j]!, (node) => steady.has(node));
      }),
    ];
  }

  /** The epilogue of a row of sums, in their place. */
  row(parts: readonly (readonly Local[])[]): Code {
    const { epilogue } = this.#plan;
    if (epilogue === this.#sum) return [];
    return parts.map((sums, j) => {
      this.#quad = j;
      const known: Known = new Map(this.#steady[j]!);
      known.set(this.#sum, sums);
      const code = this.#emit(known, () => true);
      return [code, known.get(epilogue)!.map((value, part) => sums[part]!.set(value))];
    });
  }

  /** Quad number j of the output's row. */
  load(j: number): Quad {
    const { code, quad } = this.#loaded(this.#plan.movers[0]!, this.#cursors[0]!, j);
    const { kept, code: loading } = keep(this.#f, quad);
    return kept.map((local, part) => (part === 0 ? [code, loading, local] : local));
  }

  /** Stores quad number j of a row. */
  store(value: Quad, j: number): Code {
    const mover = this.#plan.movers[0]!;
    const { dtype } = mover;
    const cursor = this.#cursors[0]!;
    const members = this.#members(j);
    const { kept, code: packing } = keepPacked(this.#f, dtype, value);
    if (mover.step !== 'dense') {
      const { code, each } = this.#addresses(mover, cursor, j);
      return [packing, code, each.slice(0, members).map((address, lane) => storeLane(dtype, address, kept, lane))];
    }
    const bytes = bytesOf(dtype);
    const at = 4 * j * bytes;
    if (members === 4) return [packing, storeQuad(dtype, cursor, kept, at)];
    if (bytes === 4 && members > 1)
      return [
        packing,
        v128.store64Lane(cursor, kept[0]!, 0, at),
        members === 3 ? v128.store32Lane(cursor, kept[0]!, 2, at + 8) : [],
      ];
    return [
      packing,
      Array.from({ length: members }, (_, lane) => storeLane(dtype, cursor, kept, lane, at + lane * bytes)),
    ];
  }

  /** Moves the cursors down by a row. */
  nextRow(): Code {
    return this.#plan.movers.map((mover, i) => this.#cursors[i]!.add(this.#figure(mover, 'row')));
  }
}
