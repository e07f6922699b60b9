/**
 * A plan is an op on given layouts: result layouts, compiled program, collapsed sizes and strides. Made once for each combination, found again by pointer.
 * One planner a graph op, in `plan-*.ts`.
 */
import {
  type Backend,
  BackendError,
  CompositeProgram,
  compileFor,
  type Geometry,
  type Kernel,
  type Program,
} from '@nn/backend';
import type { Device, Layout } from './layout.ts';
import type { MapBuild, Op, ReduceBuild, RowsBuild } from './op.ts';
import type { Fusion } from './then.ts';

export class Plan {
  readonly op: Op;
  readonly inputs: readonly Layout[];
  /** The first three inputs, as fields: compared on every call. */
  readonly la: Layout | null;
  readonly lb: Layout | null;
  readonly lc: Layout | null;
  /** Layouts of the results; `out` is the first. */
  readonly outs: readonly Layout[];
  readonly out: Layout;
  /** Where it runs, and whether as one launch of the backend's own; null if it is never launched. */
  readonly backend: Backend | null;
  readonly isNative: boolean;
  readonly program: Program | null;
  readonly geometry: Geometry | null;
  /** Which inputs the kernel takes, in the kernel's order. */
  readonly operands: readonly number[];
  /** Of a view: where it starts, in elements from its source's start. */
  readonly offset: number;
  /** Launched before, into the same output (the copy that a scatter or write starts from). */
  readonly before: Plan | null;
  /** What the op's `build` answered, for the gradient rules. */
  readonly built: MapBuild | ReduceBuild | RowsBuild | null;
  /** Owned by autograd: the gradient rule of the op's kind. */
  rule: unknown = null;
  /** Owned by autograd: what it derived from this plan, by input. */
  readonly derived: unknown[] = [];
  /** Owned by autograd: which values gradient j reads (bit k: input k, bit 30: the output). */
  readonly needs: number[] = [];
  next: Plan | null = null;
  /** Of a product or a convolution: it and the elementwise op that followed last. */
  fusion: Fusion | null = null;

  constructor(op: Op, inputs: readonly Layout[], outs: readonly Layout[], made: Partial<Launchable> = {}) {
    this.op = op;
    this.inputs = inputs;
    this.la = inputs[0] ?? null;
    this.lb = inputs[1] ?? null;
    this.lc = inputs[2] ?? null;
    this.outs = outs;
    this.out = outs[0]!;
    this.program = made.program ?? null;
    this.backend = this.program === null ? null : this.out.device.backend;
    this.isNative = this.program !== null && !(this.program instanceof CompositeProgram);
    this.geometry = made.geometry ?? null;
    this.operands = made.operands ?? [];
    this.offset = made.offset ?? 0;
    this.before = made.before ?? null;
    this.built = made.built ?? null;
  }
}

interface Launchable {
  readonly program: Program;
  readonly geometry: Geometry;
  readonly operands: readonly number[];
  readonly offset: number;
  readonly before: Plan | null;
  readonly built: MapBuild | ReduceBuild | RowsBuild;
}

/** The device on which all operands live. */
export function commonDevice(op: string, inputs: readonly Layout[]): Device {
  const device = inputs[0]!.device;
  for (const layout of inputs)
    if (layout.device !== device)
      throw new BackendError(
        op,
        `operands live on ${device.backend.name} and ${layout.device.backend.name}; move one with await t.to(backend)`,
      );
  return device;
}

/** A kernel made ready on a device, natively or by the shared fallbacks. */
export const compile = (device: Device, kernel: Kernel): Program => compileFor(device.backend, kernel);

const geometries = new Map<string, Geometry>();
/** Dropping the table only costs backends what they remember. */
const geometryLimit = 4096;

/** Sizes and strides in one object for all plans that have them equal, as backends remember by identity what they derived from it. */
export function geometryOf(
  sizes: readonly number[],
  strides: readonly (readonly number[])[],
  extents: readonly number[] = [],
): Geometry {
  const key = `${sizes.join()} ${strides.map((each) => each.join()).join(';')} ${extents.join()}`;
  let geometry = geometries.get(key);
  if (geometry === undefined) {
    geometry = { sizes, strides, extents };
    if (geometries.size >= geometryLimit) geometries.clear();
    geometries.set(key, geometry);
  }
  return geometry;
}
