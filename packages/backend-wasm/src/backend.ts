/** The backend: memory, programs and launches. What the code of a kernel looks like is the business of `kinds/`. */
import {
  type Backend,
  BackendError,
  type Block,
  type DataArray,
  type DeviceLaws,
  type DType,
  dtypes,
  type Geometry,
  IndexError,
  type Kernel,
  kernelKey,
  type Launch,
  operandsOf,
  type Program,
  product,
} from '@nn/backend';
import { type Features, WasmModule } from './assembler/index.ts';
import { hostFunctions } from './host.ts';
import { bytesOf, shiftOf } from './kinds/access.ts';
import { BlockLayout, faultWord, type Kind, sharedWord, type Variant } from './kinds/kind.ts';
import type { Heap } from './memory/heap.ts';
import { blockAddress, blockBytes } from './memory/layout.ts';
import type { LinearMemory } from './memory/linear-memory.ts';
import { type DrawsPart, lacking, type MathPart, type Part, type Parts, type WayPart } from './part.ts';
import { Entry, Prepared, WasmProgram } from './program.ts';
import type { Pool } from './threads/pool.ts';

/** Programs and entries kept; the one that was asked for longest ago goes when there are more. */
const cacheLimit = 2048;
/** One number that counts elements has 31 bits. */
const mostElements = 2 ** 31 - 1;

const sharedAt = (blockAddress >> 2) + sharedWord;
const faultAt = (blockAddress >> 2) + faultWord;

export class WasmBlock implements Block {
  readonly bytes: number;
  readonly address: number;
  constructor(bytes: number, address: number) {
    this.bytes = bytes;
    this.address = address;
  }
}

export interface Settings {
  readonly parts: Parts;
  /** Whether relaxed instructions are used. */
  readonly relaxed: boolean;
  /** Whether kernels are written for vectors of 256 bits. */
  readonly pairs: boolean;
  readonly memory: LinearMemory;
  readonly heap: Heap;
  readonly pool: Pool | null;
  readonly reason: string | null;
}

/** What a backend has to work with. */
export interface WasmInfo {
  /** Threads that compute, the caller's own included. */
  readonly threads: number;
  /** Why there are no more; null where there are as many as were asked for. */
  readonly reason: string | null;
  /** Names of the parts it is made of. */
  readonly parts: readonly string[];
  /** Whether fused multiply-adds are used. */
  readonly relaxed: boolean;
  /** Bits of the vectors that kernels are written for. */
  readonly vectors: 128 | 256;
  /** Bytes of linear memory: in use, most ever in use, taken from the machine. */
  readonly memory: { readonly used: number; readonly peak: number; readonly taken: number };
  /** Modules compiled so far. */
  readonly compiled: number;
}

export class WasmBackend implements Backend {
  readonly name = 'wasm';
  readonly dtypes: readonly DType[] = ['bool', 'uint8', 'int32', 'int64', 'float32', 'float64'];
  readonly maxOperands = 64;
  readonly slotsPerBlock = 64;
  readonly laws: DeviceLaws | undefined;
  readonly #parts: Parts;
  readonly #draws: DrawsPart | undefined;
  readonly #features: Features;
  readonly #memory: LinearMemory;
  readonly #heap: Heap;
  #imports: WebAssembly.Imports;
  readonly #programs = new Map<string, WasmProgram>();
  readonly #entries = new Map<string, Entry>();
  #nextEntry = 0;
  /** Memory that launches use beside their operands. */
  #roomAt = 0;
  #roomBytes = 0;
  readonly #pool: Pool | null;
  readonly #reason: string | null;
  #disposed = false;

  constructor({ parts, relaxed, pairs, memory, heap, pool, reason }: Settings) {
    this.#parts = parts;
    this.#draws = parts.get('draws') as DrawsPart | undefined;
    this.laws = this.#draws?.content.laws;
    this.#features = { relaxed, pairs, shared: memory.shared, threads: pool?.threads };
    this.#memory = memory;
    this.#heap = heap;
    this.#pool = pool;
    this.#reason = reason;
    this.#imports = { e: hostFunctions(memory.memory) };
  }

  bytesPerElement(dtype: DType): number {
    return bytesOf(dtype);
  }

  supports(kernel: Kernel): boolean {
    return this.#parts.has(kernel.kind);
  }

  /** Nothing stands for a part that isn't there. */
  lower(kernel: Kernel): null {
    this.#partOf(kernel);
    return null;
  }

  #partOf({ kind }: Kernel): Part {
    const part = this.#parts.get(kind);
    if (part === undefined) throw lacking(kind, kind);
    return part;
  }

  compile(kernel: Kernel): Program {
    this.#refuseDisposed('compile');
    const key = kernelKey(kernel);
    let program = recall(this.#programs, key);
    if (program === undefined) {
      this.#partOf(kernel);
      const { outputs, inputs } = operandsOf(kernel);
      const operands = [...outputs, ...inputs];
      const layout = new BlockLayout('scalars' in kernel ? kernel.scalars : 0, operands.length);
      const faults = kernel.kind === 'gather' || kernel.kind === 'scatter';
      program = new WasmProgram(kernel, key, blockAddress, layout, operands.map(shiftOf), faults);
      remember(this.#programs, key, program);
    }
    return program;
  }

  run(launch: Launch): void {
    this.#refuseDisposed(launch.label);
    const program = launch.program as WasmProgram;
    const geometry = launch.geometry!;
    let prepared = program.find(geometry) ?? this.#prepare(program, geometry);
    if (prepared.patience >= 0 && prepared.patience-- === 0) prepared = this.#keep(program, geometry, prepared.hot!());
    const { units, constants, entry } = prepared;
    if (units === 0) return;
    const pool = this.#pool;
    // What doesn't fall into two chunks stays on this thread.
    const own = prepared.scratch * (pool === null || units <= prepared.grain ? 1 : pool.threads);
    const scratch = this.#room(own + prepared.shared);
    const { shifts, firstScalar, firstOperand } = program;
    const { words, doubles } = this.#memory;
    const { blocks, offsets, scalars, count } = launch;
    for (let i = 0; i < scalars.length; i++) doubles[firstScalar + i] = scalars[i]!;
    let word = firstOperand;
    for (let i = 0; i < count; i++) words[word++] = (blocks[i] as WasmBlock).address + offsets[i]! * (1 << shifts[i]!);
    for (let i = 0; i < constants.length; i++) words[word++] = constants[i]!;
    words[sharedAt] = scratch + own;
    words[faultAt] = 0;
    if (pool === null || !pool.share(launch.label, entry, blockAddress, scratch, prepared))
      entry.run(blockAddress, 0, units, scratch);
    if (prepared.finish) entry.finish!(blockAddress, 0, units, scratch);
    if (program.faults) this.#throwFault(launch.label);
  }

  #prepare(program: WasmProgram, geometry: Geometry): Prepared {
    const { kernel } = program;
    const refused = (why: string): BackendError => new BackendError(kernel.kind, why);
    const elements = product(geometry.sizes);
    if (elements > mostElements && kernel.kind !== 'matmul' && kernel.kind !== 'conv')
      throw refused(`${elements} elements in one operation; the wasm backend counts to ${mostElements}: work on parts`);
    const variant =
      this.#ownWay(kernel, geometry) ??
      (this.#partOf(kernel).content as Kind<Kernel>)(kernel, geometry, this.#features);
    if (program.layout.constant(variant.constants.length) > blockBytes)
      throw refused(`${variant.constants.length} numbers don't fit a launch of the wasm backend`);
    return this.#keep(program, geometry, variant);
  }

  #ownWay(kernel: Kernel, geometry: Geometry): Variant | null | undefined {
    const parts = this.#parts;
    if (kernel.kind === 'rows')
      return (parts.get('across') as WayPart<'rows', 'across'> | undefined)?.content(kernel, geometry);
    if (kernel.kind !== 'map') return null;
    const bytes = parts.get('bytes') as WayPart<'map', 'bytes'> | undefined;
    return this.#draws?.content.way(kernel, geometry) ?? bytes?.content(kernel, geometry);
  }

  #keep(program: WasmProgram, geometry: Geometry, variant: Variant): Prepared {
    const prepared = new Prepared(geometry, variant, this.#entryOf(program, variant));
    program.set(prepared);
    return prepared;
  }

  #entryOf(program: WasmProgram, variant: Variant): Entry {
    const key = `${variant.key} ${program.key}`;
    let entry = recall(this.#entries, key);
    if (entry === undefined) {
      const { kind } = program.kernel;
      const math = this.#parts.get('math') as MathPart | undefined;
      const module = new WasmModule(this.#features, (name) => {
        const code = math?.content[name];
        if (code === undefined) throw lacking(kind, 'math', `, which has ${name}`);
        return code;
      });
      variant.emit(module);
      const bytes = module.encode();
      const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), this.#imports);
      entry = new Entry(this.#nextEntry++, bytes, instance.exports);
      remember(this.#entries, key, entry);
    }
    return entry;
  }

  /** What it has to work with: threads (and why there are no more), instructions, memory. */
  info(): WasmInfo {
    const pool = this.#pool;
    const broken = pool?.broken ?? null;
    return {
      threads: pool === null || broken !== null ? 1 : pool.threads,
      reason: broken ?? this.#reason,
      parts: [...this.#parts.keys()],
      relaxed: this.#features.relaxed,
      vectors: this.#features.pairs ? 256 : 128,
      memory: { used: this.#heap.used, peak: this.#heap.peak, taken: this.#memory.size },
      compiled: this.#nextEntry,
    };
  }

  /** At least so many bytes that are kept from launch to launch, or until there is no other memory. */
  #room(bytes: number): number {
    if (bytes > this.#roomBytes) {
      this.#giveBack();
      this.#roomAt = this.#heap.allocate(bytes);
      this.#roomBytes = bytes;
    }
    return this.#roomAt;
  }

  #giveBack(): void {
    if (this.#roomBytes) this.#heap.free(this.#roomAt, this.#roomBytes);
    this.#roomBytes = 0;
  }

  #throwFault(label: string): void {
    const { words } = this.#memory;
    if (words[faultAt] === 0) return;
    throw new IndexError(
      label,
      `index ${words[faultAt + 1]} is out of bounds for dimension with size ${words[faultAt + 2]}`,
    );
  }

  allocate(bytes: number): Block {
    this.#refuseDisposed('allocate');
    try {
      return new WasmBlock(bytes, this.#heap.allocate(bytes));
    } catch {
      this.#giveBack();
      return new WasmBlock(bytes, this.#heap.allocate(bytes));
    }
  }

  free(block: Block): void {
    if (!this.#disposed) this.#heap.free((block as WasmBlock).address, block.bytes);
  }

  write(block: Block, offset: number, dtype: DType, data: DataArray): void {
    this.#refuseDisposed('write');
    this.#view(dtype).set(data, this.#elementOf(block, offset, dtype));
  }

  async read(block: Block, offset: number, dtype: DType, length: number): Promise<DataArray> {
    return this.readSync(block, offset, dtype, length);
  }

  readSync(block: Block, offset: number, dtype: DType, length: number): DataArray {
    this.#refuseDisposed('read');
    const start = this.#elementOf(block, offset, dtype);
    const result = new dtypes[dtype].array(length);
    result.set(this.#view(dtype).subarray(start, start + length));
    return result;
  }

  #elementOf(block: Block, offset: number, dtype: DType): number {
    return (block as WasmBlock).address / bytesOf(dtype) + offset;
  }

  #view(dtype: DType): DataArray {
    const { bytes, words, floats, doubles } = this.#memory;
    if (dtype === 'float32') return floats;
    if (dtype === 'float64') return doubles;
    return bytesOf(dtype) === 1 ? bytes : words;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#pool?.dispose();
    // Plans hold programs, and users tensors: none of them shall hold the memory.
    for (const entry of this.#entries.values()) entry.drop();
    this.#memory.drop();
    this.#imports = {};
    this.#programs.clear();
    this.#entries.clear();
  }

  #refuseDisposed(op: string): void {
    if (this.#disposed) throw new BackendError(op, 'the wasm backend was disposed; make a new one');
  }
}

/** What is kept under a key, now the last that will go. */
function recall<V>(cache: Map<string, V>, key: string): V | undefined {
  const value = cache.get(key);
  if (value === undefined) return undefined;
  cache.delete(key);
  cache.set(key, value);
  return value;
}

function remember<V>(cache: Map<string, V>, key: string, value: V): void {
  if (cache.size >= cacheLimit) cache.delete(cache.keys().next().value!);
  cache.set(key, value);
}
