/**
 * The reference backend: every kind in plain loops, slow and obvious. It is the specification that other backends are tested against, runs
 * anywhere JavaScript does, and is the default until a faster one is chosen.
 */
import type { Backend, Block, Launch, Program } from '../backend.ts';
import { type DataArray, type DType, dtypes } from '../dtype.ts';
import { BackendError, OutOfMemoryError } from '../errors.ts';
import { type Kernel, type KernelKind, kernelKey } from '../kernel.ts';
import { compileConv } from './conv.ts';
import { compileGather } from './gather.ts';
import { stored } from './half.ts';
import { compileMap } from './map.ts';
import { compileMatmul } from './matmul.ts';
import { compileReduce } from './reduce.ts';
import { compileRows } from './rows.ts';
import { compileScan } from './scan.ts';
import { compileScatter } from './scatter.ts';
import { compileSort } from './sort.ts';
import { ReferenceBlock } from './walk.ts';

class ReferenceProgram implements Program {
  readonly kernel: Kernel;
  readonly execute: (launch: Launch) => void;
  constructor(kernel: Kernel, execute: (launch: Launch) => void) {
    this.kernel = kernel;
    this.execute = execute;
  }
}

const compilers: { readonly [K in KernelKind]: (kernel: never) => (launch: Launch) => void } = {
  map: compileMap,
  reduce: compileReduce,
  gather: compileGather,
  scatter: compileScatter,
  matmul: compileMatmul,
  conv: compileConv,
  scan: compileScan,
  sort: compileSort,
  rows: compileRows,
};

/** Programs kept; the oldest goes when there are more. */
const cacheLimit = 2048;

export class ReferenceBackend implements Backend {
  readonly name = 'reference';
  readonly dtypes: readonly DType[] = Object.keys(dtypes) as DType[];
  readonly maxOperands = 64;
  readonly slotsPerBlock = 64;
  readonly #programs = new Map<string, ReferenceProgram>();
  #disposed = false;

  bytesPerElement(dtype: DType): number {
    return dtypes[dtype].bytes;
  }

  supports(): boolean {
    return true;
  }

  compile(kernel: Kernel): Program {
    this.#refuseDisposed('compile');
    const key = kernelKey(kernel);
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = new ReferenceProgram(kernel, compilers[kernel.kind](kernel as never));
      if (this.#programs.size >= cacheLimit) this.#programs.delete(this.#programs.keys().next().value!);
      this.#programs.set(key, program);
    }
    return program;
  }

  run(launch: Launch): void {
    this.#refuseDisposed(launch.label);
    (launch.program as ReferenceProgram).execute(launch);
  }

  allocate(bytes: number): Block {
    this.#refuseDisposed('allocate');
    try {
      return new ReferenceBlock(bytes);
    } catch (cause) {
      throw new OutOfMemoryError('allocate', `the reference backend could not get ${bytes} bytes`, { cause });
    }
  }

  /** Nothing to do: the collector takes the buffer. */
  free(): void {}

  write(block: Block, offset: number, dtype: DType, data: DataArray): void {
    this.#refuseDisposed('write');
    (block as ReferenceBlock).as(dtype).set(stored(dtype, data, data.length), offset);
  }

  async read(block: Block, offset: number, dtype: DType, length: number): Promise<DataArray> {
    return this.readSync(block, offset, dtype, length);
  }

  readSync(block: Block, offset: number, dtype: DType, length: number): DataArray {
    this.#refuseDisposed('read');
    return (block as ReferenceBlock).as(dtype).slice(offset, offset + length);
  }

  dispose(): void {
    this.#disposed = true;
    this.#programs.clear();
  }

  #refuseDisposed(op: string): void {
    if (this.#disposed) throw new BackendError(op, 'the reference backend was disposed; make a new one');
  }
}

/** A new reference backend: plain JavaScript, every kernel kind, every dtype. */
export const reference = (): Backend => new ReferenceBackend();
