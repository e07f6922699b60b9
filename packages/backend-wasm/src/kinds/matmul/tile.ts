/**
 * A tile: sums of a few rows by a few columns, all held in registers, over one block of k. The only place where products are added up, so that every
 * variant gives the same bits: one accumulator an output, ascending k. Then the running sum is added, the last block's tile computes the
 * epilogue, and the rows are stored. Six rows by two vectors are twelve accumulators, two vectors and one splat: all the registers there are.
 */
import {
  type Callable,
  type Code,
  countDown,
  i32,
  i32x4,
  type Local,
  multiplyAdd,
  multiplyAdd64,
  times,
  V128,
  v128,
  when,
  words,
} from '../../assembler/index.ts';
import type { WasmModule } from '../../assembler/module.ts';
import { adderOf } from './blocks.ts';
import type { Read } from './figures.ts';
import { Finish } from './finish.ts';
import { type Plan, scalarOf, wideBytes } from './plan.ts';

/** Bits of the flags: there is a running sum; this is the last block. */
export const running = 1;
export const last = 2;

/** A function of (block, a, b, movers…, steps, flags) for `height` rows and `count` columns, over one block of k or `flight` whole ones at once. */
export function tile(module: WasmModule, plan: Plan, read: Read, height: number, count: number, flight = 1): Callable {
  return module.helper(`tile ${height} ${count} ${flight}`, () => {
    return module.function(null, words(5 + plan.movers.length), [], (f, block, a, b, ...rest) => {
      const cursors = rest.slice(0, plan.movers.length);
      const [steps, flags] = rest.slice(plan.movers.length) as [Local, Local];
      // The only block there is: neither steps nor flags are read.
      const single = plan.hot && plan.k.value <= plan.blockSize.value;
      const known = single ? plan.k.value : flight > 1 ? plan.blockSize.value : null;
      const type = scalarOf(plan.left.dtype);
      const bytes = wideBytes(plan.left.dtype);
      const perVector = 16 / bytes;
      const quads = Math.ceil(count / 4);
      const vectors = (quads * 4) / perVector;
      const sums = Array.from({ length: flight * height }, () => f.locals(V128, vectors));

      const row = plan.left.packed ? bytes : plan.left.outer.value;
      const leftStep = plan.left.packed ? bytes * height : plan.left.along.value;
      const rightStep = plan.right.packed ? bytes * 4 * quads : read(f, block!, plan.right.along);
      // Steps lie at fixed distances, as far as is known while the code is written.
      const fixed = typeof rightStep === 'number' && rightStep >= 0 ? rightStep : 0;
      const unroll = fixed > 0 ? (flight > 2 ? 2 : 4) : 1;
      const { features } = module;
      const add = (i: number, j: number, x: Code, y: Code): Code => {
        const sum = sums[i]![j]!;
        if (type === 'f32') return sum.set(multiplyAdd(features, x, y, sum));
        if (type === 'f64') return sum.set(multiplyAdd64(features, x, y, sum));
        return sum.set(i32x4.add(i32x4.mul(x, y), sum));
      };
      const splat = bytes === 8 ? v128.load64Splat : v128.load32Splat;
      // What there are fewer of is held, the others pass by.
      const across = vectors <= height;
      const held = f.locals(V128, across ? vectors : height);
      const passing = f.local(V128);
      const step = (q: number): Code =>
        Array.from({ length: flight }, (_, g) => {
          const ahead = g * plan.blockSize.value;
          const ofLeft = (i: number): Code => splat(a!, ahead * leftStep + i * row);
          const ofRight = (j: number): Code => v128.load(b!, q * fixed + ahead * fixed + 16 * j);
          const hold = held.map((one, i) => one.set(across ? ofRight(i) : ofLeft(i)));
          const passes = Array.from({ length: across ? height : vectors }, (_, p) => [
            passing.set(across ? ofLeft(p) : ofRight(p)),
            held.map((one, h) => {
              const [i, j] = across ? [p, h] : [h, p];
              return across ? add(g * height + i, j, passing, one) : add(g * height + i, j, one, passing);
            }),
          ]);
          return [hold, passes];
        });
      // V8 adds the offset of a splat to the memory's address, one instruction each: all steps have the same ones.
      const many = (n: number): Code => Array.from({ length: n }, (_, q) => [step(q), a!.add(leftStep)]);
      const move = (n: number): Code => b!.add(i32.mul(rightStep, n));
      let multiply: Code;
      if (known !== null) {
        const whole = Math.floor(known / unroll);
        const body = [many(unroll), move(unroll)];
        multiply = [whole > 0 ? times(steps, whole, body) : [], many(known % unroll)];
      } else
        multiply = [
          countDown(steps, unroll, unroll, many(unroll), move(unroll)),
          unroll === 1 ? [] : countDown(steps, 1, 1, many(1), move(1)),
        ];

      const finish = new Finish(f, plan, read, block!, cursors, count);
      const byBlocks = plan.split === 'blocks';
      const atEnd = (code: () => Code): Code => (single ? code() : byBlocks ? [] : when(i32.and(flags, last), code()));
      return [
        multiply,
        atEnd(() => finish.prepare()),
        Array.from({ length: height }, (_, i) => {
          const partsOf = (row: readonly Local[]): Local[][] =>
            Array.from({ length: quads }, (_, j) => row.slice((j * vectors) / quads, ((j + 1) * vectors) / quads));
          const parts = partsOf(sums[i]!);
          return [
            single || byBlocks
              ? []
              : when(
                  i32.and(flags, running),
                  parts.map((quad, j) => addTo(quad, finish.load(j))),
                ),
            // The other blocks' sums, in order.
            Array.from({ length: flight - 1 }, (_, g) => addTo(sums[i]!, sums[(g + 1) * height + i]!)),
            atEnd(() => finish.row(parts)),
            parts.map((quad, j) => finish.store(quad, j)),
            i < height - 1 ? finish.nextRow() : [],
          ];
        }),
      ];

      function addTo(quad: readonly Local[], before: readonly Code[]): Code {
        const plus = adderOf(plan);
        return quad.map((sum, part) => sum.set(plus(sum, before[part]!)));
      }
    });
  });
}
