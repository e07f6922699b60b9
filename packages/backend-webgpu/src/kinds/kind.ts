/**
 * What a kind of kernel is to this backend: a function from a kernel and a geometry to passes. A pass is one shader and how it is dispatched; several
 * of a kernel share temporaries (`scratch`). Knows no device.
 */
import type { DType, Geometry, Kernel } from '@nn/backend';
import type { Source } from './source.ts';

/** What kinds may know of a device. Nothing that a result's bits depend on. */
export interface Facts {
  readonly shaderF16: boolean;
  /** Bindings that one shader may have. */
  readonly storageBuffers: number;
}

/** Memory that a pass reads or writes: an operand of the launch, a temporary of the kernel, or where indices out of range are reported. */
export interface Binding {
  readonly from: { readonly operand: number } | { readonly scratch: number } | 'faults';
  /** How its elements are stored; `u32` for bare words. */
  readonly dtype: DType | 'u32';
  readonly writes: boolean;
  /** Four neighbouring elements are loaded and stored as one; only of temporaries, and of operands that start at a multiple of four. */
  readonly width?: 4;
  /** Words that are changed by atomic operations. */
  readonly atomic?: boolean;
}

/** Workgroups in each direction. */
export type Groups = readonly [x: number, y: number, z: number];

export interface Pass {
  /** What tells its shader from the others that the kernel may have. */
  readonly key: string;
  readonly bindings: readonly Binding[];
  /** Numbers of the geometry; the shader reads them as `source.word(i)`. */
  readonly words: readonly number[];
  readonly groups: Groups;
  /** Threads of a workgroup, at most 256. */
  readonly threads: readonly [x: number, y?: number];
  /** Writes the body of the shader. What it writes depends on kernel and key alone. */
  readonly emit: (source: Source) => void;
}

export interface Variant {
  /** None where there is nothing to do. */
  readonly passes: readonly Pass[];
  /** Bytes of each temporary. */
  readonly scratch?: readonly number[];
}

export interface Kind<K extends Kernel = Kernel> {
  /** Absent: every kernel of the kind. */
  readonly supports?: (kernel: K, facts: Facts) => boolean;
  /** Whether it asks for `aligned`. */
  readonly aligns?: boolean;
  /** `aligned`: every operand starts at a multiple of four elements, so that some may be loaded by fours. */
  readonly variant: (kernel: K, geometry: Geometry, facts: Facts, aligned: boolean) => Variant;
}

/** The most workgroups in one direction (WebGPU's default limit). */
const mostGroups = 65535;

/** Workgroups in a row, folded where there are more than fit one direction; the shader counts them by `source.unit`. There may be some too many. */
export function groupsOf(count: number): Groups {
  if (count <= mostGroups) return [count, 1, 1];
  const rows = Math.ceil(count / mostGroups);
  return [Math.ceil(count / rows), rows, 1];
}
