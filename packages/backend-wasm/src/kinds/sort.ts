/**
 * The `sort` kind. Elements become unsigned keys in whose order they sort, side by side with their positions: short rows are merged bottom up, long ones go by the bytes of
 * their keys, the lowest first; both are stable. The values are read again by position at the end, so every bit of them survives. Rows divide among threads.
 */
import { product, type SortKernel } from '@nn/backend';
import {
  branchIf,
  type Code,
  choose,
  f32,
  f64,
  I32,
  I64,
  i32,
  i64,
  type Local,
  loop,
  V128,
  v128,
  when,
  words,
} from '../assembler/index.ts';
import type { FunctionBuilder } from '../assembler/module.ts';
import { bytesOf, keepPacked, loadSplat, storeLane } from './access.ts';
import { BlockLayout, type Kind, plainVariant } from './kind.ts';
import { Walk } from './walk.ts';

export const sortKind: Kind<SortKernel> = (kernel, { sizes, strides }) => {
  const { rank, input } = kernel;
  const size = sizes[rank]!;
  const rows = size === 0 ? 0 : product(sizes.slice(0, rank));
  const bytes = bytesOf(input.dtype);
  // By bytes a row takes a few hundred nanoseconds for each, and then less an element than merging does.
  const isLong = size > 32 * bytes;
  return {
    ...plainVariant,
    key: isLong ? 'long' : '',
    constants: [...sizes, ...strides[2]!.slice(0, rank + 1).map((stride) => stride * bytes)],
    units: rows,
    grain: 1,
    work: rows * size * (isLong ? 4 * bytes : Math.log2(size + 1) * 4),
    // Two buffers of keys and positions, and where the next record of each of 256 kinds goes.
    scratch: 64 * Math.ceil(size / 2) + 1024,
    emit: (module) => {
      const layout = new BlockLayout(0, 3);
      module.function('run', words(4), [], (f, block, first, last, scratch) => {
        const constant = layout.reader(f, block!);
        const n = constant(rank);
        const step = constant(2 * rank + 1);
        const [row, cursor, record, rest, from, to] = f.locals(I32, 6) as Local[];
        const walk = new Walk(f, rank, constant, [row!], (_, d) => constant(rank + 1 + d));
        const span = i32.mul(n, 16);
        const { kept, code } = keepPacked(
          f,
          input.dtype,
          loadSplat(f, input.dtype, i32.add(row!, i32.mul(i32.load(record!, 8), step))),
        );
        const target = f.local(I32);
        return [
          row!.set(i32.load(block!, layout.operand(2))),
          walk.start(first!),
          when(
            i32.ltS(first!, last!),
            loop(
              // Keys and positions.
              cursor!.set(row!),
              record!.set(scratch!),
              rest!.set(i32.const(0)),
              loop(
                storeKey(f, kernel, record!, cursor!),
                i32.store(record!, rest!, 8),
                cursor!.add(step),
                record!.add(16),
                branchIf(i32.ltS(rest!.tee(i32.add(rest!, 1)), n), 0),
              ),
              from!.set(scratch!),
              to!.set(i32.add(scratch!, span)),
              (isLong ? bytePasses : mergePasses)(f, bytes, n, from!, to!),
              // Values by position, and positions.
              record!.set(from!),
              rest!.set(i32.mul(first!, n)),
              target.set(i32.add(rest!, n)),
              loop(
                code,
                storeLane(input.dtype, i32.add(i32.load(block!, layout.operand(0)), i32.mul(rest!, bytes)), kept, 0),
                i32.store(i32.add(i32.load(block!, layout.operand(1)), i32.shl(rest!, 2)), i32.load(record!, 8)),
                record!.add(16),
                branchIf(i32.ltS(rest!.tee(i32.add(rest!, 1)), target), 0),
              ),
              walk.next(),
              branchIf(i32.ltS(first!.tee(i32.add(first!, 1)), last!), 0),
            ),
          ),
        ];
      });
    },
  };
};

/** Stores the key of the element at the cursor: NaN above everything, zeros equal; inverted when descending. */
function storeKey(
  f: FunctionBuilder,
  { input: { dtype }, descending }: SortKernel,
  record: Local,
  cursor: Local,
): Code {
  const flip = (key: Code): Code => (descending ? i32.xor(key, i32.const(-1)) : key);
  if (dtype === 'float64') {
    const bits = f.local(I64);
    const sign = i64.shl(i64.const(1), i64.const(63));
    const ordered = i64.xor(bits, i64.or(i64.shrS(bits, i64.const(63)), sign));
    return [
      // -0 + 0 is 0; NaN becomes the one with all bits set but the sign.
      bits.set(i64.reinterpretF64(f64.add(f64.load(cursor), f64.const(0)))),
      when(f64.ne(f64.load(cursor), f64.load(cursor)), bits.set(i64.xor(i64.const(-1), sign))),
      i64.store(record, descending ? i64.xor(ordered, i64.const(-1)) : ordered),
    ];
  }
  const bits = f.local(I32);
  const sign = i32.const(-(2 ** 31));
  if (dtype === 'float32')
    return [
      bits.set(i32.reinterpretF32(f32.add(f32.load(cursor), f32.const(0)))),
      when(f32.ne(f32.load(cursor), f32.load(cursor)), bits.set(i32.const(0x7fffffff))),
      i32.store(record, flip(i32.xor(bits, i32.or(i32.shrS(bits, 31), sign)))),
    ];
  if (bytesOf(dtype) === 1) return i32.store(record, flip(i32.load8U(cursor)));
  return i32.store(record, flip(i32.xor(i32.load(cursor), sign)));
}

/** Merges runs of 1, 2, 4 … records until there is one; `from` and `to` change places after each pass, the result is in `from`. */
function mergePasses(f: FunctionBuilder, bytes: number, n: Local, from: Local, to: Local): Code {
  const [width, start, left, right, leftEnd, rightEnd, target, swap, end, takeRight] = f.locals(I32, 10) as Local[];
  const record = f.local(V128);
  const [load, less] = bytes === 8 ? [i64.load, i64.ltU] : [i32.load, i32.ltU];
  const clip = (local: Local): Code => when(i32.gtU(local, end!), local.set(end!));
  return [
    width!.set(i32.const(16)),
    end!.set(i32.add(from, i32.mul(n, 16))),
    when(
      i32.ltU(width!, i32.sub(end!, from)),
      loop(
        start!.set(from),
        target!.set(to),
        loop(
          left!.set(start!),
          right!.set(i32.add(start!, width!)),
          clip(right!),
          leftEnd!.set(right!),
          rightEnd!.set(i32.add(right!, width!)),
          clip(rightEnd!),
          start!.set(rightEnd!),
          loop(
            // From the right run only where it is strictly before: equal keys keep their order.
            takeRight!.set(
              i32.or(i32.geU(left!, leftEnd!), i32.and(i32.ltU(right!, rightEnd!), less(load(right!), load(left!)))),
            ),
            // Without branches, which nothing could predict.
            record.set(v128.load(choose(takeRight!, right!, left!))),
            v128.store(target!, record),
            right!.add(i32.shl(takeRight!, 4)),
            left!.add(i32.sub(i32.const(16), i32.shl(takeRight!, 4))),
            target!.add(16),
            branchIf(i32.or(i32.ltU(left!, leftEnd!), i32.ltU(right!, rightEnd!)), 0),
          ),
          branchIf(i32.ltU(start!, end!), 0),
        ),
        swap!.set(from),
        from.set(to),
        to.set(swap!),
        end!.set(i32.add(from, i32.mul(n, 16))),
        branchIf(i32.ltU(width!.tee(i32.shl(width!, 1)), i32.sub(end!, from)), 0),
      ),
    ),
  ];
}

/** Sorts by the lowest byte of the keys, then by the next; `from` and `to` change places after each, the result is in `from`. Ends behind both there is room for 256 words. */
function bytePasses(f: FunctionBuilder, bytes: number, n: Local, from: Local, to: Local): Code {
  const [cursor, end, table, slot, place, count, pass] = f.locals(I32, 7) as Local[];
  const record = f.local(V128);
  const slotOf = slot!.set(i32.add(table!, i32.shl(i32.load8U(i32.add(cursor!, pass!)), 2)));
  const span = i32.shl(n, 4);
  const each = (...body: readonly Code[]): Code => [
    cursor!.set(from),
    end!.set(i32.add(from, span)),
    loop(body, cursor!.add(16), branchIf(i32.ltU(cursor!, end!), 0)),
  ];
  const slots = (step: number, ...body: readonly Code[]): Code => [
    slot!.set(table!),
    loop(body, slot!.add(step), branchIf(i32.ltU(slot!, i32.add(table!, 1024)), 0)),
  ];
  return [
    pass!.set(i32.const(0)),
    table!.set(i32.add(choose(i32.ltU(from, to), to, from), span)),
    loop(
      slots(16, v128.store(slot!, f.lanes('i32', 0))),
      each(slotOf, i32.store(slot!, i32.add(i32.load(slot!), 16))),
      place!.set(to),
      slots(4, count!.set(i32.load(slot!)), i32.store(slot!, place!), place!.add(count!)),
      each(
        slotOf,
        place!.set(i32.load(slot!)),
        record.set(v128.load(cursor!)),
        v128.store(place!, record),
        i32.store(slot!, i32.add(place!, 16)),
      ),
      place!.set(from),
      from.set(to),
      to.set(place!),
      branchIf(i32.ltU(pass!.tee(i32.add(pass!, 1)), bytes), 0),
    ),
  ];
}
