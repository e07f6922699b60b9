/**
 * The `rows` kind: as many whole rows as fill a block (at least one) go through all reductions and then all outputs. Evaluators share
 * their scratch, so each is prepared again for every such chunk.
 */
import type { Launch } from '../backend.ts';
import type { RowsKernel } from '../kernel.ts';
import type { Expression } from '../scalar/expression.ts';
import { product } from '../strides.ts';
import { blockLength, Evaluator } from './evaluator.ts';
import { stored } from './half.ts';
import type { Register } from './loops.ts';
import { combiner, identity, settle } from './reduce.ts';
import { load, type ReferenceBlock } from './walk.ts';

interface Chunk {
  readonly launch: Launch;
  readonly firstRow: number;
  readonly rows: number;
  /** Elements of a row. */
  readonly size: number;
  /** Finished reductions: one number a row of the chunk. */
  readonly finished: readonly Float64Array[];
}

export function compileRows(kernel: RowsKernel): (launch: Launch) => void {
  const reductions = kernel.reductions.map(({ combine, body }) => ({
    settle: (results: Float64Array, count: number) => settle(combine, body.type, results, count),
    evaluate: evaluation(kernel, body),
    step: combiner(combine, body.type),
    start: identity(combine, body.type),
  }));
  const outputs = kernel.outputs.map(({ dtype, expression, perRow }) => ({
    evaluate: perRow ? rowEvaluation(kernel, expression) : evaluation(kernel, expression),
    dtype,
    perRow,
  }));
  const finished = kernel.reductions.map(() => new Float64Array(blockLength));
  return (launch) => {
    const { sizes } = launch.geometry!;
    const size = sizes[kernel.rank]!;
    const rows = product(sizes.slice(0, kernel.rank));
    const step = Math.max(1, Math.floor(blockLength / Math.max(1, size)));
    for (let firstRow = 0; firstRow < rows; firstRow += step) {
      const chunk: Chunk = { launch, firstRow, rows: Math.min(step, rows - firstRow), size, finished };
      for (const [k, reduction] of reductions.entries()) {
        const results = finished[k]!.fill(reduction.start, 0, chunk.rows);
        reduction.evaluate(chunk, (values, at, length) => {
          for (let i = 0; i < length; i++) {
            const row = Math.floor((at + i) / size) - firstRow;
            results[row] = reduction.step(results[row]!, values[i]!);
          }
        });
        reduction.settle(results, chunk.rows);
      }
      for (const [j, output] of outputs.entries()) {
        const target = (launch.blocks[j] as ReferenceBlock).as(output.dtype);
        const offset = launch.offsets[j]!;
        output.evaluate(chunk, (values, at, length) => {
          const rounded = stored(output.dtype, values, length);
          for (let i = 0; i < length; i++) target[offset + at + i] = rounded[i]!;
        });
      }
    }
  };
}

/** Sees evaluated elements: the first lies at row-major position `at`. */
type Consume = (values: Register, at: number, length: number) => void;

/** An expression over all elements of a chunk. */
function evaluation(kernel: RowsKernel, expression: Expression): (chunk: Chunk, consume: Consume) => void {
  const evaluator = new Evaluator([expression]);
  const operands = [...evaluator.inputs].filter(([i]) => i < kernel.inputs.length);
  const reduced = [...evaluator.inputs].filter(([i]) => i >= kernel.inputs.length);
  return ({ launch, firstRow, rows, size, finished }, consume) => {
    const { sizes, strides } = launch.geometry!;
    const end = (firstRow + rows) * size;
    evaluator.prepare(rows * size, launch.scalars);
    for (let at = firstRow * size; at < end; at += blockLength) {
      const length = Math.min(blockLength, end - at);
      for (const [i, register] of operands) {
        const operand = kernel.outputs.length + i;
        const source = (launch.blocks[operand] as ReferenceBlock).as(kernel.inputs[i]!.dtype);
        load(register, source, sizes, strides[operand]!, launch.offsets[operand]!, at, length);
      }
      for (const [i, register] of reduced) {
        const results = finished[i - kernel.inputs.length]!;
        for (let e = 0; e < length; e++) register[e] = results[Math.floor((at + e) / size) - firstRow]!;
      }
      evaluator.run(length, at);
      consume(evaluator.outputs[0]!, at, length);
    }
  };
}

/** An expression over the rows of a chunk, of finished reductions alone. */
function rowEvaluation(kernel: RowsKernel, expression: Expression): (chunk: Chunk, consume: Consume) => void {
  const evaluator = new Evaluator([expression]);
  return ({ launch, firstRow, rows, finished }, consume) => {
    evaluator.prepare(rows, launch.scalars);
    for (const [i, register] of evaluator.inputs) {
      const results = finished[i - kernel.inputs.length]!;
      for (let row = 0; row < rows; row++) register[row] = results[row]!;
    }
    evaluator.run(rows, firstRow);
    consume(evaluator.outputs[0]!, firstRow, rows);
  };
}
