/** Launches as data, run on any backend: for comparing this one with the reference. */
import { type Backend, compileFor, type DataArray, type DType, type Kernel, Launch, runLaunch } from '@nn/backend';

export interface Memory {
  readonly dtype: DType;
  readonly data: DataArray;
  readonly strides: readonly number[];
  readonly offset?: number;
}

export interface LaunchData {
  readonly kernel: Kernel;
  readonly sizes: readonly number[];
  readonly extents?: readonly number[];
  /** Outputs first. */
  readonly operands: readonly Memory[];
  readonly outputs?: number;
  readonly scalars?: readonly number[];
}

/** The launch with its memory on the backend. */
export function launchOf(
  backend: Backend,
  { kernel, sizes, extents = [], operands, scalars = [] }: LaunchData,
): Launch {
  const launch = new Launch();
  launch.program = compileFor(backend, kernel);
  launch.geometry = { sizes, extents, strides: operands.map(({ strides }) => strides) };
  launch.label = 'test';
  launch.count = operands.length;
  launch.scalars = scalars;
  for (const { dtype, data, offset = 0 } of operands) {
    const block = backend.allocate(data.length * backend.bytesPerElement(dtype));
    backend.write(block, 0, dtype, data);
    launch.blocks.push(block);
    launch.offsets.push(offset);
  }
  return launch;
}

/** Memory of the outputs after the launch. */
export async function outputsOf(backend: Backend, data: LaunchData): Promise<DataArray[]> {
  const launch = launchOf(backend, data);
  runLaunch(backend, launch);
  const found = await Promise.all(
    data.operands
      .slice(0, data.outputs ?? 1)
      .map(({ dtype, data: own }, j) => backend.read(launch.blocks[j]!, 0, dtype, own.length)),
  );
  for (const block of launch.blocks) backend.free(block!);
  return found;
}

/** Numbers that look random, always the same: whole ones in [0, below). */
export function whole(length: number, below: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  });
}

/** The same in [-1, 1). */
export const uniform = (length: number, seed = 1): Float32Array =>
  Float32Array.from(whole(length, 2 ** 24, seed), (x) => x / 2 ** 23 - 1);
