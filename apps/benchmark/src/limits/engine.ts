/** The part of JavaScript's WebAssembly interface that the limits need; Node has it, its types don't. */
interface Engine {
  validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

export const engine: Engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

export interface LimitExports {
  readonly run: (n: number) => number;
  readonly memory: { readonly buffer: ArrayBuffer };
}

/** Compiles a module that imports nothing. */
export const instantiate = (bytes: Uint8Array<ArrayBuffer>): LimitExports =>
  new engine.Instance(new engine.Module(bytes)).exports as unknown as LimitExports;
