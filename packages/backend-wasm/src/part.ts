/** What a backend is put together from. A part is a value that a bundle carries only where a program names it; nothing here names one. */
import { BackendError, type DeviceLaws, type Geometry, type Kernel, type KernelKind } from '@nn/backend';
import type { FunctionCode } from './assembler/index.ts';
import type { Kind, Variant } from './kinds/kind.ts';
import type { StartWorkers } from './threads/index.ts';

/** A piece of the backend: the code of one kind of kernels, of mathematical functions, or threads. */
export interface Part<Name extends string = string, Content = unknown> {
  readonly name: Name;
  /** The backend's own business. */
  readonly content: Content;
}

/** Code for the kernels of a kind. */
export type KindPart<K extends KernelKind> = Part<K, Kind<Extract<Kernel, { readonly kind: K }>>>;
/** A way of its own with some kernels of a kind, null for the others. */
export type WayPart<K extends KernelKind, Name extends string> = Part<
  Name,
  (kernel: Extract<Kernel, { readonly kind: K }>, geometry: Geometry) => Variant | null
>;
/** What the backend draws at random itself, and a way of its own with maps that draw. */
export type DrawsPart = Part<'draws', { readonly laws: DeviceLaws; readonly way: WayPart<'map', 'draws'>['content'] }>;
/** Code for functions of the scalar language, by name. */
export type MathPart = Part<'math', Readonly<Record<string, FunctionCode>>>;
export type WorkersPart = Part<'workers', StartWorkers>;

/** By name. */
export type Parts = ReadonlyMap<string, Part>;

/** That a part isn't there, and the two ways out. `brings`: what of it was needed. */
export const lack = (part: string, brings = ''): string =>
  `this backend was made without the part ${part}${brings}; import ${part} from '@nn/backend-wasm/parts' and give it to wasmOf, or use wasm() of '@nn/backend-wasm'`;

/** The error where a kernel of `kind` needs a part that isn't there. */
export const lacking = (kind: string, part: string, brings?: string): BackendError =>
  new BackendError(kind, lack(part, brings));
