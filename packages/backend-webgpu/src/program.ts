/** Kernels made ready: for each geometry the passes that it takes, with their numbers laid out. */
import type { Geometry, Kernel, Program } from '@nn/backend';
import type { Binding, Kind, Pass, Variant } from './kinds/kind.ts';
import { wordsBefore } from './kinds/source.ts';
import type { Pipeline } from './runtime/pipelines.ts';

/** A pass of a launch: its numbers, with room for where operands start and for run-time numbers. */
export class Step {
  readonly pass: Pass;
  readonly words: Uint32Array;
  readonly bindings: readonly Binding[];
  readonly pipeline: Pipeline;
  readonly scalars: number;
  constructor(pass: Pass, scalars: number, pipeline: Pipeline) {
    this.pass = pass;
    this.scalars = scalars;
    this.bindings = pass.bindings;
    this.pipeline = pipeline;
    const before = wordsBefore(pass.bindings.length, scalars);
    this.words = new Uint32Array(before + pass.words.length);
    this.words.set(pass.words, before);
  }
}

/** A geometry's passes. */
export interface Prepared {
  readonly steps: readonly Step[];
  readonly scratch: readonly number[];
}

export class WebGPUProgram implements Program {
  readonly kernel: Kernel;
  readonly key: string;
  readonly kind: Kind;
  readonly scalars: number;
  readonly outputs: number;
  /** Operands that an output replaces; they may share its memory. */
  readonly replaced: ReadonlySet<number>;
  readonly #prepared = new WeakMap<Geometry, Map<string, Prepared>>();

  constructor(kernel: Kernel, key: string, kind: Kind, outputs: number) {
    this.kernel = kernel;
    this.key = key;
    this.kind = kind;
    this.scalars = 'scalars' in kernel ? kernel.scalars : 0;
    this.outputs = outputs;
    const overwrites = kernel.kind === 'map' ? kernel.outputs.map((output) => output.overwrites) : [];
    this.replaced = new Set(overwrites.filter((i) => i >= 0).map((i) => outputs + i));
  }

  /** What was prepared for a geometry, and for memory of such a form. */
  find(geometry: Geometry, form: string): Prepared | undefined {
    return this.#prepared.get(geometry)?.get(form);
  }

  set(geometry: Geometry, form: string, variant: Variant, steps: readonly Step[]): Prepared {
    const prepared = { steps, scratch: variant.scratch ?? [] };
    let forms = this.#prepared.get(geometry);
    if (forms === undefined) {
      forms = new Map();
      this.#prepared.set(geometry, forms);
    }
    forms.set(form, prepared);
    return prepared;
  }
}
