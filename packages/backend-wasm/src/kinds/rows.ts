/**
 * The `rows` kind: reductions over a row one after the other, each in the eight strands of `fold.ts`, then a pass that writes the outputs. What a reduction
 * computed and an output needs again (the exponentials of softmax) is kept in scratch memory.
 */
import { type Expression, product, type RowsKernel, topological } from '@nn/backend';
import {
  type Code,
  countDown,
  I32,
  i32,
  i32x4,
  type Local,
  stepUp,
  V128,
  v128,
  type WasmModule,
  words,
} from '../assembler/index.ts';
import { emit, emitSteady, type Known, lower, steadyNodes } from '../scalar/emit.ts';
import { ascending, type Quad } from '../scalar/quad.ts';
import { bytesAlong, bytesOf, loadNumber } from './access.ts';
import { Fold, foldAlong } from './fold.ts';
import { BlockLayout, type Kind, plainVariant } from './kind.ts';
import { needed, Places } from './places.ts';
import { type Step, Stream, stepOf } from './stream.ts';
import { Walk } from './walk.ts';

interface Shape {
  readonly kernel: RowsKernel;
  readonly bodies: readonly Expression[];
  readonly results: readonly Expression[];
  readonly steps: readonly Step[];
  /** Nodes that reductions leave in scratch memory, in order, with the reduction that does. */
  readonly stashed: readonly { readonly node: Expression; readonly reduction: number }[];
}

export const rowsKind: Kind<RowsKernel> = (kernel, { sizes, strides }) => {
  const { rank, inputs, outputs } = kernel;
  const size = sizes[rank]!;
  const bodies = kernel.reductions.map(({ body }) => lower(body));
  const results = outputs.map(({ expression }) => lower(expression));
  const steps = inputs.map(({ dtype }, i) => stepOf(dtype, strides[outputs.length + i]![rank]!));
  const shape: Shape = { kernel, bodies, results, steps, stashed: stashedOf(kernel, bodies, results) };
  const units = product(sizes.slice(0, rank));
  return {
    ...plainVariant,
    key: steps.map((step) => step[0]).join(''),
    emit: (module) => emitRows(module, shape),
    constants: [...sizes, ...bytesAlong(inputs, strides.slice(outputs.length), rank + 1)],
    units,
    grain: 1,
    work: units * size * 0.3 * topological(...bodies, ...results).length,
    scratch: 64 * Math.ceil((shape.stashed.length * rowBytes(size)) / 64),
  };
};

/** Bytes of scratch for a row, with room for whole vectors. */
const rowBytes = (size: number): number => 4 * Math.ceil(size / 8) * 8;

/** Float bodies that cost more than a load and that a later expression has within it. */
function stashedOf(
  kernel: RowsKernel,
  bodies: readonly Expression[],
  results: readonly Expression[],
): Shape['stashed'] {
  const cheap = new Set([
    'input',
    'constant',
    'scalar',
    'coordinate',
    'add',
    'sub',
    'mul',
    'max',
    'min',
    'neg',
    'cast',
  ]);
  return bodies.flatMap((node, reduction) => {
    const later = [...bodies.slice(reduction + 1), ...results.filter((_, j) => !kernel.outputs[j]!.perRow)];
    const again = later.some((root) => topological(root).includes(node));
    return node.type === 'f32' && again && topological(node).some(({ op }) => !cheap.has(op))
      ? [{ node, reduction }]
      : [];
  });
}

function emitRows(module: WasmModule, shape: Shape): void {
  const { kernel, bodies, results, steps, stashed } = shape;
  const { rank, inputs, outputs } = kernel;
  const layout = new BlockLayout(kernel.scalars, outputs.length + inputs.length);
  module.function('run', words(4), [], (f, block, first, last, scratch) => {
    const constant = layout.reader(f, block!);
    const size = constant(rank);
    const stride = (i: number, d: number): Code => constant((rank + 1) * (1 + i) + d);
    const pointers = f.locals(I32, inputs.length);
    const cursors = f.locals(I32, inputs.length);
    const streams = inputs.map(
      ({ dtype }, i) => new Stream(f, `input ${i}`, dtype, steps[i]!, cursors[i]!, stride(i, rank)),
    );
    const walk = new Walk(f, rank, constant, pointers, stride);
    const [rest, index] = f.locals(I32, 2) as [Local, Local];
    const stash = f.local(I32);
    const padded = i32.shl(i32.and(i32.add(size, 7), -8), 2);
    const known: Known = new Map();
    const numbers = steadyNodes([...bodies, ...results]);
    const prelude = emitSteady(f, [...bodies, ...results], known, (leaf) => loadNumber(block!, leaf));
    const finished: Quad[] = [];
    /** Computes what of the root is the same all along the row: what depends on finished reductions alone. */
    const result = (leaf: Expression): Quad | undefined =>
      leaf.op === 'input' ? finished[leaf.value - inputs.length] : undefined;
    const steady = (root: Expression): Code =>
      emitSteady(
        f,
        [root],
        known,
        (leaf) => result(leaf)!,
        (leaf) => result(leaf) !== undefined,
      );
    const start = i32.mul(first!, size);
    const coordinate = (q: number): Quad => [ascending(f, i32.add(start, index), 4 * q)];
    const places = new Places(f, [...bodies, ...results.filter((_, j) => !outputs[j]!.perRow)], numbers, known);
    const placing = places.ofRow(start, size);
    const stashAddress = (place: number): Code => i32.add(stash, i32.mul(padded, place));
    /** The value of a body or result at vector q. */
    const valueAt = (
      root: Expression,
      reduction: number,
      q: number,
      count: Local | null,
    ): { code: Code; parts: Quad } => {
      const here: Known = new Map(known);
      const before: Code[] = [];
      stashed.forEach(({ node, reduction: made }, place) => {
        if (made >= reduction || !topological(root).includes(node)) return;
        const kept = f.local(V128);
        before.push(kept.set(v128.load(stashAddress(place), 16 * q)));
        here.set(node, [kept]);
      });
      before.push(places.at(root, index, q, here, coordinate));
      const below = needed(root, here);
      const code = emit(
        f,
        [root],
        here,
        (leaf) => {
          if (leaf.op === 'coordinate') return coordinate(q);
          return finished[leaf.value - inputs.length] ?? streams[leaf.value]!.load(q, count);
        },
        (node) => below.has(node),
      );
      const place = stashed.findIndex((entry) => entry.node === root && entry.reduction === reduction);
      const parts: Quad = here.get(root)!;
      return { code: [before, code, place < 0 ? [] : v128.store(stashAddress(place), parts[0]!, 16 * q)], parts };
    };
    const rewind: Code = [
      cursors.map((cursor, i) => cursor.set(pointers[i]!)),
      rest.set(size),
      index.set(i32.const(0)),
      stash.set(scratch!),
    ];
    const move = (elements: number): Code => [
      streams.map((stream) => stream.move(elements)),
      index.add(elements),
      stashed.length === 0 ? [] : stash.add(4 * elements),
    ];
    const reductions = bodies.map((body, k) => {
      const fold = new Fold(f, kernel.reductions[k]!.combine, body.type);
      const states = [fold.state(), fold.state()] as const;
      const code = [
        steady(body),
        states.map((state) => fold.reset(state)),
        rewind,
        foldAlong(
          fold,
          states,
          rest,
          (q, count) => {
            const { code: own, parts } = valueAt(body, k, q, count);
            if (count === null) return { code: own, parts };
            const mask = f.local(V128);
            return {
              code: [own, mask.set(i32x4.gtS(i32x4.splat(count), f.lanes('i32', 0, 1, 2, 3)))],
              parts: fold.masked(mask, parts),
            };
          },
          move,
          topological(body).length < 8,
          true,
        ),
        fold.tree(states),
        fold.across(states[0]),
        fold.settle(states[0]),
      ];
      const spread = fold.values(states[0]).map(() => f.local(V128));
      finished.push(spread);
      return [code, fold.spread(fold.values(states[0])).map((part, i) => spread[i]!.set(part))];
    });
    const beforeOutputs = results.map(steady);
    const bases = outputs.map(() => f.local(I32));
    const targets = outputs.map(
      ({ dtype, perRow }, j) => new Stream(f, `output ${j}`, dtype, perRow ? 'one' : 'dense', bases[j]!, i32.const(0)),
    );
    const wholeRows = outputs.flatMap(({ perRow }, j) => (perRow ? [] : [j]));
    const after = bodies.length;
    const vector = (q: number, count: Local | null): Code =>
      wholeRows.map((j) => {
        const { code, parts } = valueAt(results[j]!, after, q, count);
        return [code, targets[j]!.store(parts, q, count)];
      });
    const moveAll = (elements: number): Code => [move(elements), wholeRows.map((j) => targets[j]!.move(elements))];
    const rowOutputs = outputs.map(({ perRow }, j) => {
      if (!perRow) return [];
      const here: Known = new Map(known);
      const code = emit(f, [results[j]!], here, (leaf) =>
        leaf.op === 'coordinate' ? [i32x4.splat(first!)] : finished[leaf.value - inputs.length]!,
      );
      return [code, targets[j]!.store(here.get(results[j]!)!, 0)];
    });
    return [
      prelude,
      pointers.map((pointer, i) => pointer.set(i32.load(block!, layout.operand(outputs.length + i)))),
      walk.start(first!),
      stepUp(
        first!,
        last!,
        1,
        placing,
        reductions,
        bases.map((base, j) => {
          const { dtype, perRow } = outputs[j]!;
          const elements = perRow ? first! : i32.mul(first!, size);
          return base.set(i32.add(i32.load(block!, layout.operand(j)), i32.mul(elements, bytesOf(dtype))));
        }),
        beforeOutputs,
        rowOutputs,
        rewind,
        wholeRows.length === 0
          ? []
          : [
              countDown(rest, 8, 8, vector(0, null), vector(1, null), moveAll(8)),
              countDown(rest, 4, 1, vector(0, rest), moveAll(4)),
            ],
        walk.next(),
      ),
    ];
  });
}
