/** Forward and the input gradient by minimal filtering. A unit is a block of channels of one image, as in the plain correlation. */
import type { ConvKernel } from '@nn/backend';
import {
  type Callable,
  type Code,
  call,
  f32x4,
  forUp,
  I32,
  i32,
  type Local,
  least,
  stepUp,
  v128,
  type WasmModule,
} from '../../../assembler/index.ts';
import { loadQuad } from '../../access.ts';
import type { Arithmetic } from '../arithmetic.ts';
import { channelPack } from '../copy.ts';
import { finished, startedEpilogue } from '../output.ts';
import { type Block, lines, type Plan, planOf, type RoleCode } from '../plan.ts';
import { emitRun, type Units, usually } from '../run.ts';
import { repeated } from '../walk.ts';
import { cellsPitch, type Grid, points, spreadPitch, tilesOf, weightPitch } from './grid.ts';
import { emitProducts } from './products.ts';
import { bandSpread, both, spreadWeights, square, toOutput } from './transforms.ts';

export function correlationCode(kernel: ConvKernel, arithmetic: Arithmetic, grid: Grid): RoleCode {
  const plan = planOf(kernel, arithmetic, 1, grid.shape);
  const { batch, all, planes, blocks, room } = plan;
  const cell = 16 * blocks[0]!.vectors;
  const weights = points * weightPitch(plan, cell);
  const spread = points * spreadPitch(grid, plan);
  const cells = points * cellsPitch(grid, cell);
  return {
    emit: (module) => emitCode(module, plan, grid, cell, spread),
    constants: [batch, 1],
    units: batch * all,
    // Every share of the units spreads the weights anew.
    grain: batch < 4 ? 1 : all * Math.ceil(batch / 16),
    scratch: room + spread + cells + all * weights + lines(9 * planes * cell),
  };
}

function emitCode(module: WasmModule, plan: Plan, grid: Grid, cell: number, spread: number): void {
  const { kernel, arithmetic, weight, planes, all, blocks, size, phases, targetPitches, targetPlane } = plan;
  const { rows, columns, band, bands } = grid;
  const [phase] = phases as [Plan['phases'][number]];
  const tiles = tilesOf(grid);
  const pitches = [spreadPitch(grid, plan), weightPitch(plan, cell), cellsPitch(grid, cell)] as const;
  const weights = points * pitches[1];
  const packs = blocks.map(({ channels }) =>
    channelPack(module, arithmetic, channels, weight.lane, cell / 16, [
      [planes, weight.plane],
      ...phase.map(({ taps, memberStep }, d) => [taps, memberStep * weight.axes[d]!] as const),
    ]),
  );
  const spreadTaps = spreadWeights(module, planes, cell, pitches[1]);
  const computes = blocks.map((block) =>
    emitProducts(module, plan, block, {
      items: tiles,
      summed: planes,
      dense: 'items',
      cell,
      pitches,
      more: false,
    }),
  );
  // The last row of tiles may be half outside.
  const heights = phase[0]!.count % 2 === 0 ? [2] : [2, 1];
  const results = blocks.map((block) => heights.map((height) => emitResults(module, plan, block, grid, cell, height)));
  const sums = (units: Units): Code => i32.add(units.packed, spread);
  const transformed = (units: Units): Code => i32.add(sums(units), points * pitches[2]);
  const member = phase.reduce((sum, axis, d) => sum + axis.member * weight.axes[d]!, 0);
  emitRun(
    module,
    plan,
    (units) => {
      const { f, first, last, place, within } = units;
      const unit = f.local(I32);
      const to = i32.add(transformed(units), i32.mul(place, weights));
      const taps = i32.add(transformed(units), all * weights);
      return [
        unit.set(first),
        stepUp(unit, least(last, i32.add(first, all)), 1, [
          place.set(i32.remU(unit, all)),
          units.split(),
          units.byBlock((_, b) =>
            call(
              packs[b]!,
              i32.add(units.operand(2), i32.add(i32.mul(within, size * weight.lane * 4), member * 4)),
              taps,
            ),
          ),
          call(spreadTaps, taps, to),
        ]),
      ];
    },
    () => [],
    (units, _, __, number) => {
      const { f, place, index } = units;
      const [row, from, target] = f.locals(I32, 3) as [Local, Local, Local];
      const bias = kernel.bias ? units.at(units.operand(3), units.group, 4) : i32.const(0);
      const pitch = 2 * targetPitches[0]!;
      return units.byBlock((_, b) => {
        return [
          call(computes[b]!, units.packed, i32.add(transformed(units), i32.mul(place, weights)), sums(units)),
          from.set(sums(units)),
          target.set(i32.add(units.at(units.operand(0), index, targetPlane), i32.mul(number, band * pitch))),
          forUp(row, 0, band, [
            usually(
              i32.eq(i32.add(row, i32.mul(number, band)), rows - 1),
              results[b]!.map((result) => call(result, from, target, bias, units.block)),
            ),
            from.add(columns * cell),
            target.add(pitch),
          ]),
        ];
      });
    },
    bands,
    bandSpread(module, plan, grid),
  );
}

/** `(sums, target, bias, block)`: a row of tiles, of which `height` rows of outputs count. */
function emitResults(
  module: WasmModule,
  { kernel, layout, arithmetic, phases, targetPlane, targetPitches }: Plan,
  { channels, vectors }: Block,
  grid: Grid,
  cell: number,
  height: number,
): Callable {
  const width = phases[0]![1]!.count;
  const pitch = cellsPitch(grid, cell);
  const started = startedEpilogue(kernel) !== null;
  return module.function(null, [I32, I32, I32, I32], [], (f, ...parameters) => {
    const [from, target, bias, block] = parameters as [Local, Local, Local, Local];
    /** So many columns of outputs. */
    const strip = (count: number): Code =>
      Array.from({ length: vectors }, (_, part) => {
        const first = loadQuad(f, 'float32', bias, 16 * part);
        const found = Array.from({ length: Math.ceil(count / 2) }, (_, t) =>
          both(
            f,
            toOutput,
            square((p) => {
              const sum = v128.load(from, p * pitch + t * cell + 16 * part);
              // The point that all four outputs take as it is.
              return p === 5 && started ? f32x4.add(sum, first[0]!) : sum;
            }),
          ),
        );
        const fours = Array.from({ length: height * count }, (_, i) => {
          const [row, column] = [Math.floor(i / count), i % count];
          return {
            sums: [found[column >> 1]!.values[row]![column & 1]!],
            target: row * targetPitches[0]! + column * 4 + 4 * part * targetPlane,
            step: targetPlane,
            lanes: Math.min(4, channels - 4 * part),
          };
        });
        return [found.map(({ code }) => code), finished(f, kernel, layout, arithmetic, target, block, fours, first)];
      });
    return [repeated(f, width >> 2, [from, target], [2 * cell, 16], strip(4)), width % 4 === 0 ? [] : strip(width % 4)];
  });
}
