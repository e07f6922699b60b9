/** Whether the device still serves: it may be disposed of, be lost, or have refused a command, which is known only later. Throws the errors that say so. */
import { BackendError, DeviceLostError, OutOfMemoryError } from '@nn/backend';

/** What is told of a loss. */
export interface Loss {
  readonly reason: string;
  readonly message: string;
}

/** Errors are caught in scopes, which are told of each: Firefox tells of uncaught ones with the same words only once. */
const caught = ['validation', 'out-of-memory'] as const;

/** Milliseconds within which a lost device says that it is lost. */
const patience = 1000;

export class Life {
  readonly #device: GPUDevice;
  #ended: 'disposed' | Loss | null = null;
  /** The first error since it was last asked for. */
  #failure: string | null = null;
  #isFull = false;

  constructor(device: GPUDevice, onLost?: (loss: Loss) => void) {
    this.#device = device;
    device.addEventListener('uncapturederror', ({ error }) => this.#note(error));
    this.#catch();
    void device.lost.then(({ reason, message }) => {
      if (this.#ended !== null) return;
      this.#ended = { reason, message };
      onLost?.(this.#ended);
    });
  }

  #note(error: GPUError): void {
    this.#failure ??= error.message;
    this.#isFull ||= error.constructor.name === 'GPUOutOfMemoryError';
  }

  #catch(): void {
    for (const filter of caught) this.#device.pushErrorScope(filter);
  }

  /** Waits until errors of all commands so far are known. A device that is lost has none. */
  async settle(): Promise<void> {
    const scopes = caught.map(() => this.#device.popErrorScope());
    this.#catch();
    for (const scope of await Promise.allSettled(scopes))
      if (scope.status === 'fulfilled' && scope.value !== null) this.#note(scope.value);
  }

  get isOver(): boolean {
    return this.#ended !== null;
  }

  get isDisposed(): boolean {
    return this.#ended === 'disposed';
  }

  dispose(): void {
    this.#ended = 'disposed';
    this.#device.destroy();
  }

  /** Throws where the device is no more. */
  check(op: string): void {
    const ended = this.#ended;
    if (ended === null) return;
    if (ended === 'disposed') throw new BackendError(op, 'the webgpu backend was disposed; make a new one');
    throw new DeviceLostError(
      op,
      `the GPU device is lost (${ended.reason}): ${ended.message}; open another with webgpu(), or wasm(), and go on from what was copied to the host`,
    );
  }

  /** Throws where the device is no more, or a command was refused since the last read: what is read then means nothing. `inUse`: bytes on the device. */
  checkCommands(inUse: number): void {
    this.check('read');
    if (this.#failure !== null) throw this.#failed(this.#failure, inUse);
  }

  /** What a read that failed means: mostly that the device is lost, which it may say a little later. */
  async explain(error: unknown, inUse: number): Promise<Error> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([this.#device.lost, waited]);
    clearTimeout(timer);
    try {
      this.check('read');
    } catch (lost) {
      return lost as Error;
    }
    return this.#failed(this.#failure ?? (error instanceof Error ? error.message : String(error)), inUse);
  }

  #failed(message: string, inUse: number): BackendError {
    const isFull = this.#isFull;
    this.#failure = null;
    this.#isFull = false;
    return isFull
      ? new OutOfMemoryError(
          'read',
          `the device has no memory left, ${inUse} bytes are in use: ${message}; use a smaller batch or model, or wasm()`,
        )
      : new BackendError('read', `the device refused a command since the last read: ${message}`);
  }
}
