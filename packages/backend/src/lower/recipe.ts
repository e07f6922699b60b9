/**
 * A recipe is how one launch of an optional kind is said in required ones: temporaries and steps, as data. Recipes are made from structure
 * and geometry alone, so they can be counted and tested without running anything. Knows no backend.
 */
import type { Geometry } from '../backend.ts';
import { type DType, dtypes, type ScalarType } from '../dtype.ts';
import type { Kernel, Operand, ReduceKernel, ScatterKernel } from '../kernel.ts';
import { cast, castTo } from '../scalar/core.ts';
import { type Expression, input } from '../scalar/expression.ts';
import { denseStrides, product } from '../strides.ts';

/** Memory that lives as long as one run of a recipe. */
export interface Temporary {
  readonly dtype: DType;
  readonly length: number;
}

/** Elements of an operand of the launch, or of a temporary, along strides. */
export interface View extends Operand {
  readonly source: Source;
  /** From where the launch says that the operand starts, in elements. */
  readonly offset: number;
  readonly strides: readonly number[];
}

export type Source = { readonly operand: number } | { readonly temporary: number };

export interface Step {
  readonly kernel: Kernel;
  readonly geometry: Geometry;
  /** Outputs first. */
  readonly views: readonly View[];
}

interface MapTarget {
  readonly view: View;
  readonly expression: Expression;
  readonly overwrites?: number;
}

export class Recipe {
  readonly temporaries: Temporary[] = [];
  readonly steps: Step[] = [];
  /** Number of run-time scalars, passed on to every step. */
  readonly #scalars: number;

  constructor(scalars = 0) {
    this.#scalars = scalars;
  }

  /** A new temporary, dense over these sizes. */
  temporary(dtype: DType, sizes: readonly number[]): View {
    this.temporaries.push({ dtype, length: product(sizes) });
    return dense({ temporary: this.temporaries.length - 1 }, dtype, sizes);
  }

  map(sizes: readonly number[], targets: readonly MapTarget[], inputs: readonly View[]): void {
    const outputs = targets.map(({ view, expression, overwrites = -1 }) => ({
      ...operandOf(view),
      expression,
      overwrites,
    }));
    const kernel: Kernel = {
      kind: 'map',
      rank: sizes.length,
      inputs: inputs.map(operandOf),
      outputs,
      scalars: this.#scalars,
    };
    this.#add(kernel, sizes, [...targets.map(({ view }) => view), ...inputs]);
  }

  /** Copies (and converts) the elements of one view to another's places. */
  copy(sizes: readonly number[], target: View, source: View): void {
    const expression = castTo(input(0, dtypes[source.dtype].scalar), target.dtype);
    this.map(sizes, [{ view: target, expression }], [source]);
  }

  reduce(
    kept: readonly number[],
    reduced: readonly number[],
    target: View,
    inputs: readonly View[],
    { combine, body, epilogue }: Pick<ReduceKernel, 'combine' | 'body' | 'epilogue'>,
  ): void {
    const kernel: Kernel = {
      kind: 'reduce',
      rank: kept.length,
      reducedRank: reduced.length,
      inputs: inputs.map(operandOf),
      output: operandOf(target),
      combine,
      body,
      epilogue,
      scalars: this.#scalars,
    };
    this.#add(kernel, [...kept, ...reduced], [target, ...inputs]);
  }

  scatter(
    sizes: readonly number[],
    target: View,
    value: View,
    indices: readonly { readonly view: View; readonly size: number; readonly stride: number }[],
    combine: ScatterKernel['combine'],
  ): void {
    const kernel: Kernel = {
      kind: 'scatter',
      rank: sizes.length,
      dtype: target.dtype,
      value: operandOf(value),
      indices: indices.map(({ view }) => operandOf(view)),
      output: operandOf(target),
      combine,
    };
    const extents = indices.flatMap(({ size, stride }) => [size, stride]);
    this.#add(kernel, sizes, [target, value, ...indices.map(({ view }) => view)], extents);
  }

  #add(kernel: Kernel, sizes: readonly number[], views: readonly View[], extents: readonly number[] = []): void {
    this.steps.push({ kernel, geometry: { sizes, strides: views.map(({ strides }) => strides), extents }, views });
  }
}

const operandOf = ({ dtype, access }: Operand): Operand => ({ dtype, access });

/** A dense array in row-major order. */
export const dense = (source: Source, dtype: DType, sizes: readonly number[]): View => ({
  source,
  dtype,
  access: 'contiguous',
  offset: 0,
  strides: denseStrides(sizes),
});

/** The same memory along other strides, starting `shift` elements further. */
export const restride = (view: View, strides: readonly number[], shift = 0): View => ({
  ...view,
  access: 'strided',
  offset: view.offset + shift,
  strides,
});

const storage: { readonly [T in ScalarType]: DType } = {
  f32: 'float32',
  f64: 'float64',
  i32: 'int32',
  u32: 'int32',
  bool: 'bool',
};

/** The dtype in which values of a scalar type wait in a temporary without loss; u32 as the int32 of the same bits. */
export const storageOf = (type: ScalarType): DType => storage[type];

/** What to store of a value in its storage. */
export const toStorage = (x: Expression): Expression => castTo(x, storage[x.type]);

/** Input `index`, read from the storage of its type. */
export const fromStorage = (index: number, type: ScalarType): Expression =>
  cast(input(index, dtypes[storage[type]].scalar), type);
