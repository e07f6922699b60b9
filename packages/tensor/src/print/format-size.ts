/**
 * Texts beside the tensor itself: its size, and the bare number that a 0-d tensor becomes inside other text.
 * Pure functions of numbers; know nothing of layouts or print options.
 */
import { type DType, isFloat } from '@nn/backend';
import { formatShortest } from './decimal.ts';

/** A shape as PyTorch's `repr(tensor.shape)`: `torch.Size([2, 3])`; `torch.Size([])` for 0-d. */
export function formatSize(shape: readonly number[]): string {
  return `torch.Size([${shape.join(', ')}])`;
}

/**
 * The value of a 0-d tensor as PyTorch's `f"{tensor}"`: Python's text of `tensor.item()`, untouched by print options.
 * Floats are `3.5`, `1e-05`, `nan`, and a float32 shows the digits of its exact value as a double (`0.10000000149011612`);
 * booleans (0 or not) are `True` and `False`.
 */
export function formatValue(value: number, dtype: DType): string {
  if (isFloat(dtype)) return formatShortest(value);
  if (dtype === 'bool') return value === 0 ? 'False' : 'True';
  return String(value);
}
