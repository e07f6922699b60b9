/** Gradients of scattered products and extremes, by the formulas of torch.scatter_reduce: an extreme shares with its ties, a product leaves out its own factor. */
import { and, cast, type Expression, equal, same, select } from '@nn/backend';
import { dispatch, dispatchMany } from '../../core/dispatch.ts';
import { filledLike } from '../../core/fill.ts';
import { type IndexAttributes, Op, type ScatterGradient } from '../../core/op.ts';
import type { Tensor } from '../../tensor.ts';
import { add, div, mul } from '../elementwise/arithmetic.ts';
import { element, single } from '../elementwise/build.ts';
import { sliceView } from '../shape/views.ts';
import { gatherOps, scatterOps } from './index-op.ts';

const opsOf = (form: IndexAttributes['form']) => ({
  gather: gatherOps('gather', { form }),
  sum: scatterOps('scatter', 'sum', { form }),
  product: scatterOps('scatter', 'product', { form, gradient: productGradient }),
});

/** The ops of a form, made when first needed. */
const known = new Map<string, ReturnType<typeof opsOf>>();

function ops({ form }: IndexAttributes): ReturnType<typeof opsOf> {
  let found = known.get(form);
  if (found === undefined) {
    found = opsOf(form);
    known.set(form, found);
  }
  return found;
}

const gather = (attributes: IndexAttributes, from: Tensor, indices: readonly Tensor[]): Tensor =>
  dispatchMany(ops(attributes).gather(attributes.dims, attributes.at), [from, ...indices])[0]!;

const scatter = (
  attributes: IndexAttributes,
  combine: 'sum' | 'product',
  base: Tensor,
  value: Tensor,
  indices: readonly Tensor[],
): Tensor => dispatchMany(ops(attributes)[combine](attributes.dims, attributes.at), [base, value, ...indices])[0]!;

/** An elementwise helper over float tensors of one dtype. */
const elementwise = (name: string, make: (...operands: Expression[]) => Expression): Op<'map'> =>
  new Op('map', name, {
    inPlace: false,
    build: (layouts) => single(layouts[0]!.dtype, make(...layouts.map(element))),
  });

const sameAs = elementwise('sameAs', (x, y) => cast(equal(x!, y!), x!.type));
/** Zeros replaced by 1. */
const nonzero = elementwise('nonzero', (x) => select(equal(x!, same(0, x!)), same(1, x!), x!));
const isZero = elementwise('isZero', (x) => cast(equal(x!, same(0, x!)), x!.type));
const singleZero = elementwise('singleZero', (z, n) =>
  cast(and(equal(z!, same(1, z!)), equal(n!, same(1, n!))), z!.type),
);
const choose = elementwise('choose', (s, x, y) => select(equal(s!, same(1, s!)), x!, y!));

const product = (x: Tensor, y: Tensor): Tensor => mul(x, y) as Tensor;
const quotient = (x: Tensor, y: Tensor): Tensor => div(x, y) as Tensor;

/** Base and values that equal the result share the gradient evenly. */
export const extremeGradient: ScatterGradient = (attributes, j, g, { base, values, result, indices }) => {
  const winner = gather(attributes, result, indices);
  const baseWins = dispatch(sameAs, base, result);
  const valueWins = dispatch(sameAs, fitTo(values, winner.shape), winner);
  const count = scatter(attributes, 'sum', baseWins, valueWins, indices);
  const shared = quotient(g, count);
  return j === 0 ? product(baseWins, shared) : product(valueWins, gather(attributes, shared, indices));
};

/** Values as the index walks them. */
function fitTo(values: Tensor, shape: readonly number[]): Tensor {
  let region = values;
  if (values.shape.length === shape.length)
    shape.forEach((n, d) => {
      if (n < region.shape[d]!) region = sliceView(region, d, 0, n);
    });
  return region;
}

/** Each factor gets the product of the others; a single zero among the values is left out of the product that it gets. */
export const productGradient: ScatterGradient = (attributes, j, g, { base, values, result, indices }) => {
  if (j === 0) {
    const safe = dispatch(nonzero, base);
    return quotient(product(g, scatter(attributes, 'product', safe, values, indices)), safe);
  }
  const walked = fitTo(values, gather(attributes, result, indices).shape);
  const zeros = dispatch(isZero, walked);
  const count = gather(attributes, scatter(attributes, 'sum', filledLike(base, 0), zeros, indices), indices);
  const single = dispatch(singleZero, zeros, count);
  const withoutZero = add(walked, single) as Tensor;
  const others = gather(attributes, product(g, scatter(attributes, 'product', base, withoutZero, indices)), indices);
  const rest = quotient(gather(attributes, product(g, result), indices), dispatch(nonzero, walked));
  return dispatch(choose, single, others, rest);
};
