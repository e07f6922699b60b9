/** What every function that makes a tensor takes, and how it is applied. */
import { type Backend, type DType, ShapeError } from '@nn/backend';
import { checkList, shapeText } from '../../core/collapse.ts';
import { type Device, deviceOf } from '../../core/layout.ts';
import { checkNamed } from '../../core/named.ts';
import { currentDevice } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';

/** dtype, place and tracking of a new tensor. */
export interface TensorOptions<D extends DType = DType> {
  /** Element type. */
  readonly dtype?: D | undefined;
  /** Where it lives; the default backend. */
  readonly backend?: Backend | undefined;
  /** Track it for gradients (floats only; needs @nn/autograd); false. */
  readonly requiresGrad?: boolean | undefined;
}

/** The device that the options name. */
export const deviceFor = (op: string, options: TensorOptions = {}): Device =>
  checkNamed(op, options).backend === undefined ? currentDevice() : deviceOf(options.backend!);

/** Applies the option that every creation has. */
export const track = (t: Tensor, options: TensorOptions | undefined): Tensor =>
  options?.requiresGrad === true ? t.requiresGrad_() : t;

/** Refuses what isn't a list of sizes. */
export function checkSizes(op: string, shape: readonly number[]): void {
  checkList(op, shape);
  const bad = shape.findIndex((n) => !Number.isInteger(n) || n < 0);
  if (bad >= 0)
    throw new ShapeError(op, `${shape[bad]} in ${shapeText(shape)} is not a size; sizes are whole numbers ≥ 0`);
}
