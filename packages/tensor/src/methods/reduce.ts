/** Reductions, scans, sorting: each method is one line that calls the function. */
import type { DType } from '@nn/backend';
import type { Shape } from '../types/index.ts';
import { ElementwiseMethods } from './elementwise.ts';

export abstract class ReduceMethods<out S extends Shape = Shape, out D extends DType = DType> extends ElementwiseMethods<S, D> {}
