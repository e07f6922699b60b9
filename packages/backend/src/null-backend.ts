/**
 * A backend that computes nothing and counts everything: launches by kind, programs, bytes. With it the number of kernels that an operation takes
 * is a test that never flakes. Reads give zeros.
 */
import type { Backend, Block, Launch, Program } from './backend.ts';
import { type DataArray, type DType, dtypes } from './dtype.ts';
import { BackendError } from './errors.ts';
import { type Kernel, type KernelKind, kernelKey } from './kernel.ts';
import { lower } from './lower/composite.ts';

export interface NullCounts {
  /** Launches of each kind, and of all. */
  readonly launches: { readonly [K in KernelKind]: number };
  readonly total: number;
  /** Different kernels compiled. */
  readonly programs: number;
  readonly allocated: number;
  readonly freed: number;
  readonly written: number;
  readonly read: number;
}

export interface NullOptions {
  /** Kinds that it declines, so that their fallbacks are counted. */
  readonly declines?: readonly KernelKind[];
  readonly maxOperands?: number;
  readonly slotsPerBlock?: number;
  readonly dtypes?: readonly DType[];
}

/** A compiled kernel and how often it was launched. */
class NullProgram implements Program {
  readonly kernel: Kernel;
  launches = 0;
  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }
}

class NullBlock implements Block {
  readonly bytes: number;
  free = false;
  constructor(bytes: number) {
    this.bytes = bytes;
  }
}

const noLaunches = (): Record<KernelKind, number> => ({
  map: 0,
  reduce: 0,
  gather: 0,
  scatter: 0,
  matmul: 0,
  conv: 0,
  scan: 0,
  sort: 0,
  rows: 0,
});

export class NullBackend implements Backend {
  readonly name = 'null';
  readonly lower: typeof lower = lower;
  readonly dtypes: readonly DType[];
  readonly maxOperands: number;
  readonly slotsPerBlock: number;
  readonly #declines: ReadonlySet<KernelKind>;
  readonly #programs = new Map<string, NullProgram>();
  #compiled = 0;
  #allocated = 0;
  #freed = 0;
  #written = 0;
  #read = 0;
  #live = 0;
  #disposed = false;

  constructor(options: NullOptions = {}) {
    this.dtypes = options.dtypes ?? (Object.keys(dtypes) as DType[]);
    this.maxOperands = options.maxOperands ?? 64;
    this.slotsPerBlock = options.slotsPerBlock ?? 64;
    this.#declines = new Set(options.declines);
  }

  /** What happened since the start or the last `reset`. */
  get counts(): NullCounts {
    const launches = noLaunches();
    let total = 0;
    for (const program of this.#programs.values()) {
      launches[program.kernel.kind] += program.launches;
      total += program.launches;
    }
    return {
      launches,
      total,
      programs: this.#compiled,
      allocated: this.#allocated,
      freed: this.#freed,
      written: this.#written,
      read: this.#read,
    };
  }

  /** Bytes allocated and not freed; no `reset` changes it. */
  get live(): number {
    return this.#live;
  }

  /** Starts counting anew. Programs stay compiled. */
  reset(): void {
    for (const program of this.#programs.values()) program.launches = 0;
    this.#compiled = 0;
    this.#allocated = 0;
    this.#freed = 0;
    this.#written = 0;
    this.#read = 0;
  }

  bytesPerElement(dtype: DType): number {
    return dtypes[dtype].bytes;
  }

  supports(kernel: Kernel): boolean {
    return !this.#declines.has(kernel.kind);
  }

  compile(kernel: Kernel): Program {
    this.#refuseDisposed('compile');
    const key = kernelKey(kernel);
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = new NullProgram(kernel);
      this.#programs.set(key, program);
      this.#compiled++;
    }
    return program;
  }

  run(launch: Launch): void {
    if (this.#disposed) this.#refuseDisposed(launch.label);
    (launch.program as NullProgram).launches++;
  }

  allocate(bytes: number): Block {
    this.#refuseDisposed('allocate');
    this.#allocated += bytes;
    this.#live += bytes;
    return new NullBlock(bytes);
  }

  free(block: Block): void {
    const own = block as NullBlock;
    if (own.free) throw new BackendError('free', 'this block was freed already');
    own.free = true;
    this.#freed += block.bytes;
    this.#live -= block.bytes;
  }

  write(_block: Block, _offset: number, dtype: DType, data: DataArray): void {
    this.#refuseDisposed('write');
    this.#written += data.length * this.bytesPerElement(dtype);
  }

  async read(block: Block, offset: number, dtype: DType, length: number): Promise<DataArray> {
    return this.readSync(block, offset, dtype, length);
  }

  readSync(_block: Block, _offset: number, dtype: DType, length: number): DataArray {
    this.#refuseDisposed('read');
    this.#read += length * this.bytesPerElement(dtype);
    return new dtypes[dtype].array(length);
  }

  dispose(): void {
    this.#disposed = true;
  }

  #refuseDisposed(op: string): void {
    if (this.#disposed) throw new BackendError(op, 'the null backend was disposed; make a new one');
  }
}

/**
 * A backend that runs nothing and counts launches, programs and bytes; every read gives zeros.
 *
 * @example
 * ```ts
 * import { nullBackend } from '@nn/backend';
 *
 * const counting = nullBackend();
 * const block = counting.allocate(64);
 * console.log(counting.live, counting.counts.total); // 64 0
 * counting.free(block);
 * console.log(counting.live); // 0
 * ```
 */
export const nullBackend = (options: NullOptions = {}): NullBackend => new NullBackend(options);
