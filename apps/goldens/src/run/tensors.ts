/**
 * Between stored numbers and tensors of the library: making inputs, reading results back, and flattening what a
 * call returned into a list, as the files list outputs. The other place, beside library.ts, that knows the library.
 */

import type { DType } from '@nn/backend';
import { float, Tensor, tensor } from '@nn/tensor';
import type { StoredTensor } from '../format/document.ts';
import { type Attribute, PythonFloat } from '../format/python-float.ts';
import { readTensorValues, type TensorValues } from '../format/tensor-values.ts';

/** A result of a call: a tensor, or a number or boolean that the library returned as such. */
export type Output = Tensor | number | boolean | readonly number[];

export function makeTensor({ dtype, shape, values }: TensorValues, requiresGrad = false): Tensor {
  return tensor(values, { dtype: dtype as DType, shape, requiresGrad });
}

export function makeStored(stored: StoredTensor, defaultDtype?: string, requiresGrad = false): Tensor {
  return makeTensor(readTensorValues(stored, defaultDtype), requiresGrad);
}

export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** A scalar operand: Python floats that a JavaScript number would confuse with ints are said to be floats. */
export function toOperand(attribute: Attribute): unknown {
  if (attribute instanceof PythonFloat) return float(attribute.value);
  return Array.isArray(attribute) ? attribute.map(toOperand) : attribute;
}

/** Whether the dtype of an output is the library's word (a tensor) or only this app's (a plain number). */
export async function readOutput(output: Output): Promise<TensorValues & { readonly typed: boolean }> {
  if (isTensor(output)) return { ...(await readTensor(output)), typed: true };
  if (typeof output === 'object') return { dtype: 'int64', shape: [output.length], values: output, typed: false };
  return { dtype: typeof output === 'boolean' ? 'bool' : 'float32', shape: [], values: [Number(output)], typed: false };
}

export async function readTensor(value: Tensor): Promise<TensorValues> {
  return { dtype: value.dtype, shape: [...value.shape], values: Array.from(await value.data(), Number) };
}

/**
 * Flattens nested results depth first: lists in order, objects by their fields; a list of numbers is one output.
 * Parts that are absent (attention weights that nobody wanted) are left out, as Python's None is.
 */
export function flattenOutputs(result: unknown): Output[] {
  if (result === null || result === undefined) return [];
  if (isTensor(result) || typeof result === 'number' || typeof result === 'boolean') return [result];
  if (Array.isArray(result)) {
    return result.length > 0 && result.every((item) => typeof item === 'number')
      ? [result]
      : result.flatMap(flattenOutputs);
  }
  if (typeof result === 'object') return Object.values(result).flatMap(flattenOutputs);
  throw new TypeError(`the call returned ${String(result)}, expected tensors`);
}
