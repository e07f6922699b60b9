/** A device that breaks: the reference backend behind a fuse, as a GPU's is, whose memory is read by waiting and is gone once the fuse has blown. */
import {
  type Backend,
  type Block,
  type DataArray,
  DeviceLostError,
  type DType,
  type Kernel,
  type Launch,
  type Program,
  reference,
} from '@nn/backend';

/** The operation (launches, reads and writes are counted) at which it is lost, and what it has done. */
export interface Fuse {
  readonly at: number;
  done: number;
  reads: number;
}

export const fuse = (at = Number.POSITIVE_INFINITY): Fuse => ({ at, done: 0, reads: 0 });

export class Breakable implements Backend {
  readonly name = 'webgpu';
  readonly #inner: Backend = reference();
  readonly #fuse: Fuse;
  readonly dtypes: readonly DType[] = this.#inner.dtypes;
  readonly maxOperands = 8;
  readonly slotsPerBlock = 1;

  constructor(own: Fuse) {
    this.#fuse = own;
  }

  get #isLost(): boolean {
    return this.#fuse.done >= this.#fuse.at;
  }

  #count(op: string): void {
    if (this.#isLost) throw new DeviceLostError(op, 'the device is gone: the fuse has blown');
    this.#fuse.done++;
  }

  bytesPerElement(dtype: DType): number {
    return this.#inner.bytesPerElement(dtype);
  }

  supports(kernel: Kernel): boolean {
    return this.#inner.supports(kernel);
  }

  compile(kernel: Kernel): Program {
    return this.#inner.compile(kernel);
  }

  run(launch: Launch): void {
    this.#count(launch.label);
    this.#inner.run(launch);
  }

  allocate(bytes: number): Block {
    return this.#inner.allocate(bytes);
  }

  free(block: Block): void {
    this.#inner.free(block);
  }

  write(block: Block, offset: number, dtype: DType, data: DataArray): void {
    this.#count('write');
    this.#inner.write(block, offset, dtype, data);
  }

  /** Several turns of the event loop later, as a device answers: if it is there still. */
  async read(block: Block, offset: number, dtype: DType, length: number): Promise<DataArray> {
    this.#count('read');
    this.#fuse.reads++;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#isLost) throw new DeviceLostError('read', 'the device is gone: the fuse has blown');
    return this.#inner.read(block, offset, dtype, length);
  }

  dispose(): void {
    this.#inner.dispose();
  }
}
