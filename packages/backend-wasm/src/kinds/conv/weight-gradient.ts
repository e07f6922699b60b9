/**
 * The weight gradient: sums over positions for pairs of an input channel and a tap. dy is turned so that eight output channels lie side by side; with `rows` it is read as it
 * lies, four columns at a time, with a sum for each of the four. A unit is a block of output channels over a share of the batch; shares follow from the sizes
 * alone, and their sums are added in order at the end.
 */
import { type ConvKernel, denseStrides, product } from '@nn/backend';
import {
  type Code,
  call,
  forUp,
  I32,
  i32,
  type Local,
  memory,
  V128,
  v128,
  type WasmModule,
  words,
} from '../../assembler/index.ts';
import { picked } from '../../scalar/quad.ts';
import { keepPacked, storeLane } from '../access.ts';
import { sharedWord } from '../kind.ts';
import type { Arithmetic } from './arithmetic.ts';
import { channelPack } from './copy.ts';
import { type Block, lines, type Plan, planOf, type RoleCode } from './plan.ts';
import { emitRun, Units } from './run.ts';
import type { Correlation } from './shape.ts';
import { sharesOf } from './shares.ts';
import { emitBlock, type Part, type TileKind } from './tile.ts';

export function weightGradientCode(kernel: ConvKernel, arithmetic: Arithmetic, shape: Correlation): RoleCode {
  const plan = planOf(kernel, arithmetic, 2, shape);
  const { batch, all, planes, weight, rows, room, blocks, target } = plan;
  const cell = 16 * blocks[0]!.vectors;
  const sums = planes * weight.plane * cell;
  const { images, shares } = sharesOf(batch, all * sums);
  return {
    emit: (module) => {
      emitShares(module, plan, cell, sums);
      emitFinish(module, plan, cell, sums);
    },
    constants: [batch, images, shares],
    units: shares * all,
    scratch: room + (rows ? 0 : lines(product(target) * cell)),
    shared: shares * all * sums,
    finish: true,
  };
}

function emitShares(module: WasmModule, plan: Plan, cell: number, sums: number): void {
  const { arithmetic, all, blocks, rows, targetPlane, target } = plan;
  const positions = product(target);
  const turns = blocks.map(({ channels }) =>
    channelPack(module, arithmetic, channels, positions, cell / 16, [[positions, 1]]),
  );
  const parts = [partOf(plan, cell)];
  const computes = blocks.map((block) => emitBlock(module, plan, block, tileKind(plan, block), parts));
  const shared = (units: Units, unit: Code): Code =>
    i32.add(i32.load(units.block, 4 * sharedWord), i32.mul(unit, sums));
  emitRun(
    module,
    plan,
    () => [],
    (units, count) => memory.fill(shared(units, units.first), 0, i32.mul(count, sums)),
    (units, from, share) => {
      const gradient = units.at(units.operand(1), units.index, targetPlane);
      const to = shared(units, i32.add(i32.mul(share, all), units.place));
      return units.byBlock((_, b) => [
        rows ? [] : call(turns[b]!, gradient, units.packed),
        call(computes[b]!, from, rows ? gradient : units.packed, to, 0, 0, 0),
      ]);
    },
  );
}

/** Planes and taps are divided among tiles, which sum over positions. */
function partOf({ phases, rows, planes, plane, pitches, target, weight }: Plan, cell: number): Part {
  const positions = denseStrides(target);
  const axes = phases[0]!;
  return {
    start: [0, 0, 0],
    outer: [],
    rows: { count: planes, steps: [plane, weight.plane * cell, 0] },
    items: axes.map(({ taps, tapStep }, d) => ({
      count: taps,
      steps: [tapStep * pitches[d]!, weight.axes[d]! * cell],
    })),
    columns: Number.POSITIVE_INFINITY,
    summed: axes.map(({ count, step }, d) => ({
      count,
      steps: [step * pitches[d]!, positions[d]! * (rows ? 4 : cell)],
    })),
    step: 0,
  };
}

function tileKind({ arithmetic, rows, targetPlane, target }: Plan, { vectors }: Block): TileKind {
  return {
    distance: rows ? targetPlane : 16,
    load: v128.load,
    tail: rows ? target.at(-1)! : 0,
    paired: arithmetic.pairs && !rows && vectors > 1,
    spills: false,
    begin: (_, sums, items, [, , to]) =>
      sums.map((own, i) => own.map((sum, j) => sum.set(v128.load(to!, items[i]![1] + 16 * j)))),
    end: (_, sums, items, __, [, , to]) =>
      sums.map((own, i) => own.map((sum, j) => v128.store(to!, sum, items[i]![1] + 16 * j))),
  };
}

/** Adds up the shares and puts each sum where it belongs. */
function emitFinish(module: WasmModule, plan: Plan, cell: number, sums: number): void {
  const { arithmetic, all, planes, weight, rows } = plan;
  const { dtype, stored, vectors: wide, add } = arithmetic;
  const pairs = planes * weight.plane;
  const step = pairs * stored;
  module.function('finish', words(4), [], (f, ...parameters) => {
    const units = new Units(f, plan, parameters);
    const [from, to, pair, share, at] = f.locals(I32, 5) as [Local, Local, Local, Local, Local];
    const one = ({ channels, vectors }: Block): Code => {
      const totals = f.locals(V128, vectors);
      const load = (j: number): Code => v128.load(at, 16 * j);
      const stores = (quad: number): Code => {
        const own = totals.slice(quad * wide, (quad + 1) * wide);
        const [sum] = own as [Local];
        if (rows)
          return [
            [
              [2, 3, 0, 1],
              [1, 0, 3, 2],
            ].map((lanes) => {
              const { code, values } = picked(f, [[sum, sum, ...lanes]]);
              return [code, sum.set(add(sum, values[0]!))];
            }),
            v128.store32Lane(to, sum, 0, quad * step),
          ];
        const { kept, code } = keepPacked(f, dtype, own);
        const count = Math.min(4, channels - 4 * quad);
        return [code, Array.from({ length: count }, (_, l) => storeLane(dtype, to, kept, l, (4 * quad + l) * step))];
      };
      return forUp(pair, 0, pairs, [
        at.set(from),
        totals.map((sum, j) => sum.set(load(j))),
        forUp(share, 1, units.constant(2), [at.add(all * sums), totals.map((sum, j) => sum.set(add(sum, load(j))))]),
        Array.from({ length: vectors / wide }, (_, quad) => stores(quad)),
        from.add(cell),
        to.add(stored),
      ]);
    };
    return forUp(units.place, 0, all, [
      units.split(),
      from.set(i32.add(i32.load(units.block, 4 * sharedWord), i32.mul(units.place, sums))),
      to.set(units.at(units.operand(0), units.group, step)),
      units.byBlock(one),
    ]);
  });
}
