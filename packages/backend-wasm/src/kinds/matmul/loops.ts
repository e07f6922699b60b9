/**
 * The loops around tiles (Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008): blocks of columns, blocks of k, blocks of rows,
 * panels of columns, tiles; the many rows of a narrow product go through all blocks of k before the next rows do. Where the plan says so, panels are copied
 * first: all of a block's columns, then all of a block's rows. Loops close to the tiles are functions of their own, which engines optimise while the
 * first launch runs.
 */
import {
  branchIf,
  type Callable,
  type Code,
  call,
  choose,
  I32,
  i32,
  type Local,
  loop,
  number32,
  type Operand,
  type WasmModule,
  when,
  words,
} from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import { BlockLayout, sharedWord } from '../kind.ts';
import { emitSumOfBlocks } from './blocks.ts';
import { type Read, reader } from './figures.ts';
import { packer, spreader } from './pack.ts';
import { type Figure, type Plan, panelGap, type Side, type Tiles, wideBytes } from './plan.ts';
import { last, running, tile } from './tile.ts';

/** `min(x, y)`, signed. */
const least = (f: FunctionBuilder, x: Code, y: Operand): Code => {
  const [p, q] = f.locals(I32, 2) as [Local, Local];
  return [p.set(x), q.set(number32(y)), choose(i32.ltS(p, q), p, q)];
};

export function emitMatmul(module: WasmModule, plan: Plan): void {
  const { rows, columns, movers, left, right } = plan;
  const byBlocks = plan.split === 'blocks';
  const layout = new BlockLayout(plan.scalars, 3 + movers.filter(({ operand }) => operand > 0).length);
  const read: Read = reader(plan.hot, layout);
  const bytes = wideBytes(left.dtype);

  /** A function of (block, a, b, movers…, steps, flags, full, rest): the tiles of a panel `count` columns wide. */
  const panel = (count: number): Callable =>
    module.function(null, words(7 + movers.length), [], (f, block, a, b, ...more) => {
      const cursors = more.slice(0, movers.length);
      const [steps, flags, full, rest] = more.slice(movers.length) as [Local, Local, Local, Local];
      const through = (flight: number, height: number): Code =>
        call(tile(module, plan, read, height, count, flight), block!, a!, b!, ...cursors, steps, flags);
      const compute = (height: number): Code =>
        plan.flight === 1
          ? through(1, height)
          : when(i32.gtS(steps, plan.blockSize.value), through(plan.flight, height), through(1, height));
      const one = (height: number, move: boolean): Code => [
        compute(height),
        move
          ? [
              a!.add(
                left.packed
                  ? i32.add(i32.mul(steps, height * bytes), panelGap(plan, left))
                  : i32.mul(read(f, block!, left.outer), height),
              ),
              cursors.map((cursor, i) => cursor.add(i32.mul(read(f, block!, movers[i]!.row), height))),
            ]
          : [],
      ];
      // A single vector across is too few sums for six rows.
      const pairs = plan.hot && !left.packed && rows.size === 6 && rows.full.value > 1 && count <= 4 && bytes === 4;
      return [
        pairs ? when(i32.gtS(full, 1), loop(one(12, true), branchIf(i32.gtS(full.tee(i32.sub(full, 2)), 1), 0))) : [],
        rows.full.value > 0 ? when(full, loop(one(rows.size, true), branchIf(full.tee(i32.sub(full, 1)), 0))) : [],
        rows.rest.length > 0
          ? when(
              rest,
              rows.rest.map((height, i) => one(height, i < rows.rest.length - 1)),
            )
          : [],
      ];
    });
  const edge = columns.rest[0];
  const panels = (width: number): Callable => module.helper(`panel ${width}`, () => panel(width));

  /** A function of (block, a, b, movers…, rows' first and end unit, columns' first and end unit, scratch, members of k that are done): a part of one product. */
  const matrix = module.function(null, words(9 + movers.length), [], (f, block, a, b, ...more) => {
    const bases = more.slice(0, movers.length);
    const [top, bottom, start, end, scratch, before] = more.slice(movers.length) as [
      Local, Local, Local, Local, Local, Local,
    ]; // biome-ignore format: one list
    const figure = (value: Figure): Operand => read(f, block!, value);
    const [fromColumn, toColumn, done, steps, flags, row, toRow, full, rest, column] = f.locals(I32, 10) as Local[] as [
      Local, Local, Local, Local, Local, Local, Local, Local, Local, Local,
    ]; // biome-ignore format: one list
    const [leftBlock, leftRows, rightBlock, rightPanel, source, target, count] = f.locals(I32, 7) as [
      Local, Local, Local, Local, Local, Local, Local,
    ]; // biome-ignore format: one list
    const cursors = f.locals(I32, movers.length);

    const panelBytes = (side: Side, width: number): Code =>
      i32.add(i32.mul(steps, width * bytes), panelGap(plan, side));

    // What is dense across panels is copied step by step, as it lies in memory; else a panel after the other.
    const copy = (side: Side, tiles: Tiles, from: Code, to: Operand, hasRest: Code): Code => {
      const one = (size: number): Code => {
        const width = side === left ? size : 4 * Math.ceil(size / 4);
        return [
          call(packer(module, read, side, size, width), block!, source, target, steps),
          source.add(i32.mul(figure(side.outer), size)),
          target.add(panelBytes(side, width)),
        ];
      };
      const { size } = tiles;
      const step = i32.mul(figure(side.outer), size);
      const whole =
        side.dense === 'outer' && (side === left || plan.panels > 1)
          ? [
              call(spreader(module, read, side, size), block!, source, target, steps, panelBytes(side, size), full),
              source.add(i32.mul(full, step)),
              target.add(i32.mul(full, panelBytes(side, size))),
            ]
          : [count.set(full), loop(one(size), branchIf(count.tee(i32.sub(count, 1)), 0))];
      return [
        source.set(from),
        target.set(number32(to)),
        tiles.full.value > 0 ? when(full, whole) : [],
        tiles.rest.length > 0 ? when(hasRest, tiles.rest.map(one)) : [],
      ];
    };
    const rightPanels = i32.add(i32.add(scratch, figure(plan.rightPanels)), i32.mul(done, plan.pitch));
    const packColumns: Code = right.packed
      ? [
          full.set(i32.sub(least(f, toColumn, figure(columns.full)), fromColumn)),
          leftRows.set(i32.add(rightBlock, i32.mul(fromColumn, i32.mul(figure(right.outer), columns.size)))),
          copy(right, columns, leftRows, rightPanels, i32.gtS(toColumn, figure(columns.full))),
        ]
      : [];

    /** The code for a full panel or for the last one. */
    const eachWidth = (use: (width: number) => Code): Code =>
      columns.full.value === 0
        ? use(edge!)
        : edge === undefined
          ? use(columns.size)
          : when(i32.ltS(column, figure(columns.full)), use(columns.size), use(edge));

    const usePanel = (width: number): Code => [
      source.set(i32.add(rightBlock, i32.mul(column, i32.mul(figure(right.outer), columns.size)))),
      cursors.map((cursor, i) =>
        cursor.set(
          i32.add(
            bases[i]!,
            i32.add(
              i32.mul(row, i32.mul(figure(movers[i]!.row), rows.size)),
              i32.mul(column, i32.mul(figure(movers[i]!.column), columns.size)),
            ),
          ),
        ),
      ),
      call(
        panels(width),
        block!,
        left.packed ? scratch : leftRows,
        right.packed ? rightPanel : source,
        ...cursors,
        steps,
        flags,
        full,
        rest,
      ),
    ];

    const rowBlocks = (body: Code): Code => [
      row.set(top),
      loop(
        toRow.set(least(f, i32.add(row, figure(plan.tall)), bottom)),
        full.set(i32.sub(least(f, toRow, figure(rows.full)), row)),
        rest.set(i32.gtS(toRow, figure(rows.full))),
        body,
        branchIf(i32.ltS(row.tee(toRow), bottom), 0),
      ),
    ];

    const kBlocks = (body: Code): Code => [
      done.set(before),
      leftBlock.set(a!),
      rightBlock.set(b!),
      loop(
        steps.set(i32.sub(figure(plan.k), done)),
        plan.flight === 1
          ? steps.set(least(f, steps, figure(plan.blockSize)))
          : steps.set(
              choose(
                i32.geS(steps, plan.flight * plan.blockSize.value),
                plan.flight * plan.blockSize.value,
                least(f, steps, plan.blockSize.value),
              ),
            ),
        byBlocks
          ? []
          : flags.set(
              i32.add(i32.mul(i32.gtS(done, 0), running), i32.mul(i32.geS(i32.add(done, steps), figure(plan.k)), last)),
            ),
        body,
        leftBlock.add(i32.mul(steps, figure(left.along))),
        rightBlock.add(i32.mul(steps, figure(right.along))),
        byBlocks ? [] : branchIf(i32.ltS(done.tee(i32.add(done, steps)), figure(plan.k)), 0),
      ),
    ];

    const rowPanels: Code = [
      leftRows.set(i32.add(leftBlock, i32.mul(row, i32.mul(figure(left.outer), rows.size)))),
      left.packed ? copy(left, rows, leftRows, scratch, rest) : [],
      column.set(fromColumn),
      right.packed ? rightPanel.set(rightPanels) : [],
      loop(
        eachWidth(usePanel),
        right.packed ? rightPanel.add(panelBytes(right, columns.size)) : [],
        branchIf(i32.ltS(column.tee(i32.add(column, 1)), toColumn), 0),
      ),
    ];

    return [
      fromColumn.set(start),
      loop(
        toColumn.set(least(f, i32.add(fromColumn, plan.panels), end)),
        plan.pitch > 0
          ? [kBlocks(packColumns), rowBlocks(kBlocks(rowPanels))]
          : kBlocks([packColumns, rowBlocks(rowPanels)]),
        branchIf(i32.ltS(fromColumn.tee(toColumn), end), 0),
      ),
    ];
  });

  module.function('run', words(4), [], (f, block, first, end, scratch) => {
    const figure = (value: Figure): Operand => read(f, block!, value);
    const [entry, part, count, rest] = f.locals(I32, 4) as [Local, Local, Local, Local];
    const positions = plan.batch.map(() => f.local(I32));
    const parts = plan.split === 'rows' ? rows.units : columns.units;
    const before = byBlocks ? i32.mul(first!, figure(plan.blockSize)) : i32.const(0);
    const operands = [left, right, ...movers];
    const cursors = operands.map(() => f.local(I32));
    const place: Code = [
      rest.set(entry),
      positions.map((_, i) => {
        const d = positions.length - 1 - i;
        if (d === 0) return positions[0]!.set(rest);
        const size = figure(plan.batch[d]!);
        return [positions[d]!.set(i32.remU(rest, size)), rest.set(i32.divU(rest, size))];
      }),
      operands.map(({ operand, batch }, i) => [
        cursors[i]!.set(operand < 0 ? i32.const(0) : i32.load(block!, layout.operand(operand))),
        positions.map((position, d) => cursors[i]!.add(i32.mul(position, figure(batch[d]!)))),
      ]),
    ];
    const all = (units: Figure): [Operand, Operand] => [i32.const(0), figure(units)];
    const own: [Operand, Operand] = [part, i32.add(part, count)];
    const single = byBlocks || plan.split === 'entries';
    if (byBlocks) emitSumOfBlocks(module, plan, read, layout);
    return loop(
      byBlocks
        ? count.set(i32.const(1))
        : single
          ? [entry.set(first!), count.set(i32.const(1))]
          : [
              entry.set(i32.divU(first!, figure(parts))),
              part.set(i32.remU(first!, figure(parts))),
              count.set(least(f, i32.sub(figure(parts), part), i32.sub(end!, first!))),
            ],
      place,
      // A block's sums go where they wait for the others.
      byBlocks
        ? [
            cursors[0]!.add(i32.mul(before, figure(left.along))),
            cursors[1]!.add(i32.mul(before, figure(right.along))),
            cursors[2]!.set(i32.add(i32.load(block!, 4 * sharedWord), i32.mul(first!, figure(plan.kept)))),
          ]
        : [],
      call(
        matrix,
        block!,
        ...cursors,
        ...(plan.split === 'rows' ? own : all(rows.units)),
        ...(plan.split === 'columns' ? own : all(columns.units)),
        scratch!,
        before,
      ),
      branchIf(i32.ltS(first!.tee(i32.add(first!, count)), end!), 0),
    );
  });
}
