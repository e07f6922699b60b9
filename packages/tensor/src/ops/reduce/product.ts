/** Products. */
import { sumType } from '../../core/promotion.ts';
import type { SumFunction } from '../../types/signatures.ts';
import { reduction } from './build.ts';
import { productOfOthers } from './products.ts';

/**
 * The product over all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`). Integers and bools multiply in int64; `dtype`
 * converts the elements first. The product of nothing is 1. PyTorch: `torch.prod`.
 */
export const prod: SumFunction<'prod'> = reduction('prod', {
  combine: (dtype) => (dtype === 'bool' ? 'min' : 'product'),
  dtype: sumType,
  others: productOfOthers,
}) as never;
