/**
 * A module under construction: functions over one imported memory. Encodes to bytes once. What the machine can do is asked of `features`, so that
 * generators read the same for every machine.
 */
import type { ScalarType } from '@nn/backend';
import { Callable, type Code, flatten, Local, laneBytes, sized, unsigned, type ValueType } from './code.ts';
import { f32x4, f64x2, i32x4, v128 } from './instructions.ts';

/** What modules may use. */
export interface Features {
  /** Fused multiply-add and relaxed selects. */
  readonly relaxed: boolean;
  /** The memory is shared between threads. */
  readonly shared: boolean;
  /** Threads that work goes to; 1 if left out. */
  readonly threads?: number | undefined;
  /** The engine joins two vectors into one of 256 bits, so that twice as many fit its registers. */
  readonly pairs?: boolean | undefined;
}

/** Code for a function that is no instruction, on vectors: arguments of one type, each one vector or, of f64, two. */
export type FunctionCode = (
  f: FunctionBuilder,
  type: ScalarType,
  args: readonly (readonly Code[])[],
) => readonly Code[];

/** Types of parameters and results, and the body, of a function that is being made. */
export class FunctionBuilder extends Callable {
  readonly module: WasmModule;
  readonly type: number;
  readonly parameters: readonly Local[];
  readonly #locals: ValueType[] = [];
  readonly #hoisted = new Map<string, { readonly local: Local; readonly value: Code }>();
  body: Code = [];

  constructor(module: WasmModule, type: number, parameters: readonly ValueType[]) {
    super();
    this.module = module;
    this.type = type;
    this.parameters = parameters.map((valueType, i) => new Local(i, valueType));
  }

  /** A fresh variable. */
  local(type: ValueType): Local {
    this.#locals.push(type);
    return new Local(this.parameters.length + this.#locals.length - 1, type);
  }

  /** `count` fresh variables. */
  locals(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** A value computed once, before the body; the same key gives the same variable. It may read parameters that the body doesn't change. */
  hoist(key: string, type: ValueType, value: () => Code): Local {
    let entry = this.#hoisted.get(key);
    if (entry === undefined) {
      const code = value();
      entry = { local: this.local(type), value: code };
      this.#hoisted.set(key, entry);
    }
    return entry.local;
  }

  /** A vector constant, kept in a variable: constants inside loops are reloaded each time. */
  lanes(type: 'f32' | 'i32' | 'f64', ...values: readonly number[]): Local {
    const width = type === 'f64' ? 2 : 4;
    const all = values.length === 1 ? Array.from({ length: width }, () => values[0]!) : values;
    const bytes = laneBytes(type, all);
    return this.hoist(`constant ${bytes.join()}`, 0x7b, () => v128.const(bytes));
  }

  /** Locals, hoisted values, body. */
  encode(out: number[]): void {
    const runs: [number, ValueType][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    flatten([unsigned(runs.length), runs.map(([n, type]) => [unsigned(n), type])], out);
    for (const { local, value } of this.#hoisted.values()) flatten(local.set(value), out);
    flatten([this.body, 0x0b], out);
  }
}

class Import extends Callable {
  readonly name: string;
  readonly type: number;
  constructor(name: string, type: number) {
    super();
    this.name = name;
    this.type = type;
  }
}

export class WasmModule {
  readonly features: Features;
  /** The code of a function by its name; null where modules call none. */
  readonly codeOf: ((name: string) => FunctionCode) | null;
  readonly #types: string[] = [];
  readonly #signatures: Code[] = [];
  readonly #imports: Import[] = [];
  readonly #functions: FunctionBuilder[] = [];
  readonly #helpers = new Map<string, Callable>();
  readonly #exports: { readonly name: string; readonly callable: Callable }[] = [];

  constructor(features: Features, codeOf: ((name: string) => FunctionCode) | null = null) {
    this.features = features;
    this.codeOf = codeOf;
  }

  #typeOf(parameters: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${parameters.join()}:${results.join()}`;
    const found = this.#types.indexOf(key);
    if (found >= 0) return found;
    this.#signatures.push([0x60, unsigned(parameters.length), parameters, unsigned(results.length), results]);
    return this.#types.push(key) - 1;
  }

  /** A function of JavaScript by its name in `hostFunctions`. */
  import(name: string, parameters: readonly ValueType[], results: readonly ValueType[]): Callable {
    const known = this.#imports.find((entry) => entry.name === name);
    if (known !== undefined) return known;
    const entry = new Import(name, this.#typeOf(parameters, results));
    this.#imports.push(entry);
    return entry;
  }

  /** A function that several pieces of code call: made once a module. */
  helper(name: string, make: () => Callable): Callable {
    let known = this.#helpers.get(name);
    if (known === undefined) {
      known = make();
      this.#helpers.set(name, known);
    }
    return known;
  }

  /** A function; `build` gives its body. Exported where it has a name. */
  function(
    name: string | null,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
    build: (f: FunctionBuilder, ...parameters: Local[]) => Code,
  ): Callable {
    const f = new FunctionBuilder(this, this.#typeOf(parameters, results), parameters);
    this.#functions.push(f);
    if (name !== null) this.#exports.push({ name, callable: f });
    f.body = build(f, ...f.parameters);
    return f;
  }

  /** The module's bytes. */
  encode(): Uint8Array<ArrayBuffer> {
    const out = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
    const section = (id: number, count: number, content: Code): void => {
      out.push(id);
      sized(out, () => flatten([unsigned(count), content], out));
    };
    [...this.#imports, ...this.#functions].forEach((callable, i) => {
      callable.index = i;
    });
    // Shared memories state a maximum; one page at least, and as many as there can be, so that any memory fits.
    const memory = [text('e'), text('m'), 2, this.features.shared ? [3, 0, unsigned(65536)] : [0, 0]];
    section(1, this.#types.length, this.#signatures);
    section(2, this.#imports.length + 1, [
      this.#imports.map(({ name, type }) => [text('e'), text(name), 0, unsigned(type)]),
      memory,
    ]);
    section(
      3,
      this.#functions.length,
      this.#functions.map(({ type }) => unsigned(type)),
    );
    section(
      7,
      this.#exports.length,
      this.#exports.map(({ name, callable }) => [text(name), 0, unsigned(callable.index)]),
    );
    out.push(10);
    sized(out, () => {
      flatten(unsigned(this.#functions.length), out);
      for (const f of this.#functions) sized(out, () => f.encode(out));
    });
    return new Uint8Array(out);
  }
}

const text = (value: string): Code => [value.length, ...[...value].map((letter) => letter.charCodeAt(0))];

/** x · y + z, in one rounding where the machine has it and the module may use it. */
export const multiplyAdd = ({ relaxed }: Features, x: Code, y: Code, z: Code): Code =>
  relaxed ? f32x4.relaxedMadd(x, y, z) : f32x4.add(f32x4.mul(x, y), z);

/** The same on pairs of doubles. */
export const multiplyAdd64 = ({ relaxed }: Features, x: Code, y: Code, z: Code): Code =>
  relaxed ? f64x2.relaxedMadd(x, y, z) : f64x2.add(f64x2.mul(x, y), z);

/** x where the mask's lanes are all ones, y where they are zero. */
export const pick = ({ relaxed }: Features, mask: Code, x: Code, y: Code): Code =>
  relaxed ? i32x4.relaxedLaneselect(x, y, mask) : v128.bitselect(x, y, mask);
