/** Shapes, views, joining: each method is one line that calls the function. */
import type { DType } from '@nn/backend';
import type { Shape } from '../types/index.ts';
import { ReduceMethods } from './reduce.ts';

export abstract class ShapeMethods<out S extends Shape = Shape, out D extends DType = DType> extends ReduceMethods<S, D> {}
