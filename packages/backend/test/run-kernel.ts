/** Runs one kernel over plain arrays, dense unless strides are given: for tests that spell their numbers out. */
import {
  type Backend, compileFor, type DataArray, type DType, denseStrides, dtypes, type Kernel, Launch, product, reference, runLaunch,
} from '../src/index.ts'; // biome-ignore format: one list

export interface TestOperand {
  readonly dtype?: DType;
  readonly data: readonly number[];
  /** Sizes of a dense operand; one dimension of all elements where absent. */
  readonly sizes?: readonly number[];
  readonly strides?: readonly number[];
  readonly offset?: number;
}

export interface TestLaunch {
  readonly sizes: readonly number[];
  readonly extents?: readonly number[];
  readonly scalars?: readonly number[];
  /** Outputs first; memory of outputs before the launch. */
  readonly operands: readonly TestOperand[];
  /** How many of them are outputs. */
  readonly outputs?: number;
  readonly label?: string;
}

/** Memory of the outputs after the launch. */
export function runKernel(kernel: Kernel, test: TestLaunch, backend: Backend = reference()): number[][] {
  const launch = new Launch();
  const { operands, outputs = 1 } = test;
  const blocks = operands.map(({ dtype = 'float32', data }) => {
    const block = backend.allocate(data.length * dtypes[dtype].bytes);
    backend.write(block, 0, dtype, new dtypes[dtype].array(data));
    return block;
  });
  launch.program = compileFor(backend, kernel);
  launch.geometry = {
    sizes: test.sizes,
    strides: operands.map(({ strides, sizes, data }) => strides ?? denseStrides(sizes ?? [data.length])),
    extents: test.extents ?? [],
  };
  launch.label = test.label ?? 'test';
  launch.count = operands.length;
  launch.scalars = test.scalars ?? [];
  for (const [i, block] of blocks.entries()) {
    launch.blocks[i] = block;
    launch.offsets[i] = operands[i]!.offset ?? 0;
  }
  runLaunch(backend, launch);
  return operands.slice(0, outputs).map(({ dtype = 'float32', data }, j) => {
    const found: DataArray = backend.readSync!(blocks[j]!, 0, dtype, data.length);
    return [...found];
  });
}

/** Zeros for an output of these sizes. */
export const room = (dtype: DType, ...sizes: number[]): TestOperand => ({
  dtype,
  data: Array(product(sizes)).fill(0),
  sizes,
});
