/** Whether all or any elements differ from 0. */
import { cast, type DType, dtypes } from '@nn/backend';
import type { TruthFunction } from '../../types/signatures.ts';
import { reduction } from './build.ts';

const truthType = (dtype: DType): DType => (dtype === 'uint8' ? 'uint8' : 'bool');

const truth = (name: string, combine: 'min' | 'max') =>
  reduction(name, {
    combine,
    dtype: truthType,
    body: ([x]) => cast(x!, 'bool'),
    epilogue: (combined, dtype) => cast(combined, dtypes[dtype].scalar),
  });

/**
 * Whether all elements differ from 0, over everything or the dimensions `dim`, as bool (uint8 stays uint8). True of nothing. PyTorch: `torch.all`.
 * @example
 * ```ts
 * import { all, tensor } from '@nn/tensor';
 * console.log(await all(tensor([[1, 0], [2, 3]]), { dim: 1 }).toArray()); // prints: [ false, true ]
 * ```
 */
export const all: TruthFunction<'all'> = truth('all', 'min') as never;

/** Whether any element differs from 0; as `all`. False of nothing. PyTorch: `torch.any`. */
export const any: TruthFunction<'any'> = truth('any', 'max') as never;
