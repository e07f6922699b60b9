/**
 * The `reduce` kind: the body is evaluated in row-major order (kept dimensions, then reduced ones) and combined as it comes, in double
 * precision, so the order of a sum is that of the elements.
 */
import type { Launch } from '../backend.ts';
import { type DataArray, dtypes, type ScalarType } from '../dtype.ts';
import type { ReduceKernel } from '../kernel.ts';
import { product } from '../strides.ts';
import { blockLength, Evaluator } from './evaluator.ts';
import { stored } from './half.ts';
import type { Register } from './loops.ts';
import { load, type ReferenceBlock, walk } from './walk.ts';

/** Where a combine starts, by the type that it combines. */
export function identity(combine: ReduceKernel['combine'], type: ScalarType): number {
  const float = type === 'f32' || type === 'f64';
  switch (combine) {
    case 'sum':
      return 0;
    case 'product':
      return 1;
    case 'max':
    case 'argmax':
      return float ? Number.NEGATIVE_INFINITY : type === 'bool' || type === 'u32' ? 0 : -2147483648;
    case 'min':
    case 'argmin':
      return float ? Number.POSITIVE_INFINITY : type === 'bool' ? 1 : type === 'u32' ? 4294967295 : 2147483647;
  }
}

/** One step of a combine on numbers. Integer products wrap as 32-bit ones do. */
export function combiner(
  combine: 'sum' | 'product' | 'max' | 'min',
  type: ScalarType,
): (a: number, x: number) => number {
  const float = type === 'f32' || type === 'f64';
  if (combine === 'sum') return float ? (a, x) => a + x : (a, x) => (a + x) | 0;
  if (combine === 'product') return float ? (a, x) => a * x : Math.imul;
  return combine === 'max' ? Math.max : Math.min;
}

/** After the last step: an extreme of float32 that is zero is +0. Which of two zeros comes out would depend on the order, where hardware has no exact maximum. */
export function settle(combine: ReduceKernel['combine'], type: ScalarType, results: Float64Array, count: number): void {
  if (type === 'f32' && (combine === 'max' || combine === 'min')) for (let i = 0; i < count; i++) results[i]! += 0;
}

export function compileReduce(kernel: ReduceKernel): (launch: Launch) => void {
  const body = new Evaluator([kernel.body]);
  const indexed = kernel.combine === 'argmax' || kernel.combine === 'argmin';
  const epilogue = indexed ? null : new Evaluator([kernel.epilogue]);
  const type = kernel.body.type;
  const start = identity(kernel.combine, type);
  return (launch) => {
    const { sizes, strides } = launch.geometry!;
    const kept = sizes.slice(0, kernel.rank);
    const outputs = product(kept);
    const reduced = product(sizes.slice(kernel.rank));
    const results = new Float64Array(outputs).fill(indexed ? 0 : start);
    const combine = indexed ? argCombine(kernel, reduced, results) : runs(kernel, type, reduced, results);
    const n = outputs * reduced;
    body.prepare(n, launch.scalars);
    for (let from = 0; from < n; from += blockLength) {
      const length = Math.min(blockLength, n - from);
      for (const [i, register] of body.inputs) {
        const source = (launch.blocks[i + 1] as ReferenceBlock).as(kernel.inputs[i]!.dtype);
        load(register, source, sizes, strides[i + 1]!, launch.offsets[i + 1]!, from, length);
      }
      body.run(length, from);
      combine(body.outputs[0]!, from, length);
    }
    settle(kernel.combine, type, results, outputs);
    const target = (launch.blocks[0] as ReferenceBlock).as(kernel.output.dtype);
    finish(kernel, epilogue, results, target, kept, strides[0]!, launch);
  };
}

type Consume = (values: Register, from: number, length: number) => void;

/** Combines each output's run of elements. */
function runs(kernel: ReduceKernel, type: ScalarType, reduced: number, results: Float64Array): Consume {
  const step = combiner(kernel.combine as 'sum', type);
  const sum = kernel.combine === 'sum' && (type === 'f32' || type === 'f64');
  return (values, from, length) => {
    for (let i = 0; i < length; ) {
      const out = Math.floor((from + i) / reduced);
      const end = Math.min(length, (out + 1) * reduced - from);
      let a = results[out]!;
      if (sum) for (; i < end; i++) a += values[i]!;
      else for (; i < end; i++) a = step(a, values[i]!);
      results[out] = a;
    }
  };
}

/** Keeps the index of the first extreme; the first NaN beats everything. */
function argCombine(kernel: ReduceKernel, reduced: number, results: Float64Array): Consume {
  const best = new Float64Array(results.length).fill(Number.NaN);
  const sign = kernel.combine === 'argmax' ? 1 : -1;
  return (values, from, length) => {
    for (let i = 0; i < length; i++) {
      const out = Math.floor((from + i) / reduced);
      const r = from + i - out * reduced;
      const x = values[i]!;
      const a = best[out]!;
      if (r === 0 || (!Number.isNaN(a) && (Number.isNaN(x) || sign * x > sign * a))) {
        best[out] = x;
        results[out] = r;
      }
    }
  };
}

/** Epilogue and store. Combined values are rounded to the body's type when they enter the epilogue's register. */
function finish(
  kernel: ReduceKernel,
  epilogue: Evaluator | null,
  results: Float64Array,
  target: DataArray,
  sizes: readonly number[],
  strides: readonly number[],
  launch: Launch,
): void {
  const n = results.length;
  epilogue?.prepare(n, launch.scalars);
  for (let start = 0; start < n; start += blockLength) {
    const length = Math.min(blockLength, n - start);
    const register = epilogue?.inputs.get(0);
    let values: Register = results.subarray(start, start + length);
    if (epilogue !== null) {
      if (register !== undefined) for (let i = 0; i < length; i++) register[i] = values[i]!;
      epilogue.run(length, start);
      values = stored(kernel.output.dtype, epilogue.outputs[0]!, length);
    }
    walk(sizes, strides, launch.offsets[0]!, start, length, (at, address, run, stride) => {
      for (let i = 0, p = address; i < run; i++, p += stride) target[p] = values[at + i]!;
    });
  }
}

/** Scalar type of the dtype, for kinds that combine plain elements. */
export const scalarOf = (kernel: { readonly dtype: keyof typeof dtypes }): ScalarType => dtypes[kernel.dtype].scalar;
