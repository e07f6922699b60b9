/**
 * Losses that are an expression of the elements of their operands: computed and reduced in one launch. Knows how a loss is said to the core, not which
 * ones there are.
 */
import {
  castTo,
  DTypeError,
  div,
  dtypes,
  type Expression,
  input,
  isFloat,
  ShapeError,
  scalar,
  ValueError,
} from '@nn/backend';
import { resultType, type Tensor } from '@nn/tensor';
import {
  broadcastShapes,
  checkNamed,
  dispatchMany,
  type Layout,
  Op,
  type ReduceBuild,
  sameNumbers,
  shapeText,
  sizeOf,
  sizesOf,
} from '@nn/tensor/internal';

/** What becomes of the losses of the elements: their mean, their sum, or nothing. */
export type Reduction = 'mean' | 'sum' | 'none';

export interface ReductionOptions<R extends Reduction = Reduction> {
  /** 'mean' (the default), 'sum', or 'none' for a loss for each element. */
  readonly reduction?: R | undefined;
}

/** The shape of a loss. */
export type LossShape<R> = R extends 'none' ? readonly number[] : [];

/** A loss of a prediction and what it should be, which have one shape or broadcast. */
export type PairLoss<Options = unknown> = <A extends Tensor, R extends Reduction = 'mean'>(
  input: A,
  target: Tensor,
  options?: ReductionOptions<R> & Options,
) => Tensor<LossShape<R>, A['dtype']>;

/** Over the elements of the operands, all of one float type, and run-time numbers. */
export type LossExpression = (operands: readonly Expression[], numbers: readonly Expression[]) => Expression;

export interface LossCall {
  readonly reduction?: Reduction | undefined;
  /** The run-time numbers. */
  readonly numbers?: readonly number[];
  /** A dimension that is summed in any case (classes, say): 'none' leaves a loss for each position of the others, of which 'mean' is the mean. */
  readonly along?: number;
  /** Every loss is divided by it; 1. */
  readonly divisor?: number;
}

export function checkReduction(op: string, reduction: string): void {
  if (reduction !== 'mean' && reduction !== 'sum' && reduction !== 'none')
    throw new ValueError(op, `reduction is '${reduction}'; it must be 'mean', 'sum' or 'none'`);
}

/** The dtype that operands meet in. */
export function lossType(
  op: string,
  layouts: readonly { readonly dtype: Layout['dtype']; readonly shape: readonly number[] }[],
): Layout['dtype'] {
  const dtype = resultType(layouts);
  if (!isFloat(dtype))
    throw new DTypeError(
      op,
      `takes floats, got ${layouts.map((layout) => layout.dtype).join(' and ')}; convert with .to('float32')`,
    );
  return dtype;
}

/** Refuses operands of different shapes. */
export function checkSameShape(op: string, input: Tensor, target: Tensor, names = 'input and target'): void {
  if (!sameNumbers(sizesOf(op, input), sizesOf(op, target)))
    throw new ShapeError(
      op,
      `${names} have shapes ${shapeText(input.layout.shape)} and ${shapeText(target.layout.shape)}; they must be equal`,
    );
}

/** Expression and dtype for operands of these layouts. */
function built(
  name: string,
  expression: LossExpression,
  count: number,
  layouts: readonly Layout[],
): { dtype: Layout['dtype']; value: Expression } {
  const dtype = lossType(name, layouts);
  const { scalar: type } = dtypes[dtype];
  const operands = layouts.map((layout, i) => castTo(input(i, dtypes[layout.dtype].scalar), dtype));
  return {
    dtype,
    value: expression(
      operands,
      Array.from({ length: count }, (_, k) => scalar(k, type)),
    ),
  };
}

/** Makes a loss of an expression over `numbers` run-time numbers. */
export function elementwiseLoss(
  name: string,
  expression: LossExpression,
  numbers = 0,
): (operands: readonly Tensor[], call: LossCall) => Tensor {
  const map = new Op('map', name, {
    inPlace: false,
    build: (layouts) => {
      const { dtype, value } = built(name, expression, numbers, layouts);
      return { outputs: [{ dtype, expression: value }], scalars: numbers };
    },
  });
  const sums = new Map<number, Op<'reduce'>>();
  const sumOver = (dims: readonly number[]): Op<'reduce'> => {
    const key = dims.reduce((bits, d) => bits + 2 ** d, 0);
    let op = sums.get(key);
    if (op === undefined) {
      const build = (layouts: readonly Layout[]): ReduceBuild => {
        const { dtype, value } = built(name, expression, numbers, layouts);
        return {
          dtype,
          combine: 'sum',
          body: value,
          epilogue: div(input(0, value.type), scalar(numbers, value.type)),
          scalars: numbers + 1,
        };
      };
      op = new Op('reduce', name, { dims, keepdim: false, build });
      sums.set(key, op);
    }
    return op;
  };
  return (operands, call) => {
    const { reduction = 'mean', numbers: given = [], along, divisor = 1 } = checkNamed(name, call);
    checkReduction(name, reduction);
    if (reduction === 'none' && along === undefined) return dispatchMany(map, operands, given)[0]!;
    if (reduction === 'none') return dispatchMany(sumOver([along!]), operands, [...given, divisor])[0]!;
    const shape = broadcastShapes(
      name,
      operands.map((t) => sizesOf(name, t)),
    );
    const losses = sizeOf(shape) / (along === undefined ? 1 : shape[along]!);
    return dispatchMany(sumOver(shape.map((_, d) => d)), operands, [
      ...given,
      reduction === 'sum' ? divisor : divisor * losses,
    ])[0]!;
  };
}

/** The operands that were given. */
export const present = (...operands: readonly (Tensor | null | undefined)[]): Tensor[] =>
  operands.filter((t) => t !== null && t !== undefined);
