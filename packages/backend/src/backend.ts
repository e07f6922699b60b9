/**
 * The contract between the library and whatever computes for it. Backends are values, not registrations; several live side by side.
 * Fits one screen on purpose: what would make it longer needs a reason.
 */
import type { DataArray, DType } from './dtype.ts';
import type { Kernel } from './kernel.ts';
import type { DeviceLaws } from './laws.ts';

/** Memory that a backend handed out. Only the backend that made it looks inside. */
export interface Block {
  readonly bytes: number;
}

/** A kernel made ready by `compile`. Only the backend that made it looks inside. */
export interface Program {
  readonly kernel: Kernel;
}

/** The numbers of a launch that belong to shapes: fixed for a plan, so a backend may remember by identity what it derived from them. */
export interface Geometry {
  /** Sizes, in the order that the kernel's kind states. */
  readonly sizes: readonly number[];
  /** One list of strides (in elements) an operand, outputs first. */
  readonly strides: readonly (readonly number[])[];
  /** Further numbers that the kind states (dimension sizes of a gather, padding of a conv), else empty. */
  readonly extents: readonly number[];
}

/**
 * One run of a kernel, in one flat object that its owner fills again and again: a backend must have taken what it needs when `run` returns.
 * Operands are numbered outputs first.
 */
export class Launch {
  program: Program | null = null;
  geometry: Geometry | null = null;
  /** The op as the user called it, for errors and traces. */
  label = '';
  /** Operands in use; the arrays may be longer. */
  count = 0;
  readonly blocks: (Block | null)[] = [];
  /** Where each operand starts in its block, in elements of its dtype. */
  readonly offsets: number[] = [];
  /** Run-time numbers; those beyond what the kernel has mean nothing. */
  scalars: readonly number[] = [];
}

export interface Backend {
  readonly name: string;
  /** Element types that it can hold and compute with. */
  readonly dtypes: readonly DType[];
  /** Operands of one launch, outputs included, at least 8; larger kernels are split before they get here. */
  readonly maxOperands: number;
  /** How many tensors may share one block (1 where a block can't be read and written by one launch). */
  readonly slotsPerBlock: number;
  /** Bytes that one element takes in a block. */
  bytesPerElement(dtype: DType): number;

  /** Whether `compile` takes this kernel. The required kinds (map, reduce, gather, scatter): always, for its dtypes. */
  supports(kernel: Kernel): boolean;
  compile(kernel: Kernel): Program;
  /** What stands for a kernel that `compile` doesn't take: the function `lower`, which needs the required kinds alone. Absent where nothing is declined. */
  readonly lower?: (kernel: Kernel, maxOperands: number) => Program | null;
  run(launch: Launch): void;

  allocate(bytes: number): Block;
  free(block: Block): void;
  write(block: Block, offset: number, dtype: DType, data: DataArray): void;
  read(block: Block, offset: number, dtype: DType, length: number): Promise<DataArray>;
  /** Random floats that it draws sooner than the host makes them and writes them; to the same bits. */
  readonly laws?: DeviceLaws | undefined;
  /** Only where memory can be read without waiting. */
  readSync?(block: Block, offset: number, dtype: DType, length: number): DataArray;
  /** Ends the backend; using it or its tensors afterwards is a `BackendError`. */
  dispose(): void;
}
