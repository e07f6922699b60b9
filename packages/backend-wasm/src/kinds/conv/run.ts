/**
 * The loops over a launch's units that all roles share. A unit is a block of channels over some consecutive images (a share of the batch). Images go by outermost, so that
 * one is copied between its zeros once for all blocks of a group.
 */
import { product } from '@nn/backend';
import {
  type Callable,
  type Code,
  call,
  type FunctionBuilder,
  forUp,
  I32,
  i32,
  type Local,
  least,
  memory,
  stepUp,
  type WasmModule,
  when,
  words,
} from '../../assembler/index.ts';
import { imageCopy } from './copy.ts';
import type { Block, Plan } from './plan.ts';

/** The usual code, or the rare one, where there is one, under its condition. */
export const usually = (rarely: Code, [usual, rare]: readonly Code[]): Code =>
  rare === undefined ? usual! : when(rarely, rare, usual!);

/** Variables of the function at work. */
export class Units {
  readonly f: FunctionBuilder;
  readonly plan: Plan;
  readonly block: Local;
  /** First and last unit (which move), and memory behind the image. */
  readonly first: Local;
  readonly last: Local;
  readonly packed: Code;
  /** The block among all and in its group, its group, and the group's images. */
  readonly place: Local;
  readonly within: Local;
  readonly group: Local;
  readonly index: Local;

  constructor(f: FunctionBuilder, plan: Plan, [block, first, last, scratch]: readonly Local[]) {
    this.f = f;
    this.plan = plan;
    this.block = block!;
    this.first = first!;
    this.last = last!;
    this.packed = i32.add(scratch!, plan.room);
    [this.place, this.within, this.group, this.index] = f.locals(I32, 4) as [Local, Local, Local, Local];
  }

  operand(index: number): Local {
    return this.f.hoist(`operand ${index}`, I32, () => i32.load(this.block, this.plan.layout.operand(index)));
  }

  constant(index: number): Local {
    return this.f.hoist(`constant ${index}`, I32, () => i32.load(this.block, this.plan.layout.constant(index)));
  }

  /** The address of what belongs to the block's first channel: `channel` bytes a channel, after `before` groups of them. */
  at(base: Code, before: Local, channel: number): Code {
    const { lanes, size } = this.plan;
    return i32.add(base, i32.mul(i32.add(i32.mul(before, lanes), i32.mul(this.within, size)), channel));
  }

  /** Code that finds a block's group. */
  split(): Code {
    const { count } = this.plan;
    return [this.group.set(i32.divU(this.place, count)), this.within.set(i32.remU(this.place, count))];
  }

  /** The code for the block: a whole one or the last of its group. */
  byBlock(code: (block: Block, index: number) => Code): Code {
    return usually(i32.eq(this.within, this.plan.count - 1), this.plan.blocks.map(code));
  }
}

/**
 * Exports `run`: `before` once, `share` before each share's images, `each` for every block of every band of every image, which
 * lies at `from`; `prepare` before a band's first block.
 */
export function emitRun(
  module: WasmModule,
  plan: Plan,
  before: (units: Units) => Code,
  share: (units: Units, count: Code) => Code,
  each: (units: Units, from: Local, share: Local, band: Local) => Code,
  bands = 1,
  prepare?: (units: Units, from: Local, band: Local) => Code,
): void {
  const { planes, groups, all, source, arithmetic, room } = plan;
  const copy: Callable | null =
    room === 0 ? null : imageCopy(module, arithmetic, [planes, ...source], [plan.plane, ...plan.pitches], plan.before);
  module.function('run', words(4), [], (f, ...parameters) => {
    const units = new Units(f, plan, parameters);
    const { first, last, place, group, index } = units;
    const scratch = parameters[3]!;
    const [own, low, high, image, end, current, from, band, ready] = f.locals(I32, 9) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    const bytes = planes * product(source) * arithmetic.stored;
    const original = i32.add(units.operand(plan.image), i32.mul(index, bytes));
    const count = i32.sub(high, low);
    return [
      copy === null ? [] : memory.fill(scratch, 0, room),
      before(units),
      current.set(i32.const(-1)),
      stepUp(first, last, count, [
        own.set(i32.divU(first, all)),
        low.set(i32.remU(first, all)),
        high.set(least(i32.const(all), i32.add(low, i32.sub(last, first)))),
        share(units, count),
        image.set(i32.mul(own, units.constant(1))),
        end.set(least(units.constant(0), i32.add(image, units.constant(1)))),
        stepUp(image, end, 1, [
          forUp(band, 0, bands, [
            place.set(low),
            stepUp(place, high, 1, [
              units.split(),
              when(i32.ne(index.tee(i32.add(i32.mul(image, groups), group)), current), [
                current.set(index),
                copy === null ? from.set(original) : [from.set(scratch), call(copy, original, scratch)],
                ready.set(i32.const(-1)),
              ]),
              prepare === undefined ? [] : when(i32.ne(band, ready), [ready.set(band), prepare(units, from, band)]),
              each(units, from, own, band),
            ]),
          ]),
        ]),
      ]),
    ];
  });
}
