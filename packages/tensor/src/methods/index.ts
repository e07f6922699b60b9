/** Indexing: each method is one line that calls the function. */
import type { DType } from '@nn/backend';
import type { Shape } from '../types/index.ts';
import { ShapeMethods } from './shape.ts';

export abstract class IndexMethods<out S extends Shape = Shape, out D extends DType = DType> extends ShapeMethods<S, D> {}
