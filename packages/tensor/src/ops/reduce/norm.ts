/**
 * Norms of vectors: (Σ |x|^p)^(1/p) and its limits. PyTorch's subgradients: 0 where the norm is 0, 0 at elements that are 0 for p < 1, and equal shares to the
 * extremes for p = ±∞.
 */
import {
  abs,
  cast,
  castTo,
  DTypeError,
  dtypes,
  type Expression,
  equal,
  mul,
  normRoot,
  normSqrt,
  pow,
  same,
  scalar,
  select,
  ValueError,
} from '@nn/backend';
import type { Tensor } from '../../tensor.ts';
import { checkNotEmpty, type Reducer, reduction, type TypedReduceOptions } from './build.ts';
import type { NormFunction } from './signatures.ts';

type Kind = 'count' | 'taxicab' | 'euclid' | 'largest' | 'smallest' | 'power';

interface NormRow {
  readonly combine: 'sum' | 'max' | 'min';
  readonly body: (x: Expression) => Expression;
  readonly epilogue?: (combined: Expression) => Expression;
  /** p, where it isn't 0, 1, 2 or ±∞. */
  readonly scalars?: number;
}

/** x to a power, with the slope 0 at x = 0. */
function powerOf(x: Expression, p: Expression): Expression {
  const isZero = equal(x, same(0, x));
  return select(isZero, pow(same(0, x), p), pow(abs(select(isZero, same(1, x), x)), p));
}

const rows: { readonly [K in Kind]: NormRow } = {
  count: { combine: 'sum', body: (x) => cast(cast(x, 'bool'), x.type) },
  taxicab: { combine: 'sum', body: abs },
  euclid: { combine: 'sum', body: (x) => mul(x, x), epilogue: normSqrt },
  largest: { combine: 'max', body: abs },
  smallest: { combine: 'min', body: abs },
  power: {
    combine: 'sum',
    body: (x) => powerOf(x, scalar(0, x.type)),
    epilogue: (sum) => normRoot(sum, scalar(0, sum.type)),
    scalars: 1,
  },
};

/** What a norm is of: an element, or something of the elements of two operands, such as their difference. */
type Measured = (...operands: Expression[]) => Expression;

function reducers(name: string, measured: Measured): { readonly [K in Kind]: Reducer } {
  const made = Object.entries(rows).map(([kind, { body, ...row }]) => [
    kind,
    reduction(name, {
      ...row,
      dtype: (dtype) => dtype,
      body: (operands, dtype) => body(measured(...operands.map((x) => castTo(x, dtype)))),
    }),
  ]);
  return Object.fromEntries(made);
}

const kinds: ReadonlyMap<number, Kind> = new Map<number, Kind>([
  [0, 'count'],
  [1, 'taxicab'],
  [2, 'euclid'],
  [Number.POSITIVE_INFINITY, 'largest'],
  [Number.NEGATIVE_INFINITY, 'smallest'],
]);

/** The norms of one name, by order; over a second operand too if `measured` takes one. */
export function ofOrder(
  name: string,
  measured: Measured = (x) => x!,
): (x: Tensor, order: number, options: TypedReduceOptions | undefined, other?: Tensor) => Tensor {
  const of = reducers(name, measured);
  return (x, order, options, other) => {
    const dtype = options?.dtype ?? x.dtype;
    if (dtypes[dtype].category !== 'float')
      throw new DTypeError(name, `takes floats, got ${dtype}; pass dtype: 'float32' or convert with .to('float32')`);
    if (Number.isNaN(order)) throw new ValueError(name, 'the order is NaN; give a number, Infinity or -Infinity');
    const kind = kinds.get(order) ?? 'power';
    if (kind === 'largest' || kind === 'smallest') checkNotEmpty(name, x, options?.dim);
    return of[kind](x, options, kind === 'power' ? [order] : undefined, other);
  };
}

const normOf = ofOrder('norm');
const vectorNormOf = ofOrder('vectorNorm');

/** Refuses an order where PyTorch takes it, from callers that the compiler doesn't check. */
function checkNamed(op: string, key: string, options: unknown): void {
  if (options !== undefined && typeof options !== 'object')
    throw new ValueError(op, `the order goes into the options: write { ${key}: ${options} } instead of ${options}`);
}

export interface NormOptions {
  /** The order: any number, ±Infinity, or 'fro', the Euclidean norm; 'fro'. */
  readonly p?: number | 'fro' | undefined;
}

/**
 * The p-norm of all elements, or over the dimensions `dim` (kept with size 1 if `keepdim`): (Σ |x|^p)^(1/p), the largest |x| for Infinity, the smallest for
 * -Infinity, the number of elements that aren't 0 for 0. Floats only, unless `dtype` converts them first. PyTorch: `torch.norm`.
 * @example
 * ```ts
 * import { norm, tensor } from '@nn/tensor';
 * const x = tensor([[3, -4], [0, 1]]);
 * console.log(await norm(x, { dim: 1 }).toArray()); // prints: [ 5, 1 ]
 * console.log(await norm(x, { p: 1 }).item()); // prints: 8
 * ```
 */
export const norm: NormFunction<'norm', NormOptions> = ((
  x: Tensor,
  options?: TypedReduceOptions & NormOptions,
): Tensor => {
  checkNamed('norm', 'p', options);
  const p: unknown = options?.p ?? 'fro';
  if (p !== 'fro' && typeof p !== 'number')
    throw new ValueError(
      'norm',
      `p is ${String(p)}; give a number, ±Infinity or 'fro': there are no norms of matrices`,
    );
  return normOf(x, p === 'fro' ? 2 : p, options);
}) as never;

export interface VectorNormOptions {
  /** The order: any number or ±Infinity; 2. */
  readonly ord?: number | undefined;
}

/** As `norm`, with the order called `ord`. PyTorch: `torch.linalg.vector_norm`. */
export const vectorNorm: NormFunction<'vectorNorm', VectorNormOptions> = ((
  x: Tensor,
  options?: TypedReduceOptions & VectorNormOptions,
): Tensor => {
  checkNamed('vectorNorm', 'ord', options);
  return vectorNormOf(x, options?.ord ?? 2, options);
}) as never;
