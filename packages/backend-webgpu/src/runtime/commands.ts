/**
 * What the device is to do, in order, until it is handed over: one command buffer and one submit a flush, and one upload for the numbers of all its launches. A flush comes with a read, when enough
 * has gathered, and soon after the running task at the latest, so that the device works while the program waits for something else.
 */
import { type Buffer, usage } from './buffers.ts';
import { type Bound, type Pipeline, Pipelines, uniformBytes } from './pipelines.ts';

interface Dispatch {
  readonly pipeline: Pipeline;
  readonly group: GPUBindGroup;
  /** Where its numbers are, in bytes. */
  readonly numbers: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

interface Copy {
  readonly source: GPUBuffer;
  readonly sourceOffset: number;
  readonly target: GPUBuffer;
  readonly targetOffset: number;
  readonly bytes: number;
}

/** Launches after which the device gets them, though more may come. */
const enough = 256;
const numbersBytes = 1 << 20;

/** Milliseconds until the device is asked whether it is done: at first, and at most. */
const [soon, late] = [1, 16];

export class Commands {
  readonly pipelines: Pipelines;
  /** The coming flush; a buffer used by what waits has this number. */
  current = 0;
  /** Launches and submits so far. */
  launches = 0;
  submits = 0;
  readonly #device: GPUDevice;
  readonly #numbers: GPUBuffer;
  readonly #align: number;
  readonly #words: Uint32Array<ArrayBuffer> = new Uint32Array(numbersBytes / 4);
  readonly #floats: Float32Array = new Float32Array(this.#words.buffer);
  #used = 0;
  #waiting: (Dispatch | Copy)[] = [];
  #doomed: Buffer[] = [];
  #scheduled = false;
  /** While it is more than 0, shaders are compiled in the background and nothing is handed over unless it must be. */
  #holds = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#numbers = device.createBuffer({ size: numbersBytes, usage: usage.uniform | usage.copyTarget });
    this.#align = device.limits.minUniformBufferOffsetAlignment / 4;
    this.pipelines = new Pipelines(device, this.#numbers);
  }

  get inBackground(): boolean {
    return this.#holds > 0;
  }

  /**
   * Adds a launch. `words` are its numbers with room at the front for `starts` (one a resource) and run-time numbers (as float and as integer).
   */
  dispatch(
    pipeline: Pipeline,
    resources: readonly Bound[],
    words: Uint32Array,
    starts: readonly number[],
    scalars: readonly number[],
    /** How many of them the shader knows. */
    known: number,
    [x, y, z]: readonly [number, number, number],
  ): void {
    if ((this.#used + uniformBytes / 4) * 4 > numbersBytes) this.flush();
    const at = this.#used;
    this.#used += Math.ceil(words.length / this.#align) * this.#align;
    this.#words.set(words, at);
    let word = at;
    for (let i = 0; i < starts.length; i++) this.#words[word++] = starts[i]!;
    for (let i = 0; i < known; i++) {
      this.#floats[word++] = scalars[i]!;
      this.#words[word++] = scalars[i]!;
    }
    for (const { buffer } of resources) buffer.used = this.current;
    this.launches++;
    this.#add({ pipeline, group: this.pipelines.group(pipeline, resources), numbers: at * 4, x, y, z });
    if (this.#waiting.length >= enough && this.#holds === 0) this.flush();
  }

  /** Adds a copy of so many bytes, whole words. */
  copy(source: Buffer, sourceOffset: number, target: Buffer, targetOffset: number, bytes: number): void {
    source.used = this.current;
    target.used = this.current;
    this.#add({ source: source.gpu, sourceOffset, target: target.gpu, targetOffset, bytes });
  }

  /** Puts data into a buffer; after what waits and uses it. */
  write(target: Buffer, offset: number, data: ArrayBufferView<ArrayBuffer>): void {
    if (target.used === this.current) this.flush();
    this.#device.queue.writeBuffer(target.gpu, offset, data.buffer, data.byteOffset, data.byteLength);
  }

  /** Ends a buffer's life, after what waits and uses it. */
  destroy(buffer: Buffer): void {
    if (buffer.used === this.current) this.#doomed.push(buffer);
    else buffer.gpu.destroy();
  }

  #add(command: Dispatch | Copy): void {
    this.#waiting.push(command);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Not a microtask: a step that awaits its batch, say, is one submit still.
    setTimeout(() => {
      this.#scheduled = false;
      if (this.#holds === 0) this.flush();
    }, 0);
  }

  /** Hands over what waits. */
  flush(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    this.current++;
    if (this.#used > 0) this.#device.queue.writeBuffer(this.#numbers, 0, this.#words, 0, this.#used);
    this.#used = 0;
    this.#device.queue.submit([this.#encode(waiting)]);
    this.submits++;
    for (const { gpu } of this.#doomed.splice(0)) gpu.destroy();
  }

  #encode(commands: readonly (Dispatch | Copy)[]): GPUCommandBuffer {
    const encoder = this.#device.createCommandEncoder();
    let pass: GPUComputePassEncoder | null = null;
    let last: GPUComputePipeline | null = null;
    for (const command of commands) {
      if ('source' in command) {
        pass?.end();
        pass = null;
        const { source, sourceOffset, target, targetOffset, bytes } = command;
        encoder.copyBufferToBuffer(source, sourceOffset, target, targetOffset, bytes);
        continue;
      }
      if (pass === null) {
        pass = encoder.beginComputePass();
        last = null;
      }
      const gpu = command.pipeline.gpu ?? this.pipelines.finish(command.pipeline);
      if (gpu !== last) pass.setPipeline(gpu);
      last = gpu;
      pass.setBindGroup(0, command.group, [command.numbers]);
      pass.dispatchWorkgroups(command.x, command.y, command.z);
    }
    pass?.end();
    return encoder.finish();
  }

  /** Waits for a buffer to be mapped. Firefox sees every 100 ms whether the device is done, and at each submit: so there are some, without commands. */
  async done(mapped: Promise<unknown>): Promise<void> {
    let wait = soon;
    const ask = (): void => {
      this.#device.queue.submit([]);
      wait = Math.min(2 * wait, late);
      timer = setTimeout(ask, wait);
    };
    let timer = setTimeout(ask, wait);
    await mapped.finally(() => clearTimeout(timer));
  }

  /** Runs `body` with shaders compiled side by side in the background; when it is done they are, and what it launched has been handed over. */
  async hold<T>(body: () => T | Promise<T>): Promise<T> {
    this.#holds++;
    try {
      return await body();
    } finally {
      await this.settle().finally(() => {
        this.#holds--;
      });
      this.flush();
    }
  }

  /** Waits until all shaders of what waits are compiled. */
  async settle(): Promise<void> {
    for (;;) {
      const pending = this.#waiting.flatMap((command) =>
        'pipeline' in command && command.pipeline.gpu === null ? [command.pipeline.ready!] : [],
      );
      if (pending.length === 0) return;
      await Promise.all(pending);
    }
  }
}
