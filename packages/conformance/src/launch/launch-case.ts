/**
 * One launch as data, and how a backend runs it: memory written, kernel compiled (or composed, where the backend declines it), memory of the
 * outputs read back whole, so that a stray write shows.
 */
import {
  type Backend,
  type Block,
  compileFor,
  type DataArray,
  type Geometry,
  type Kernel,
  Launch,
  runLaunch,
} from '@nn/backend';
import type { OperandData } from './operands.ts';

export interface LaunchCase {
  readonly name: string;
  readonly kernel: Kernel;
  readonly sizes: readonly number[];
  readonly extents?: readonly number[];
  /** Outputs first. */
  readonly outputs: readonly OperandData[];
  readonly inputs: readonly OperandData[];
  readonly scalars?: readonly number[];
  /** How far element `i` of output memory `j` may be from the reference's; equal bits (but for NaN and the sign of 0) where absent. */
  readonly tolerance?: (expected: number, j: number, i: number) => number;
}

/** A launch that is set up: run it as often as wanted. */
export class Prepared {
  readonly launch: Launch = new Launch();
  readonly #backend: Backend;
  readonly #case: LaunchCase;
  readonly #blocks: Block[] = [];

  constructor(backend: Backend, launchCase: LaunchCase) {
    this.#backend = backend;
    this.#case = launchCase;
    const { outputs, inputs, sizes, extents = [] } = launchCase;
    const operands = [...outputs, ...inputs];
    const geometry: Geometry = { sizes, strides: operands.map(({ strides }) => strides), extents };
    const { launch } = this;
    launch.program = compileFor(backend, launchCase.kernel);
    launch.geometry = geometry;
    launch.label = 'conformance';
    launch.count = operands.length;
    launch.scalars = launchCase.scalars ?? [];
    for (const operand of operands) {
      const shared = operand.sharesOutput;
      launch.blocks.push(shared === undefined ? this.#blockOf(operand) : launch.blocks[shared]!);
      launch.offsets.push(operand.offset);
    }
  }

  #blockOf({ dtype, memory }: OperandData): Block {
    const block = this.#backend.allocate(memory.length * this.#backend.bytesPerElement(dtype));
    this.#backend.write(block, 0, dtype, memory);
    this.#blocks.push(block);
    return block;
  }

  run(): void {
    runLaunch(this.#backend, this.launch);
  }

  /** All of each output's memory. */
  async read(): Promise<DataArray[]> {
    const found: DataArray[] = [];
    for (const [j, { dtype, memory }] of this.#case.outputs.entries())
      found.push(await this.#backend.read(this.launch.blocks[j]!, 0, dtype, memory.length));
    return found;
  }

  free(): void {
    for (const block of this.#blocks.splice(0)) this.#backend.free(block);
  }
}

/** Runs the case once; memory of the outputs. */
export async function execute(backend: Backend, launchCase: LaunchCase): Promise<DataArray[]> {
  const prepared = new Prepared(backend, launchCase);
  try {
    prepared.run();
    return await prepared.read();
  } finally {
    prepared.free();
  }
}
