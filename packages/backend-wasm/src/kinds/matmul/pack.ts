/**
 * Copies a panel of an operand (some rows of the left one, some columns of the right one) so that the members that a step of k needs lie side by side:
 * `target[step · width + x] = source[x, step]`. Bytes are widened to 32 bits on the way. Panels are written in ascending order: where k is dense or nothing is, up
 * to three steps and a vector beyond a panel's end hold leftovers.
 */
import {
  type Callable,
  type Code,
  countDown,
  I32,
  i32,
  type Local,
  times,
  V128,
  v128,
  words,
} from '../../assembler/index.ts';
import { lanes } from '../../assembler/instructions.ts';
import type { FunctionBuilder, WasmModule } from '../../assembler/module.ts';
import { joinLow, keep, type Quad, turned } from '../../scalar/quad.ts';
import { bytesOf, loadEach, loadQuad } from '../access.ts';
import type { Read } from './figures.ts';
import { type Side, wideBytes } from './plan.ts';

/** A function of (block, source, target, steps) for `count` rows or columns; panels are `width` wide. */
export function packer(module: WasmModule, read: Read, side: Side, count: number, width: number): Callable {
  return module.helper(`pack ${side.operand} ${count}`, () =>
    module.function(null, words(4), [], (f, block, source, target, steps) => {
      const outer = side.dense === 'outer' ? bytesOf(side.dtype) : read(f, block!, side.outer);
      const along = read(f, block!, side.along);
      const wide = wideBytes(side.dtype);
      const pitch = width * wide;
      const groups = Array.from({ length: Math.ceil(count / 4) }, (_, g) => g);
      const store = (g: number, step: number, quad: Quad): Code =>
        quad.map((part, i) => v128.store(target!, part, step * pitch + 4 * g * wide + 16 * i));
      if (side.dense !== 'along') {
        const cursor = f.local(I32);
        const one = (g: number): Code => {
          const members = Math.min(4, count - 4 * g);
          if (side.dense === 'outer') {
            const { kept, code } = keep(f, loadQuad(f, side.dtype, source!, 4 * g * bytesOf(side.dtype)));
            return [code, storeMembers(target!, kept, Math.min(4, width - 4 * g), 4 * g * wide)];
          }
          const addresses = f.locals(I32, 4);
          return [
            addresses.map((address, i) =>
              i < members ? [address.set(cursor), i < members - 1 ? cursor.add(outer) : []] : address.set(cursor),
            ),
            cursor.add(outer),
            store(g, 0, loadEach(f, side.dtype, addresses)),
          ];
        };
        return countDown(steps!, 1, 1, [
          side.dense === 'outer' ? [] : cursor.set(source!),
          groups.map(one),
          source!.add(along),
          target!.add(pitch),
        ]);
      }
      // Four steps of four members at a time, turned in registers. The last group first: what it writes beyond the panel's width is written over.
      const near = typeof outer === 'number' && outer >= 0;
      const rows = Array.from({ length: near ? 1 : count }, (_, x) =>
        x === 0 ? source! : f.hoist(`row ${x}`, I32, () => i32.add(source!, i32.mul(outer, x))),
      );
      const load = (x: number): Quad =>
        near ? loadQuad(f, side.dtype, source!, x * outer) : loadQuad(f, side.dtype, rows[x]!);
      const one = (g: number): Code => {
        const [code, quads] = turn(
          f,
          [0, 1, 2, 3].map((i) => load(Math.min(4 * g + i, count - 1))),
        );
        return [code, quads.map((quad, step) => store(g, step, quad))];
      };
      const step = 4 * bytesOf(side.dtype);
      const move = (times: number, own: readonly Local[] = rows): Code => [
        own.map((row) => row.add(times * step)),
        target!.add(4 * times * pitch),
      ];
      const latter = groups.toReversed();
      // Of many rows a cache line each at a time: where they are a power of two apart, they would drive each other out of the cache before their lines are used up.
      const lines = f.local(I32);
      const inLine = (g: number): Code => {
        const own = near ? rows : rows.slice(4 * g, 4 * g + 4);
        return [times(lines, 4, one(g), move(1, own)), move(-4, own)];
      };
      const inLines = groups.length > 3 ? countDown(steps!, 16, 16, [latter.map(inLine), move(4)]) : [];
      return [inLines, countDown(steps!, 4, 1, [latter.map(one), move(1)])];
    }),
  );
}

/**
 * A function of (block, source, target, steps, pitch, panels): several panels, `pitch` bytes apart, of an operand that is dense across them. Each step is read as it lies in memory, which
 * machines fetch ahead.
 */
export function spreader(module: WasmModule, read: Read, side: Side, width: number): Callable {
  return module.helper(`spread ${side.operand}`, () =>
    module.function(null, words(6), [], (f, block, source, target, steps, pitch, panels) => {
      const [from, to, count] = f.locals(I32, 3) as [Local, Local, Local];
      const own = bytesOf(side.dtype);
      const wide = wideBytes(side.dtype);
      const panel = Array.from({ length: Math.ceil(width / 4) }, (_, g) => {
        const { kept, code } = keep(f, loadQuad(f, side.dtype, from, 4 * g * own));
        return [code, storeMembers(to, kept, Math.min(4, width - 4 * g), 4 * g * wide)];
      });
      return countDown(steps!, 1, 1, [
        from.set(source!),
        to.set(target!),
        count.set(panels!),
        countDown(count, 1, 1, [panel, from.add(width * own), to.add(pitch!)]),
        source!.add(read(f, block!, side.along)),
        target!.add(width * wide),
      ]);
    }),
  );
}

/** Stores the first elements of a quad. */
const storeMembers = (target: Local, quad: readonly Local[], members: number, offset: number): Code =>
  members === 4
    ? quad.map((part, i) => v128.store(target, part, offset + 16 * i))
    : storeSome(target, quad, members, offset);

/** Stores the first one, two or three elements of a quad. */
function storeSome(target: Local, quad: readonly Local[], members: number, offset: number): Code {
  const [low, high] = quad as [Local, Local | undefined];
  if (high !== undefined)
    return [
      members === 1 ? v128.store64Lane(target, low, 0, offset) : v128.store(target, low, offset),
      members === 3 ? v128.store64Lane(target, high, 0, offset + 16) : [],
    ];
  return [
    members === 1 ? v128.store32Lane(target, low, 0, offset) : v128.store64Lane(target, low, 0, offset),
    members === 3 ? v128.store32Lane(target, low, 2, offset + 8) : [],
  ];
}

/** Four quads, the columns of the four given. */
function turn(f: FunctionBuilder, quads: readonly Quad[]): [Code, Quad[]] {
  const kept = quads.map((quad) => quad.map(() => f.local(V128)));
  const code: Code[] = quads.map((quad, i) => quad.map((part, p) => kept[i]![p]!.set(part)));
  const [a, b, c, d] = kept as [Local[], Local[], Local[], Local[]];
  if (a.length === 2) {
    const high = (x: Code, y: Code): Code => v128.shuffle(x, y, lanes(2, 3, 6, 7));
    return [
      code,
      [0, 1].flatMap((half) => [
        [joinLow(a[half]!, b[half]!), joinLow(c[half]!, d[half]!)],
        [high(a[half]!, b[half]!), high(c[half]!, d[half]!)],
      ]),
    ];
  }
  const { code: turning, values } = turned(f, [a[0]!, b[0]!, c[0]!, d[0]!]);
  return [[code, turning], values.map((value) => [value])];
}
