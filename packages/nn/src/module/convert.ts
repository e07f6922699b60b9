/** A module's tensors in another dtype or on another backend. Parameters and buffers keep their identity, gradients come along. */

import { noGrad } from '@nn/autograd';
import { type Backend, type DType, DTypeError, isFloat } from '@nn/backend';
import { type Tensor, toDType } from '@nn/tensor';
import { relocate } from '@nn/tensor/internal';
import type { Module } from './module.ts';
import { adopt } from './parameter.ts';

const tensorsOf = (module: Module): Tensor[] => [...module.parameters(), ...module.buffers()];

/** Floats become `dtype`; integers and bools stay. */
export function convertFloats(module: Module, dtype: DType): void {
  if (!isFloat(dtype))
    throw new DTypeError(
      'to',
      `parameters are floats, so a module can't become ${dtype}; give 'float16', 'float32' or 'float64'`,
    );
  noGrad<void>(() => {
    for (const t of tensorsOf(module)) {
      if (!isFloat(t.dtype) || t.dtype === dtype) continue;
      const { grad } = t;
      exchange(t, dtype);
      if (grad !== null) exchange(grad, dtype);
    }
  });
}

function exchange(t: Tensor, dtype: DType): void {
  const converted = toDType(t, dtype);
  adopt(t, converted);
  converted.dispose();
}

export async function moveAll(module: Module, backend: Backend): Promise<void> {
  for (const t of tensorsOf(module)) await relocate(t, backend);
}
