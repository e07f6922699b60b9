/** Forward and the input gradient: a unit is a block of channels of one image; weights are packed first, in the order in which tiles read them. */
import { type ConvKernel, denseStrides, product } from '@nn/backend';
import {
  call,
  type FunctionBuilder,
  I32,
  i32,
  type Local,
  least,
  stepUp,
  v128,
  type WasmModule,
} from '../../assembler/index.ts';
import type { Quad } from '../../scalar/quad.ts';
import { loadQuad } from '../access.ts';
import type { Arithmetic } from './arithmetic.ts';
import { channelPack } from './copy.ts';
import { finished, startedEpilogue } from './output.ts';
import { type Block, lines, type Plan, planOf, type RoleCode } from './plan.ts';
import { emitRun } from './run.ts';
import type { Correlation, Phase } from './shape.ts';
import { emitBlock, type Part, spareBytes, type TileKind } from './tile.ts';

export function correlationCode(kernel: ConvKernel, arithmetic: Arithmetic, shape: Correlation): RoleCode {
  const plan = planOf(kernel, arithmetic, 1, shape);
  const { batch, groups, all, phases, planes, rows, blocks, room } = plan;
  const cell = 16 * (rows ? 1 : blocks[0]!.vectors);
  // Cells of each phase, and what is before it.
  const cells = phases.map((phase) => product(phase.map(({ repeat, taps }) => repeat * taps)) * planes);
  const starts = cells.map((_, i) => cells.slice(0, i).reduce((sum, n) => sum + n, 0) * cell);
  const packed = cells.reduce((sum, n) => sum + n, 0) * cell;
  // Each run of units packs the weights of its blocks and copies its images: where weights are more than images, units are blocks of all images.
  const images = all > 15 && all * packed > batch * groups * plan.whole ? batch : 1;
  return {
    emit: (module) => emitCode(module, plan, cell, packed, starts),
    constants: [batch, images],
    units: (batch / images) * all,
    scratch: room + lines(all * packed) + spareBytes,
  };
}

/** Images larger than this are gone through in bands of rows, so that a band is still in a cache when the next block of channels reads it. */
const ampleImage = 2 ** 20;

function emitCode(module: WasmModule, plan: Plan, cell: number, packed: number, starts: readonly number[]): void {
  const { arithmetic, kernel, weight, planes, all, blocks, phases, size, targetPlane } = plan;
  const { stored } = arithmetic;
  const packs = blocks.map(({ channels }) =>
    phases.map((phase) =>
      channelPack(module, arithmetic, channels, weight.lane, cell / 16, [
        ...phase.map(({ repeat }, d) => [repeat, weight.axes[d]!] as const),
        [planes, weight.plane],
        ...phase.map(({ taps, memberStep }, d) => [taps, memberStep * weight.axes[d]!] as const),
      ]),
    ),
  );
  const { count, step, targetStep } = phases[0]!.at(-2)!;
  const wanted = plan.groups === 1 && phases.length === 1 ? Math.ceil(plan.whole / ampleImage) : 1;
  const band = Math.ceil(count / wanted);
  const parts = phases.flatMap((phase, i) =>
    spansOf(phase.at(-1)!.count).map((span) =>
      partOf(plan, phase, cell, starts[i]!, span, wanted > 1 ? band : phase.at(-2)!.count),
    ),
  );
  const computes = blocks.map((block) => emitBlock(module, plan, block, tileKind(plan, block), parts));
  emitRun(
    module,
    plan,
    (units) => {
      const { f, first, last, place, group, within } = units;
      const unit = f.local(I32);
      const from = f.local(I32);
      const to = f.local(I32);
      const block = i32.add(i32.mul(group, weight.group * stored), i32.mul(within, size * weight.lane * stored));
      return [
        unit.set(first),
        stepUp(unit, least(last, i32.add(first, all)), 1, [
          place.set(i32.remU(unit, all)),
          units.split(),
          from.set(i32.add(units.operand(2), block)),
          to.set(i32.add(units.packed, i32.mul(place, packed))),
          units.byBlock((_, b) =>
            phases.map((phase, i) => {
              const member = phase.reduce((sum, axis, d) => sum + axis.member * weight.axes[d]!, 0);
              return call(packs[b]![i]!, i32.add(from, member * stored), i32.add(to, starts[i]!));
            }),
          ),
        ]),
      ];
    },
    () => [],
    (units, image, _, number) => {
      // The last band may have some rows of the one before.
      const row = least(i32.mul(number, band), i32.const(count - band));
      const from = i32.add(image, i32.mul(row, step * plan.pitches.at(-2)!));
      const weights = i32.add(units.packed, i32.mul(units.place, packed));
      const start = i32.mul(row, targetStep * plan.targetPitches.at(-2)!);
      const target = i32.add(units.at(units.operand(0), units.index, targetPlane), start);
      const bias = kernel.bias ? units.at(units.operand(3), units.group, stored) : i32.const(0);
      const spare = i32.add(units.packed, lines(all * packed));
      return units.byBlock((_, b) => call(computes[b]!, from, weights, target, bias, units.block, spare));
    },
    wanted > 1 ? Math.ceil(count / band) : 1,
  );
}

/** Columns from one on, so many at a time, so many times. Long rows are written out in part and repeated. */
type Span = readonly [from: number, count: number, times: number];

function spansOf(columns: number): Span[] {
  const times = Math.floor(columns / 96) - 1;
  if (times < 1) return [[0, columns, 1]];
  return [
    [0, 96, times],
    [96 * times, columns - 96 * times, 1],
  ];
}

/** Some columns of a phase: positions are divided among tiles, which sum over planes and taps. */
function partOf(
  plan: Plan,
  phase: Phase,
  cell: number,
  first: number,
  [from, columns, times]: Span,
  band: number,
): Part {
  const { rows, planes, plane, pitches, targetPitches, arithmetic } = plan;
  const taps = denseStrides([planes, ...phase.map((axis) => axis.taps)]);
  const repeats = denseStrides(phase.map(({ repeat }) => repeat));
  const all = planes * taps[0]! * cell;
  const positions = phase.map(({ count, step, targetStep }, d) => ({
    count,
    steps: [step * pitches[d]!, targetStep * targetPitches[d]!, 0],
  }));
  const width = rows ? 4 : 1;
  const [source, target] = positions.at(-1)!.steps as [number, number, number];
  return {
    start: [
      phase.reduce((sum, axis, d) => sum + axis.start * pitches[d]!, from * source),
      phase.reduce((sum, axis, d) => sum + axis.targetStart * targetPitches[d]!, from * target),
      first,
    ],
    outer: [
      ...phase.map(({ repeat }, d) => ({ count: repeat, steps: [0, targetPitches[d]!, repeats[d]! * all] })),
      { count: times, steps: [columns * source, columns * target, 0] },
      ...positions.slice(0, -2),
    ],
    rows: { count: band, steps: positions.at(-2)!.steps },
    items: [{ count: Math.ceil(columns / width), steps: [width * source, width * target, width] }],
    columns: rows ? columns : Number.POSITIVE_INFINITY,
    summed: [
      { count: planes, steps: [plane, taps[0]! * cell] },
      ...phase.map((axis, d) => ({ count: axis.taps, steps: [axis.tapStep * pitches[d]!, taps[d + 1]! * cell] })),
    ],
    step: rows ? phase.at(-1)!.targetStep * arithmetic.stored : plan.targetPlane,
  };
}

function tileKind(
  { kernel, layout, arithmetic, rows, targetPlane, phases }: Plan,
  { channels, vectors }: Block,
): TileKind {
  const { dtype, stored, vectors: wide } = arithmetic;
  const { step, targetStep } = phases[0]!.at(-1)!;
  const parts = Array.from({ length: vectors / wide }, (_, part) => (rows ? part : 4 * part));
  const biasOf = (f: FunctionBuilder, bias: Local, channel: number): Quad =>
    rows ? [v128.load32Splat(bias, channel * stored)] : loadQuad(f, dtype, bias, channel * stored);
  return {
    distance: rows ? 4 : 16,
    load: rows ? v128.load32Splat : v128.load,
    tail: 0,
    paired: arithmetic.pairs && (rows ? step === 1 && targetStep === 1 : vectors > 1),
    spills: arithmetic.pairs && !rows && vectors > 1,
    begin: (f, sums, _, [, , , bias]) => {
      const first = startedEpilogue(kernel) && parts.flatMap((channel) => biasOf(f, bias!, channel));
      return first ? sums.map((own, i) => own.map((sum, j) => sum.set(i === 0 ? first[j]! : sums[0]![j]!))) : [];
    },
    end: (f, sums, items, step, [, , target, bias, block]) =>
      parts.map((channel, part) => {
        const fours = items.map(([, at, lanes], i) => ({
          sums: sums[i]!.slice(part * wide, (part + 1) * wide),
          target: at + channel * targetPlane,
          step,
          lanes: rows ? lanes : Math.min(4, channels - channel),
        }));
        return finished(f, kernel, layout, arithmetic, target!, block!, fours, biasOf(f, bias!, channel));
      }),
  };
}
