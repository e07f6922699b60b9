/** Matrix products: each method is one line that calls the function. */
import type { DType } from '@nn/backend';
import type { Shape } from '../types/index.ts';
import { IndexMethods } from './index.ts';

export abstract class LinalgMethods<out S extends Shape = Shape, out D extends DType = DType> extends IndexMethods<S, D> {}
