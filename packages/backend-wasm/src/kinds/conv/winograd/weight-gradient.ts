/**
 * The weight gradient by minimal filtering: for each pair of channels 16 sums over tiles, and a little arithmetic at the end. A unit is a block of output channels
 * over a share of the batch; shares follow from the sizes alone, and their sums are added in order.
 */
import type { ConvKernel } from '@nn/backend';
import {
  type Code,
  call,
  f32x4,
  forUp,
  I32,
  i32,
  type Local,
  memory,
  V128,
  v128,
  type WasmModule,
  words,
} from '../../../assembler/index.ts';
import { storeLane } from '../../access.ts';
import { sharedWord } from '../../kind.ts';
import type { Arithmetic } from '../arithmetic.ts';
import { channelPack } from '../copy.ts';
import { type Block, lines, type Plan, planOf, type RoleCode } from '../plan.ts';
import { emitRun, Units, usually } from '../run.ts';
import { sharesOf } from '../shares.ts';
import { cellsPitch, type Grid, points, spreadPitch, tilesOf, weightPitch } from './grid.ts';
import { emitProducts } from './products.ts';
import { bandSpread, both, spreadGradient, square, toWeight } from './transforms.ts';

export function weightGradientCode(kernel: ConvKernel, arithmetic: Arithmetic, grid: Grid): RoleCode {
  const plan = planOf(kernel, arithmetic, 2, grid.shape);
  const { batch, all, blocks, room, target } = plan;
  const cell = 16 * blocks[0]!.vectors;
  const sums = points * weightPitch(plan, cell);
  const { images, shares } = sharesOf(batch, all * sums);
  const spread = points * spreadPitch(grid, plan);
  const cells = points * cellsPitch(grid, cell);
  return {
    emit: (module) => {
      emitShares(module, plan, grid, cell, spread);
      emitFinish(module, plan, cell);
    },
    constants: [batch, images, shares],
    units: shares * all,
    // Images are spread once for all blocks that a thread does of a share.
    grain: Math.ceil((shares * all) / 8),
    scratch: room + spread + cells + lines(2 * grid.band * target[1]! * cell),
    shared: shares * all * sums,
    finish: true,
  };
}

const shared = (units: Units, unit: Code, sums: number): Code =>
  i32.add(i32.load(units.block, 4 * sharedWord), i32.mul(unit, sums));

function emitShares(module: WasmModule, plan: Plan, grid: Grid, cell: number, spread: number): void {
  const { arithmetic, all, blocks, planes, target, targetPlane } = plan;
  const { band, bands, columns } = grid;
  const [height, width] = target as readonly [number, number];
  const tiles = tilesOf(grid);
  const pitches = [spreadPitch(grid, plan), cellsPitch(grid, cell), weightPitch(plan, cell)] as const;
  const sums = points * pitches[2];
  // The last band may be a row of outputs shorter.
  const short = height % 2;
  const counts = short === 0 ? [2 * band] : [2 * band, 2 * band - 1];
  const packs = blocks.map(({ channels }) =>
    counts.map((rows) => channelPack(module, arithmetic, channels, height * width, cell / 16, [[rows * width, 1]])),
  );
  const spreads = [2, 1].slice(0, short + 1).map((rows) => spreadGradient(module, cell, rows, width, pitches[1]));
  const computes = blocks.map((block) =>
    emitProducts(module, plan, block, {
      items: planes,
      summed: tiles,
      dense: 'summed',
      cell,
      pitches,
      more: true,
    }),
  );
  emitRun(
    module,
    plan,
    () => [],
    (units, count) => memory.fill(shared(units, units.first, sums), 0, i32.mul(count, sums)),
    (units, _, share, number) => {
      const { f } = units;
      const [row, from, to] = f.locals(I32, 3) as [Local, Local, Local];
      const gradients = i32.add(units.packed, spread);
      const pixels = i32.add(gradients, points * pitches[1]);
      const gradient = i32.add(
        units.at(units.operand(1), units.index, targetPlane),
        i32.mul(number, 2 * band * width * 4),
      );
      const final = i32.eq(number, bands - 1);
      return units.byBlock((_, b) => [
        usually(
          final,
          packs[b]!.map((pack) => call(pack, gradient, pixels)),
        ),
        from.set(pixels),
        to.set(gradients),
        forUp(row, 0, band, [
          usually(
            i32.and(final, i32.eq(row, band - 1)),
            spreads.map((one) => call(one, from, to)),
          ),
          from.add(2 * width * cell),
          to.add(columns * cell),
        ]),
        call(computes[b]!, units.packed, gradients, shared(units, i32.add(i32.mul(share, all), units.place), sums)),
      ]);
    },
    bands,
    bandSpread(module, plan, grid),
  );
}

/** Adds up the shares, and makes nine sums of each sixteen. */
function emitFinish(module: WasmModule, plan: Plan, cell: number): void {
  const { all, planes } = plan;
  const pitch = weightPitch(plan, cell);
  const sums = points * pitch;
  module.function('finish', words(4), [], (f, ...parameters) => {
    const units = new Units(f, plan, parameters);
    const [from, to, plane, share, at] = f.locals(I32, 5) as [Local, Local, Local, Local, Local];
    const one = ({ channels, vectors }: Block): Code => {
      const totals = f.locals(V128, points);
      const quad = (j: number): Code => {
        const load = (p: number): Code => v128.load(at, p * pitch + 16 * j);
        const { code, values } = both(
          f,
          toWeight,
          square((p) => totals[p]!),
        );
        return [
          at.set(from),
          totals.map((sum, p) => sum.set(load(p))),
          forUp(share, 1, units.constant(2), [
            at.add(all * sums),
            totals.map((sum, p) => sum.set(f32x4.add(sum, load(p)))),
          ]),
          code,
          values
            .flat()
            .map((value, tap) =>
              Array.from({ length: Math.min(4, channels - 4 * j) }, (_, lane) =>
                storeLane('float32', to, [value], lane, (4 * j + lane) * planes * 36 + 4 * tap),
              ),
            ),
        ];
      };
      return forUp(plane, 0, planes, [Array.from({ length: vectors }, (_, j) => quad(j)), from.add(cell), to.add(36)]);
    };
    return forUp(units.place, 0, all, [
      units.split(),
      from.set(shared(units, units.place, sums)),
      to.set(units.at(units.operand(0), units.group, planes * 36)),
      units.byBlock(one),
    ]);
  });
}
