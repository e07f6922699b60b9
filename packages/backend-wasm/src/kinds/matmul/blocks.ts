/** The end of a product whose units are blocks of k: their sums, which wait side by side, are added in ascending order, as one thread adds them. */
import {
  branchIf,
  copyBytes,
  f32x4,
  f64x2,
  forUp,
  I32,
  i32,
  i32x4,
  type Local,
  loop,
  v128,
  words,
} from '../../assembler/index.ts';
import type { WasmModule } from '../../assembler/module.ts';
import { type BlockLayout, sharedWord } from '../kind.ts';
import type { Read } from './figures.ts';
import { type Plan, scalarOf } from './plan.ts';

/** Addition of vectors of a product's sums. */
export const adderOf = ({ left }: Plan): typeof f32x4.add => {
  const type = scalarOf(left.dtype);
  return type === 'f64' ? f64x2.add : type === 'f32' ? f32x4.add : i32x4.add;
};

/** `finish(block, 0, blocks, scratch)`. */
export function emitSumOfBlocks(module: WasmModule, plan: Plan, read: Read, layout: BlockLayout): void {
  const add = adderOf(plan);
  module.function('finish', words(4), [], (f, block, _, blocks) => {
    const [unit, sum, from, end] = f.locals(I32, 4) as [Local, Local, Local, Local];
    const first = i32.load(block!, 4 * sharedWord);
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
      copyBytes(i32.load(block!, layout.operand(0)), first, read(f, block!, plan.result)),
    ];
  });
}
