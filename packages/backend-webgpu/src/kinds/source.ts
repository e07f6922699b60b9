/**
 * A shader while a kind writes it: its memory, its numbers and its lines. In the body there are `group` (the workgroup's place), `groups` (how many there are),
 * `lane` (the thread in its workgroup, counted through) and `local` (its place there).
 */
import { type DType, dtypes, type Expression, type ScalarType } from '@nn/backend';
import { type Library, library } from '../scalar/library.ts';
import { Shader } from '../shader.ts';
import type { Binding, Pass } from './kind.ts';

/** How elements lie in memory. */
const stored: Readonly<Record<Binding['dtype'], string>> = {
  float32: 'f32',
  float16: 'f16',
  float64: 'f64',
  int32: 'i32',
  int64: 'i32',
  uint8: 'u32',
  bool: 'u32',
  u32: 'u32',
};

/** Words before the geometry's: where each binding's operand starts, then two a run-time number, as a float and as an integer. */
export const wordsBefore = (bindings: number, scalars: number): number => bindings + 2 * scalars;

export class Source {
  readonly shader: Shader;
  /** Statements of the body. */
  readonly lines: string[] = [];
  /** What stands outside of functions: workgroup memory, functions of the kind's own. */
  readonly declarations: string[] = [];
  readonly #pass: Pass;
  readonly #scalars: number;
  readonly #windows: readonly number[];
  readonly #window: number;

  /** `windows`: bindings that each operand takes, one unless it is larger than a binding may be, then of `window` bytes each. `helpers`: functions that shaders may use. */
  constructor(pass: Pass, scalars: number, windows: readonly number[], window: number, helpers: Library = library) {
    this.shader = new Shader(helpers);
    this.#pass = pass;
    this.#scalars = scalars;
    this.#windows = windows;
    this.#window = window;
  }

  /** Number `i` of the geometry, unsigned. */
  word(i: number): string {
    return this.#number(wordsBefore(this.#pass.bindings.length, this.#scalars) + i);
  }

  /** Where binding `b` starts, in elements. */
  start(b: number): string {
    return this.#number(b);
  }

  /** Text of a leaf `scalar`. */
  scalar({ value, type }: Expression): string {
    const at = this.#pass.bindings.length + 2 * value;
    if (type === 'f32') return `bitcast<f32>(${this.#number(at)})`;
    const word = this.#number(at + 1);
    return type === 'bool' ? `(${word} != 0u)` : type === 'u32' ? word : `bitcast<i32>(${word})`;
  }

  #number(i: number): string {
    return `numbers[${i >> 2}].${'xyzw'[i & 3]}`;
  }

  /** Appends statements. */
  line(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  /** Gives a value a name of its own; the name. */
  let(value: string, stem?: string): string {
    const name = this.shader.name(stem);
    this.lines.push(`let ${name} = ${value};`);
    return name;
  }

  /** The workgroup's number, counted through all directions that `groupsOf` folds. */
  readonly unit = '(group.x + groups.x * group.y)';

  /** Element `index` (unsigned, counted from the beginning of the block; in fours where the binding's width is 4) as its dtype computes. */
  load(b: number, index: string): string {
    const { dtype, width } = this.#pass.bindings[b]!;
    const raw = this.#windows[b] === 1 ? `b${b}[${index}]` : `load${b}(${index})`;
    return this.#fromStored(dtype, raw, width);
  }

  /** Statement that stores a value of the dtype's scalar type there. */
  store(b: number, index: string, value: string): string {
    const { dtype, width } = this.#pass.bindings[b]!;
    const raw = this.#toStored(dtype, value, width);
    return this.#windows[b] === 1 ? `b${b}[${index}] = ${raw};` : `store${b}(${index}, ${raw});`;
  }

  /** Statement that reports an index (i32) out of range of a dimension's size (u32), through a binding of `faults`. The first of a launch stays. */
  fault(b: number, index: string, size: string): string {
    return `if (atomicCompareExchangeWeak(&b${b}[0], 0u, 1u).exchanged) { atomicStore(&b${b}[1], bitcast<u32>(${index})); atomicStore(&b${b}[2], ${size}); atomicStore(&b${b}[3], ${this.start(b)}); }`;
  }

  #fromStored(dtype: Binding['dtype'], raw: string, width?: 4): string {
    if (dtype === 'bool') return `(${raw} != 0u)`;
    if (dtype === 'uint8') return `bitcast<i32>(${raw})`;
    if (dtype !== 'float16') return raw;
    return `${this.shader.use(width === 4 ? 'fromHalves' : 'fromHalf')}(${raw})`;
  }

  #toStored(dtype: Binding['dtype'], value: string, width?: 4): string {
    if (dtype === 'bool') return `select(0u, 1u, ${value})`;
    if (dtype === 'uint8') return `(bitcast<u32>(${value}) & 255u)`;
    if (dtype !== 'float16') return value;
    return `${this.shader.use(width === 4 ? 'halves' : 'half')}(${value})`;
  }

  /** The whole shader. Asked once, after the body was written. */
  text(): string {
    const { bindings, words, threads } = this.#pass;
    const count = Math.max(1, Math.ceil((wordsBefore(bindings.length, this.#scalars) + words.length) / 4));
    const half = bindings.some(({ dtype }) => dtype === 'float16');
    return [
      half ? 'enable f16;' : '',
      ...this.#memory(),
      `@group(0) @binding(${this.#windows.reduce((sum, n) => sum + n, 0)}) var<uniform> numbers: array<vec4<u32>, ${count}>;`,
      this.shader.helpers,
      ...this.declarations,
      `@compute @workgroup_size(${threads.join(', ')})`,
      'fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>, @builtin(local_invocation_index) lane: u32) {',
      ...this.lines,
      '}',
    ].join('\n');
  }

  #memory(): string[] {
    let slot = 0;
    return this.#pass.bindings.flatMap(({ dtype, writes, width, atomic }, b) => {
      const element = elementOf(dtype, width);
      const windows = this.#windows[b]!;
      const mode = writes ? 'read_write' : 'read';
      const type = atomic ? `atomic<${element}>` : element;
      const declared = Array.from(
        { length: windows },
        (_, w) => `@group(0) @binding(${slot++}) var<storage, ${mode}> b${b}${w === 0 ? '' : `_${w}`}: array<${type}>;`,
      );
      return windows === 1 ? declared : [...declared, ...this.#windowed(b, element, windows, writes)];
    });
  }

  /** Functions that find an element in one of several windows on its buffer. */
  #windowed(b: number, element: string, windows: number, writes: boolean): string[] {
    const { dtype, width = 1 } = this.#pass.bindings[b]!;
    const each = this.#window / ((dtype === 'float16' ? 2 : 4) * width);
    const parts = Array.from({ length: windows }, (_, w) => ({
      name: `b${b}${w === 0 ? '' : `_${w}`}[i - ${w * each}u]`,
      end: `if (i < ${(w + 1) * each}u)`,
    }));
    const last = parts.at(-1)!.name;
    const before = parts.slice(0, -1);
    const loads = before.map(({ name, end }) => `${end} { return ${name}; }`).join(' ');
    const stores = before.map(({ name, end }) => `${end} { ${name} = x; return; }`).join(' ');
    return [
      `fn load${b}(i: u32) -> ${element} { ${loads} return ${last}; }`,
      ...(writes ? [`fn store${b}(i: u32, x: ${element}) { ${stores} ${last} = x; }`] : []),
    ];
  }
}

const elementOf = (dtype: Binding['dtype'], width?: 4): string =>
  width === 4 ? `vec4<${stored[dtype]}>` : stored[dtype];

/** The scalar type in which elements of a binding compute. */
export const scalarOf = (dtype: Binding['dtype']): ScalarType =>
  dtype === 'u32' ? 'u32' : dtypes[dtype as DType].scalar;
