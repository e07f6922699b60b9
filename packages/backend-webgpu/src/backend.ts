/** The backend: memory, programs, launches and reads. What shaders look like is the business of `kinds/`, how commands reach the device that of `runtime/`. */
import {
  type Backend, BackendError, type Block, type DataArray, type DeviceLaws, type DType, IndexError, input, type Kernel, kernelKey, Launch,
  lower, narrowLaws, OutOfMemoryError, operandsOf, type Program, product,
} from '@nn/backend'; // biome-ignore format: one list
import { type DeviceFacts, infoOf, type WebGPUInfo } from './info.ts';
import { kinds } from './kinds/index.ts';
import type { Binding, Facts, Kind, Pass } from './kinds/kind.ts';
import { Source } from './kinds/source.ts';
import { type Prepared, Step, WebGPUProgram } from './program.ts';
import { type Buffer, Buffers, usage } from './runtime/buffers.ts';
import { Cache } from './runtime/cache.ts';
import { Commands } from './runtime/commands.ts';
import { Faults } from './runtime/faults.ts';
import { Life, type Loss } from './runtime/life.ts';
import { type Bound, type Pipeline, uniformBytes } from './runtime/pipelines.ts';
import type { Library } from './scalar/library.ts';
import { bytesOf, fromStored, toStored } from './storage.ts';

/** Bytes of buffers that nobody uses, kept for the next who asks. */
const mostKept = 256 << 20;
const mostStagingKept = 64 << 20;

export class WebGPUBlock implements Block {
  readonly bytes: number;
  readonly buffer: Buffer;
  constructor(bytes: number, buffer: Buffer) {
    this.bytes = bytes;
    this.buffer = buffer;
  }
}

export interface Settings extends DeviceFacts {
  readonly onLost?: ((loss: Loss) => void) | undefined;
  /** Bytes that one binding may have; less than the device's limit only in tests. */
  readonly window?: number;
  /** Functions of shaders, where the device's compiler needs others than the usual ones. */
  readonly library?: Library;
}

/** What was done so far. */
export interface WebGPUCounts {
  readonly launches: number;
  readonly submits: number;
  /** Shaders compiled. */
  readonly pipelines: number;
  readonly bindGroups: number;
  /** Buffers made for tensors and temporaries, and for reads. */
  readonly buffers: number;
  readonly stagingBuffers: number;
}

export class WebGPUBackend implements Backend {
  readonly name = 'webgpu';
  readonly dtypes: readonly DType[];
  readonly maxOperands: number;
  /** A buffer can't be read and written by one launch. */
  readonly slotsPerBlock = 1;
  readonly lower: (kernel: Kernel, maxOperands: number) => Program | null = lower;
  readonly laws: DeviceLaws = narrowLaws;
  /** The device; destroying it loses everything on it. */
  readonly device: GPUDevice;
  readonly #settings: Settings;
  readonly #facts: Facts;
  readonly #window: number;
  readonly #commands: Commands;
  readonly #buffers: Buffers;
  readonly #staging: Buffers;
  readonly #faults: Faults;
  readonly #programs = new Cache<WebGPUProgram>(2048);
  readonly #life: Life;

  constructor(settings: Settings) {
    const { device } = settings;
    this.device = device;
    this.#settings = settings;
    const { features, limits } = device;
    this.#facts = {
      shaderF16: features.has('shader-f16'),
      storageBuffers: limits.maxStorageBuffersPerShaderStage,
    };
    this.maxOperands = limits.maxStorageBuffersPerShaderStage;
    const always: readonly DType[] = ['float32', 'int32', 'int64', 'uint8', 'bool'];
    this.dtypes = this.#facts.shaderF16 ? ['float16', ...always] : always;
    this.#window = Math.floor((settings.window ?? limits.maxStorageBufferBindingSize) / 256) * 256;
    this.#commands = new Commands(device);
    const destroy = (buffer: Buffer): void => this.#commands.destroy(buffer);
    this.#buffers = new Buffers(device, usage.storage | usage.copySource | usage.copyTarget, mostKept, destroy);
    this.#staging = new Buffers(device, usage.mapRead | usage.copyTarget, mostStagingKept, destroy);
    this.#faults = new Faults(this.#buffers.take(16), this.#buffers.take(16));
    this.#life = new Life(device, settings.onLost);
  }

  bytesPerElement(dtype: DType): number {
    return bytesOf(dtype);
  }

  supports(kernel: Kernel): boolean {
    const kind = kinds[kernel.kind] as Kind | undefined;
    return kind !== undefined && (kind.supports?.(kernel, this.#facts) ?? true);
  }

  compile(kernel: Kernel): Program {
    this.#life.check('compile');
    const key = kernelKey(kernel);
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = new WebGPUProgram(kernel, key, kinds[kernel.kind] as Kind, operandsOf(kernel).outputs.length);
      this.#programs.set(key, program);
    }
    return program;
  }

  run(launch: Launch): void {
    this.#life.check(launch.label);
    const program = launch.program as WebGPUProgram;
    const prepared = this.#prepare(program, launch);
    if (prepared.steps.length === 0) return;
    const temporaries: Buffer[] = [];
    try {
      const operands = this.#apart(program, launch, temporaries);
      const scratch = prepared.scratch.map((bytes) => this.#temporary(bytes, temporaries));
      for (const step of prepared.steps) this.#dispatch(step, launch, operands, scratch);
    } finally {
      for (const buffer of temporaries) this.#buffers.give(buffer);
    }
  }

  #temporary(bytes: number, temporaries: Buffer[]): Buffer {
    const buffer = this.#buffers.take(bytes);
    temporaries.push(buffer);
    return buffer;
  }

  #dispatch(step: Step, launch: Launch, operands: readonly Buffer[], scratch: readonly Buffer[]): void {
    const resources: Bound[] = [];
    const starts: number[] = [];
    for (const { from } of step.bindings) {
      const buffer =
        from === 'faults' ? this.#faults.buffer : 'operand' in from ? operands[from.operand]! : scratch[from.scratch]!;
      starts.push(
        from === 'faults' ? this.#faults.expect(launch.label) : 'operand' in from ? launch.offsets[from.operand]! : 0,
      );
      this.#bind(resources, buffer);
    }
    this.#commands.dispatch(
      step.pipeline,
      resources,
      step.words,
      starts,
      launch.scalars,
      step.scalars,
      step.pass.groups,
    );
  }

  /** The buffer as one resource, or as several windows where it is larger than a binding may be. */
  #bind(resources: Bound[], buffer: Buffer): void {
    for (let offset = 0; offset < buffer.bytes; offset += this.#window)
      resources.push({ buffer, offset, bytes: Math.min(this.#window, buffer.bytes - offset) });
  }

  /** The operands' buffers; what would be read while another output is written there is copied first. */
  #apart(program: WebGPUProgram, launch: Launch, temporaries: Buffer[]): Buffer[] {
    const { blocks, count } = launch;
    const { outputs, replaced } = program;
    const buffers: Buffer[] = [];
    for (let i = 0; i < count; i++) {
      let { buffer } = blocks[i] as WebGPUBlock;
      if (i >= outputs && !replaced.has(i) && isAmong(buffers, outputs, buffer)) {
        const copy = this.#temporary(buffer.bytes, temporaries);
        this.#commands.copy(buffer, 0, copy, 0, buffer.bytes);
        buffer = copy;
      }
      buffers.push(buffer);
    }
    return buffers;
  }

  #prepare(program: WebGPUProgram, launch: Launch): Prepared {
    const geometry = launch.geometry!;
    const { blocks, offsets, count } = launch;
    let aligned = program.kind.aligns === true;
    let large = false;
    for (let i = 0; i < count; i++) {
      if ((offsets[i]! & 3) !== 0) aligned = false;
      if ((blocks[i] as WebGPUBlock).buffer.bytes > this.#window) large = true;
    }
    const windows = large
      ? blocks.slice(0, count).map((block) => this.#windowsOf((block as WebGPUBlock).buffer.bytes))
      : [];
    const form = `${aligned ? 'a' : ''}${windows.join()}`;
    return program.find(geometry, form) ?? this.#make(program, launch, aligned, windows, form);
  }

  #windowsOf(bytes: number): number {
    return Math.ceil(bytes / this.#window);
  }

  #make(
    program: WebGPUProgram,
    { geometry: asked, label }: Launch,
    aligned: boolean,
    windows: readonly number[],
    form: string,
  ): Prepared {
    const { kernel, kind, scalars } = program;
    const geometry = asked!;
    const elements = product(geometry.sizes);
    if (elements > 2 ** 31 - 1 && kernel.kind !== 'matmul' && kernel.kind !== 'conv')
      throw new BackendError(
        label,
        `${elements} elements in one operation; the webgpu backend counts to 2147483647: work on parts`,
      );
    const variant = kind.variant(kernel, geometry, this.#facts, aligned);
    const scratch = variant.scratch ?? [];
    const windowsOf = ({ from }: Binding): number =>
      from === 'faults'
        ? 1
        : 'operand' in from
          ? (windows[from.operand] ?? 1)
          : this.#windowsOf(scratch[from.scratch]!);
    const steps = variant.passes
      .filter(({ groups }) => groups.every((n) => n > 0))
      .map((pass) => new Step(pass, scalars, this.#pipelineOf(program, label, pass, pass.bindings.map(windowsOf))));
    const most = steps.reduce((n, { words }) => Math.max(n, words.length), 0);
    if (most * 4 > uniformBytes)
      throw new BackendError(
        label,
        `needs ${most} numbers a launch, the webgpu backend has room for ${uniformBytes / 4}; use fewer dimensions or fewer tensors at once`,
      );
    return program.set(geometry, form, variant, steps);
  }

  #pipelineOf(
    { key: kernelKeyText, kernel, scalars }: WebGPUProgram,
    label: string,
    pass: Pass,
    windows: readonly number[],
  ): Pipeline {
    const { pipelines, inBackground } = this.#commands;
    const key = `${pass.key} ${windows.every((n) => n === 1) ? '' : windows.join()} ${kernelKeyText}`;
    const found = pipelines.find(key);
    if (found !== undefined) return found;
    const modes = pass.bindings.map(({ writes }, b) => (writes ? 'w' : 'r').repeat(windows[b]!)).join('');
    const { storageBuffers } = this.#facts;
    if (modes.length > storageBuffers)
      throw new BackendError(
        label,
        `needs ${modes.length} storage buffers in one shader, this device has ${storageBuffers}; use fewer or smaller tensors at once`,
      );
    const source = new Source(pass, scalars, windows, this.#window, this.#settings.library);
    pass.emit(source);
    return pipelines.make(key, `${kernel.kind} ${pass.key}`.trim(), source.text(), modes, inBackground);
  }

  /**
   * Runs `body` while its shaders are compiled side by side in the background; what it computes is computed when they are ready. For a first step, so that a page isn't blocked and several compile at once.
   *
   * @returns what `body` returns
   */
  async warmup<T>(body: () => T | Promise<T>): Promise<T> {
    this.#life.check('warmup');
    return this.#commands.hold(body);
  }

  /** What it works with: adapter, features, limits, memory. */
  info(): WebGPUInfo {
    return infoOf(this.#settings, this.#facts, this.#buffers);
  }

  /** What was done so far. */
  counts(): WebGPUCounts {
    const { launches, submits, pipelines } = this.#commands;
    return {
      launches,
      submits,
      pipelines: pipelines.made,
      bindGroups: pipelines.groupsMade,
      buffers: this.#buffers.made,
      stagingBuffers: this.#staging.made,
    };
  }

  allocate(bytes: number): Block {
    this.#life.check('allocate');
    return new WebGPUBlock(bytes, this.#buffers.take(bytes));
  }

  free(block: Block): void {
    if (!this.#life.isOver) this.#buffers.give((block as WebGPUBlock).buffer);
  }

  write(block: Block, offset: number, dtype: DType, data: DataArray): void {
    this.#life.check('write');
    if (data.length === 0) return;
    const start = offset * bytesOf(dtype);
    const stored = toStored(dtype, data);
    if (start % 4 === 0 && stored.byteLength % 4 === 0)
      this.#commands.write((block as WebGPUBlock).buffer, start, stored);
    else this.#writeHalves(block, offset, stored as Uint16Array<ArrayBuffer>);
  }

  /** Elements of two bytes that don't make whole words: a copy that a shader makes. */
  #writeHalves(block: Block, offset: number, data: Uint16Array<ArrayBuffer>): void {
    const words = new Uint16Array(Math.ceil(data.length / 2) * 2);
    words.set(data);
    const source = this.allocate(words.byteLength);
    this.#commands.write((source as WebGPUBlock).buffer, 0, words);
    const launch = new Launch();
    launch.program = this.compile(copyOfHalves());
    launch.geometry = { sizes: [data.length], strides: [[1], [1]], extents: [] };
    launch.label = 'write';
    launch.count = 2;
    launch.blocks.push(block, source);
    launch.offsets.push(offset, 0);
    this.run(launch);
    this.free(source);
  }

  async read(block: Block, offset: number, dtype: DType, length: number): Promise<DataArray> {
    this.#life.check('read');
    const width = bytesOf(dtype);
    const from = Math.floor((offset * width) / 4) * 4;
    const bytes = Math.ceil(((offset + length) * width) / 4) * 4 - from;
    const faults = this.#faults.taken();
    if (bytes === 0 && !faults) return fromStored(dtype, new ArrayBuffer(0), 0, 0);
    const staging = this.#staging.take(bytes + 16);
    if (bytes > 0) this.#commands.copy((block as WebGPUBlock).buffer, from, staging, 0, bytes);
    if (faults) {
      this.#commands.copy(this.#faults.buffer, 0, staging, bytes, 16);
      this.#commands.copy(this.#faults.none, 0, this.#faults.buffer, 0, 16);
    }
    await this.#commands.settle();
    this.#life.check('read');
    this.#commands.flush();
    const memory = await this.#map(staging, bytes + (faults ? 16 : 0));
    try {
      if (faults) this.#throwFault(new Uint32Array(memory, bytes, 4));
      return fromStored(dtype, memory, offset * width - from, length);
    } finally {
      staging.gpu.unmap();
      this.#staging.give(staging);
    }
  }

  /** The bytes of a buffer for reads, once the device has written them. */
  async #map(staging: Buffer, bytes: number): Promise<ArrayBuffer> {
    try {
      let memory: ArrayBuffer;
      try {
        const mapped = staging.gpu.mapAsync(1, 0, bytes);
        await Promise.all([this.#commands.done(mapped), this.#life.settle()]);
        memory = staging.gpu.getMappedRange(0, bytes);
      } catch (error) {
        throw await this.#life.explain(error, this.#buffers.live);
      }
      this.#life.checkCommands(this.#buffers.live);
      return memory;
    } catch (error) {
      staging.gpu.destroy();
      // Any buffer, this one too, may be what there was no memory for.
      if (error instanceof OutOfMemoryError) for (const own of [this.#buffers, this.#staging]) own.distrust();
      throw error;
    }
  }

  #throwFault(words: Uint32Array): void {
    const fault = this.#faults.found(words);
    if (fault === null) return;
    throw new IndexError(fault.label, `index ${fault.index} is out of bounds for dimension with size ${fault.size}`);
  }

  dispose(): void {
    if (this.#life.isDisposed) return;
    this.#programs.clear();
    this.#commands.pipelines.clear();
    this.#life.dispose();
  }
}

/** Whether it is one of the first so many. */
function isAmong(buffers: readonly Buffer[], count: number, buffer: Buffer): boolean {
  for (let i = 0; i < count; i++) if (buffers[i] === buffer) return true;
  return false;
}

const copyOfHalves = (): Kernel => ({
  kind: 'map',
  rank: 1,
  inputs: [{ dtype: 'float16', access: 'contiguous' }],
  outputs: [{ dtype: 'float16', access: 'contiguous', expression: input(0, 'f32'), overwrites: -1 }],
  scalars: 0,
});
