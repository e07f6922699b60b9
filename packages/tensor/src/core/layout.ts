/**
 * Layouts: device, dtype, shape and strides in one interned object, so that one pointer comparison answers every question that a plan asks.
 * The offset stays on the tensor: slices of one shape share a layout.
 */
import { type Backend, BackendError, type DType, DTypeError, dtypes, isFloat } from '@nn/backend';
import { Pool, type SizeClass } from '../memory/pool.ts';
import type { Plan } from './plan.ts';

/** A backend with the memory that the library keeps on it. */
export class Device {
  readonly backend: Backend;
  readonly pool: Pool;
  constructor(backend: Backend) {
    this.backend = backend;
    this.pool = new Pool(backend);
  }
}

const devices = new WeakMap<Backend, Device>();

/** The one device of a backend. */
export function deviceOf(backend: Backend): Device {
  let device = devices.get(backend);
  if (device === undefined) {
    if (typeof backend?.run !== 'function')
      throw new BackendError('backend', `got ${String(backend)}; give a backend, such as await wasm()`);
    device = new Device(backend);
    devices.set(backend, device);
    // Layouts hold their devices: a new one is the time to let go of those that are no longer used.
    forgetLayouts();
  }
  return device;
}

/** A view that was asked for before; the latest comes first. */
export class KnownView {
  readonly family: unknown;
  readonly asked: readonly number[];
  readonly plan: Plan;
  readonly next: KnownView | null;
  /** Length of the chain from here on. */
  readonly count: number;

  constructor(family: unknown, asked: readonly number[], plan: Plan, next: KnownView | null) {
    this.family = family;
    this.asked = asked;
    this.plan = plan;
    this.next = next;
    this.count = next === null ? 1 : next.count + 1;
  }
}

let ids = 0;

export class Layout {
  readonly id: number = ids++;
  readonly device: Device;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** In elements; 0 repeats an element. */
  readonly strides: readonly number[];
  /** Number of elements. */
  readonly size: number;
  readonly contiguous: boolean;
  /** Only floats have gradients. */
  readonly differentiable: boolean;
  readonly sizeClass: SizeClass;
  /** Next one with the same hash. */
  next: Layout | null = null;
  /** Views of tensors of this layout in asked shapes, for `view-cache.ts`. */
  views: KnownView | null = null;

  constructor(device: Device, dtype: DType, shape: readonly number[], strides: readonly number[]) {
    this.device = device;
    this.dtype = dtype;
    this.shape = Object.freeze([...shape]);
    this.strides = Object.freeze([...strides]);
    this.size = sizeOf(shape);
    this.contiguous = isContiguous(shape, strides);
    this.differentiable = isFloat(dtype);
    this.sizeClass = device.pool.classFor(this.size, device.backend.bytesPerElement(dtype));
  }
}

export const sizeOf = (shape: readonly number[]): number => {
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i]!;
  return size;
};

/** Row-major strides; a dimension of size 0 counts as 1, as in PyTorch. */
export function contiguousStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(shape[i]!, 1);
  }
  return strides;
}

/** Dense in row-major order; strides of dimensions of size 1 don't matter, nor any if there are no elements. */
export function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const n = shape[i]!;
    if (n === 0) return true;
    if (n !== 1 && strides[i] !== step) return sizeOf(shape) === 0;
    step *= n;
  }
  return true;
}

export function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const table = new Map<number, Layout>();
let entries = 0;
const tableLimit = 8192;
/** How often the table was dropped: plans go with it, as few would be found by the layouts that are made from then on. */
export const dropped: { times: number } = { times: 0 };

function forgetLayouts(): void {
  table.clear();
  entries = 0;
  dropped.times++;
}

/** The layout with these parts; made once. */
export function layoutOf(
  device: Device,
  dtype: DType,
  shape: readonly number[],
  strides: readonly number[] = contiguousStrides(shape),
): Layout {
  let hash = Math.imul(shape.length + 1, 977) + dtypes[dtype]?.rank;
  for (let i = 0; i < shape.length; i++) hash = (Math.imul(Math.imul(hash, 31) + shape[i]!, 31) + strides[i]!) | 0;
  hash &= 0x3fffffff;
  const first = table.get(hash) ?? null;
  for (let l = first; l !== null; l = l.next)
    if (l.device === device && l.dtype === dtype && sameNumbers(l.shape, shape) && sameNumbers(l.strides, strides))
      return l;
  if (!device.backend.dtypes.includes(dtype))
    throw new DTypeError(
      'tensor',
      `${dtype} is not a dtype of ${device.backend.name}, which has ${device.backend.dtypes.join(', ')}; convert with .to(dtype) first`,
    );
  if (entries === tableLimit) forgetLayouts();
  entries++;
  const made = new Layout(device, dtype, shape, strides);
  made.next = table.get(hash) ?? null;
  table.set(hash, made);
  return made;
}
