/**
 * The end of a product whose units are blocks of k: their sums, which wait side by side, are added in ascending order, as one thread adds them. Then the epilogue, a panel of
 * columns after the other.
 */
import type { Expression } from '@nn/backend';
import {
  branchIf,
  type Callable,
  type Code,
  call,
  copyBytes,
  f32x4,
  f64x2,
  forUp,
  I32,
  i32,
  i32x4,
  type Local,
  loop,
  V128,
  v128,
  words,
} from '../../assembler/index.ts';
import type { WasmModule } from '../../assembler/module.ts';
import { type BlockLayout, sharedWord } from '../kind.ts';
import type { Read } from './figures.ts';
import { Finish } from './finish.ts';
import { type Plan, scalarOf, wideBytes } from './plan.ts';

/** Whether the sums are the results. */
const isPlain = ({ op, value }: Expression): boolean => op === 'input' && value === 0;

/** Addition of vectors of a product's sums. */
export const adderOf = ({ left }: Plan): typeof f32x4.add => {
  const type = scalarOf(left.dtype);
  return type === 'f64' ? f64x2.add : type === 'f32' ? f32x4.add : i32x4.add;
};

/** `finish(block, 0, blocks, scratch)`. */
export function emitSumOfBlocks(module: WasmModule, plan: Plan, read: Read, layout: BlockLayout): void {
  const add = adderOf(plan);
  const { columns, movers } = plan;
  const bytes = wideBytes(plan.left.dtype);

  /** A function of (block, sums, end, movers…): the epilogue of `count` columns in all rows. */
  const panel = (count: number): Callable =>
    module.function(null, words(3 + movers.length), [], (f, block, from, end, ...cursors) => {
      const finish = new Finish(f, plan, read, block!, cursors, count);
      const perQuad = bytes / 4;
      const parts = Array.from({ length: Math.ceil(count / 4) }, () => f.locals(V128, perQuad));
      return [
        finish.prepare(),
        loop(
          parts.map((quad, j) => quad.map((sum, part) => sum.set(v128.load(from!, 16 * (j * perQuad + part))))),
          finish.row(parts),
          parts.map((quad, j) => finish.store(quad, j)),
          finish.nextRow(),
          from!.add(read(f, block!, movers[0]!.row)),
          branchIf(i32.ltU(from!, end!), 0),
        ),
      ];
    });

  module.function('finish', words(4), [], (f, block, _, blocks) => {
    const [unit, sum, from, end] = f.locals(I32, 4) as [Local, Local, Local, Local];
    const first = i32.load(block!, 4 * sharedWord);
    const addressOf = (operand: number): Code =>
      operand < 0 ? i32.const(0) : i32.load(block!, layout.operand(operand));
    const cursors = f.locals(I32, movers.length);
    const through = (width: number): Code => [
      call(
        module.helper(`sums ${width}`, () => panel(width)),
        block!,
        sum,
        end,
        ...cursors,
      ),
      sum.add(width * bytes),
      cursors.map((cursor, i) => cursor.add(i32.mul(read(f, block!, movers[i]!.column), width))),
    ];
    return [
      from.set(end.tee(i32.add(first, read(f, block!, plan.kept)))),
      forUp(unit, 1, blocks!, [
        sum.set(first),
        loop(
          [0, 16, 32, 48].map((at) => v128.store(sum, add(v128.load(sum, at), v128.load(from, at)), at)),
          from.add(64),
          branchIf(i32.ltU(sum.tee(i32.add(sum, 64)), end), 0),
        ),
      ]),
      isPlain(plan.epilogue)
        ? copyBytes(addressOf(0), first, read(f, block!, plan.result))
        : [
            sum.set(first),
            end.set(i32.add(sum, read(f, block!, plan.result))),
            cursors.map((cursor, i) => cursor.set(addressOf(movers[i]!.operand))),
            columns.full.value > 0 ? forUp(unit, 0, read(f, block!, columns.full), through(columns.size)) : [],
            columns.rest.map(through),
          ],
    ];
  });
}
