/**
 * The `rows` kind: reductions over a row one after the other, each in the eight strands of `fold.ts`, then a pass that writes the outputs. What a reduction
 * computed and an output needs again (the exponentials of softmax) is kept in scratch memory.
 */
import { product, type RowsKernel, topological } from '@nn/backend';
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
import { bytesAlong } from './access.ts';
import { foldAlong } from './fold.ts';
import { type Kind, plainVariant } from './kind.ts';
import { lowered, type RowsShape, rowCode, type ValueCode, wholeRows } from './row-code.ts';
import { Stream, stepOf } from './stream.ts';
import { Walk } from './walk.ts';

export const rowsKind: Kind<RowsKernel> = (kernel, geometry, { pairs }) => {
  const { sizes, strides } = geometry;
  const { rank, inputs, outputs } = kernel;
  const size = sizes[rank]!;
  const steps = inputs.map(({ dtype }, i) => stepOf(dtype, strides[outputs.length + i]![rank]!));
  const shape: RowsShape = { ...lowered(kernel), steps };
  const { bodies, results } = shape;
  const units = product(sizes.slice(0, rank));
  return {
    ...plainVariant,
    key: steps.map((step) => step[0]).join(''),
    emit: (module) => emitRows(module, shape),
    constants: [...sizes, ...bytesAlong(inputs, strides.slice(outputs.length), rank + 1)],
    units,
    grain: 1,
    work: units * size * 0.3 * topological(...bodies, ...results).length,
    scratch: 64 * Math.ceil((shape.stashed.length * rowBytes(size)) / 64) + (pairs ? spareBytes : 0),
  };
};

/** Bytes before that where vectors are joined. */
const spareBytes = 64;

/** Bytes of scratch for a row, with room for whole vectors. */
const rowBytes = (size: number): number => 4 * Math.ceil(size / 8) * 8;

function emitRows(module: WasmModule, shape: RowsShape): void {
  const { kernel, stashed } = shape;
  const { outputs } = kernel;
  module.function('run', words(4), [], (f, block, first, last, scratch) => {
    const { pairs } = f.module.features;
    const padded = (size: Local): Code => i32.shl(i32.and(i32.add(size, 7), -8), 2);
    const code = rowCode(f, block!, shape, 1, first!, pairs ? i32.add(scratch!, spareBytes) : scratch!, padded);
    const { size, streams } = code;
    const walk = new Walk(f, kernel.rank, code.constant, code.pointers, code.stride);
    const rest = f.local(I32);
    const rewind: Code = [code.rewind, rest.set(size)];
    const move = (elements: number): Code => [
      streams.map((stream) => stream.move(elements)),
      code.index.add(elements),
      stashed.length === 0 ? [] : code.stash.add(4 * elements),
    ];
    const reductions = code.reductions((fold, value, unrolled) => {
      const states = [fold.state(), fold.state()] as const;
      const masked = (q: number, count: Local | null): ValueCode => {
        const { code: own, parts, keep } = value(q, count);
        if (count === null) return { code: own, parts, keep };
        const mask = f.local(V128);
        return {
          keep,
          code: [own, mask.set(i32x4.gtS(i32x4.splat(count), f.lanes('i32', 0, 1, 2, 3)))],
          parts: fold.masked(mask, parts),
        };
      };
      const each = (vectors: number, count: Local | null): ValueCode[] =>
        Array.from({ length: vectors }, (_, q) => masked(q, count));
      const values = fold.values(states[0]);
      const spread = f.locals(V128, values.length);
      return {
        code: [
          states.map((state) => fold.reset(state)),
          rewind,
          foldAlong(fold, states, rest, each, move, unrolled ? 4 : 2, true),
          fold.tree(states),
          fold.across(states[0]),
          fold.settle(states[0]),
          fold.spread(values).map((part, i) => spread[i]!.set(part)),
          // As a splat from memory it is known to be the same for both of a pair.
          pairs ? spread.map((part) => [v128.store(scratch!, part), part.set(fold.splat(scratch!))]) : [],
        ],
        found: [spread],
      };
    });
    const bases = outputs.map(() => f.local(I32));
    const targets = outputs.map(
      ({ dtype, perRow }, j) => new Stream(f, `output ${j}`, dtype, perRow ? 'one' : 'dense', bases[j]!, i32.const(0)),
    );
    const whole = wholeRows(kernel);
    const vectors = (many: number, count: Local | null): Code =>
      whole.map((j) => {
        const values = Array.from({ length: many }, (_, q) => code.resultAt(j, q, count));
        return [values.map((one) => one.code), values.map(({ parts }, q) => targets[j]!.store(parts, q, count))];
      });
    const moveAll = (elements: number): Code => [move(elements), whole.map((j) => targets[j]!.move(elements))];
    return [
      code.prelude,
      code.begin,
      walk.start(first!),
      stepUp(
        first!,
        last!,
        1,
        reductions,
        bases.map((base, j) => base.set(code.address(j, outputs[j]!.perRow ? first! : i32.mul(first!, size)))),
        code.rowOutputs((j) => targets[j]!),
        rewind,
        whole.length === 0
          ? []
          : [countDown(rest, 8, 8, vectors(2, null), moveAll(8)), countDown(rest, 4, 1, vectors(1, rest), moveAll(4))],
        walk.next(),
      ),
    ];
  });
}
