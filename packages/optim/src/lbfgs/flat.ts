/** All parameters as one vector: reading it, and moving along a direction, one launch a parameter. */
import { add, castTo, dtypes, type Expression, input, mul, scalar } from '@nn/backend';
import { cat, scope, type Tensor } from '@nn/tensor';
import { dispatchInto, filledLike, type Layout, Op, outlive, reshape, slice } from '@nn/tensor/internal';

/** A result that outlives every scope; what was made on the way is given back. */
export const lasting = (body: () => Tensor): Tensor => outlive(scope(body));

const flat = (tensors: readonly Tensor[]): Tensor =>
  lasting(() => cat(tensors.map((t) => reshape(t, [t.layout.size]))) as Tensor);

export const flatParameters = (params: readonly Tensor[]): Tensor => flat(params);

/** Zeros for parameters without a gradient. */
export const flatGradient = (params: readonly Tensor[]): Tensor =>
  lasting(() => flat(params.map((p) => p.receiver?.gradient ?? filledLike(p, 0))));

function moving(read: (operand: (i: number) => Expression, step: Expression) => Expression): Op<'map'> {
  return new Op('map', 'LBFGS', {
    inPlace: true,
    build: (layouts: readonly Layout[]) => {
      const { dtype } = layouts[0]!;
      const operand = (i: number): Expression => castTo(input(i, dtypes[layouts[i]!.dtype].scalar), dtype);
      const expression = read(operand, scalar(0, dtypes[dtype].scalar));
      return { outputs: [{ dtype, expression }], scalars: 1 };
    },
  });
}

/** Parameter + step · direction. */
const moveOp = moving((x, step) => add(x(0), mul(step, x(1))));
/** Origin + step · direction, whatever the parameter was. */
const placeOp = moving((x, step) => add(x(1), mul(step, x(2))));

function eachPart(params: readonly Tensor[], vectors: readonly Tensor[], op: Op<'map'>, step: number): void {
  scope(() => {
    let start = 0;
    for (const p of params) {
      const { size, shape } = p.layout;
      const parts = vectors.map((vector) => reshape(slice(vector, 0, start, size), shape));
      dispatchInto(op, [p, ...parts], [step]);
      start += size;
    }
  });
}

/** Moves the parameters by `step` times a direction. */
export const moveBy = (params: readonly Tensor[], direction: Tensor, step: number): void =>
  eachPart(params, [direction], moveOp, step);

/** Puts the parameters `step` times a direction from an origin. */
export const placeAt = (params: readonly Tensor[], origin: Tensor, direction: Tensor, step: number): void =>
  eachPart(params, [origin, direction], placeOp, step);
