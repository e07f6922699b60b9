/**
 * `gather` and `scatter` are each other's gradient. A scattered extreme shares with its ties, a scattered product leaves out its own factor:
 * the formulas are those of torch.scatter_reduce.
 */
import { and, cast, type Expression, equal, input, same, select } from '@nn/backend';
import { add, div, mul, type Tensor } from '@nn/tensor';
import {
  assign,
  dispatchInto,
  dispatchMany,
  filled,
  filledLike,
  type IndexAttributes,
  type Node,
  Op,
  outputBit,
  type Plan,
  type ScatterAttributes,
  slice,
} from '@nn/tensor/internal';
import { bit, type Rule, savedInput, savedOutput, sumTo } from './rule.ts';
import { derivedMap } from './symbolic.ts';

const opsByKey = new Map<string, Op>();

function indexOp<K extends 'gather' | 'scatter'>(
  kind: K,
  attributes: IndexAttributes,
  combine: ScatterAttributes['combine'] = 'sum',
  inPlace = false,
): Op {
  const { form, dims, at } = attributes;
  const key = `${kind} ${form} ${dims.join()} ${at} ${combine} ${inPlace}`;
  let op = opsByKey.get(key);
  if (op === undefined) {
    op =
      kind === 'gather'
        ? new Op('gather', 'gather', { form, dims, at })
        : new Op('scatter', inPlace ? 'scatter_' : 'scatter', { form, dims, at, combine, inPlace });
    opsByKey.set(key, op as Op);
  }
  return op as Op;
}

/** Bits of all index operands from input `first` on. */
const indexBits = (plan: Plan, first: number): number =>
  plan.inputs.reduce((mask, _, k) => (k >= first ? mask | bit(k) : mask), 0);

const indicesOf = (node: Node, first: number): Tensor[] =>
  node.plan.inputs.slice(first).map((_, k) => node.saved(first + k)!);

const gather = (attributes: IndexAttributes, from: Tensor, indices: readonly Tensor[]): Tensor =>
  dispatchMany(indexOp('gather', attributes), [from, ...indices])[0]!;

const scatter = (
  attributes: IndexAttributes,
  combine: ScatterAttributes['combine'],
  base: Tensor,
  value: Tensor,
  indices: readonly Tensor[],
): Tensor => dispatchMany(indexOp('scatter', attributes, combine), [base, value, ...indices])[0]!;

export const gatherRule: Rule<'gather'> = {
  needs: (plan, j) => (j === 0 ? indexBits(plan, 1) : 0),
  apply: (node, j, g) => {
    if (j > 0) return null;
    const source = node.plan.inputs[0]!;
    const zeros = filled(source.device, source.dtype, source.shape, 0);
    return dispatchInto(indexOp('scatter', node.plan.op.attributes as IndexAttributes, 'sum', true), [
      zeros,
      g,
      ...indicesOf(node, 1),
    ]);
  },
};

export const scatterRule: Rule<'scatter'> = {
  needs: (plan, j) => {
    if (j > 1) return 0;
    const { combine } = plan.op.attributes as ScatterAttributes;
    if (combine === 'sum') return j === 0 ? 0 : indexBits(plan, 2);
    if (combine === 'replace') return indexBits(plan, 2);
    return bit(0) | bit(1) | indexBits(plan, 2) | outputBit;
  },
  apply: (node, j, g) => {
    if (j > 1) return null;
    const attributes = node.plan.op.attributes as ScatterAttributes;
    const { combine } = attributes;
    if (combine === 'sum' && j === 0) return g;
    const indices = indicesOf(node, 2);
    const value = node.plan.inputs[1]!;
    if (combine === 'replace' && j === 0) {
      const zeros = filled(value.device, value.dtype, value.shape, 0);
      return scatter(attributes, 'replace', g, zeros, indices);
    }
    const own = (t: Tensor): Tensor => fit(t, value.shape);
    if (combine === 'sum' || combine === 'replace') return own(gather(attributes, g, indices));
    const base = savedInput(node, 0);
    const values = savedInput(node, 1);
    return combine === 'product'
      ? productGradient(attributes, j, g, base, values, savedOutput(node), indices, own)
      : extremeGradient(attributes, j, g, base, values, savedOutput(node), indices, own);
  },
};

/** A gathered gradient in the values' shape: stretched values are summed; values beyond the index get zeros. */
function fit(t: Tensor, shape: readonly number[]): Tensor {
  if (t.shape.length === shape.length && t.shape.some((n, d) => n < shape[d]!)) {
    const out = filled(t.layout.device, t.dtype, shape, 0);
    let region: Tensor = out;
    t.shape.forEach((n, d) => {
      region = slice(region, d, 0, n);
    });
    assign(region, t, { fresh: true });
    return out;
  }
  return sumTo(t, shape);
}

const type = (t: Tensor): 'f32' | 'f64' => (t.dtype === 'float64' ? 'f64' : 'f32');
const maps = new Map<string, Op<'map'>>();

/** An elementwise helper over float tensors of one dtype. */
function elementwise(
  name: string,
  t: Tensor,
  make: (x: Expression, y: Expression, z: Expression) => Expression,
  arity: number,
): Op<'map'> {
  const key = `${name}${t.dtype}`;
  let op = maps.get(key);
  if (op === undefined) {
    const [x, y, z] = [input(0, type(t)), input(1, type(t)), input(2, type(t))];
    op = derivedMap(name, { sources: [0, 1, 2].slice(0, arity), expression: make(x, y, z) }, t.dtype);
    maps.set(key, op);
  }
  return op;
}

const same01 = (a: Tensor, b: Tensor): Tensor =>
  dispatchMany(
    elementwise('sameAs', a, (x, y) => cast(equal(x, y), x.type), 2),
    [a, b],
  )[0]!;
/** Zeros replaced by 1. */
const nonzero = (a: Tensor): Tensor =>
  dispatchMany(
    elementwise('nonzero', a, (x) => select(equal(x, same(0, x)), same(1, x), x), 1),
    [a],
  )[0]!;
const isZero = (a: Tensor): Tensor =>
  dispatchMany(
    elementwise('isZero', a, (x) => cast(equal(x, same(0, x)), x.type), 1),
    [a],
  )[0]!;

type Fit = (t: Tensor) => Tensor;

/** Base and values that equal the result share the gradient evenly. */
function extremeGradient(
  attributes: ScatterAttributes,
  j: number,
  g: Tensor,
  base: Tensor,
  values: Tensor,
  result: Tensor,
  indices: readonly Tensor[],
  own: Fit,
): Tensor {
  const winner = gather(attributes, result, indices);
  const baseWins = same01(base, result);
  const valueWins = same01(fitTo(values, winner.shape), winner);
  const count = scatter(attributes, 'sum', baseWins, valueWins, indices);
  const shared = div(g, count);
  return j === 0 ? mul(baseWins, shared) : own(mul(valueWins, gather(attributes, shared, indices)));
}

/** Values as the index walks them. */
function fitTo(values: Tensor, shape: readonly number[]): Tensor {
  let region = values;
  if (values.shape.length === shape.length)
    shape.forEach((n, d) => {
      if (n < region.shape[d]!) region = slice(region, d, 0, n);
    });
  return region;
}

/** Each factor gets the product of the others; a single zero among the values is left out of the product that it gets. */
function productGradient(
  attributes: ScatterAttributes,
  j: number,
  g: Tensor,
  base: Tensor,
  values: Tensor,
  result: Tensor,
  indices: readonly Tensor[],
  own: Fit,
): Tensor {
  if (j === 0) {
    const safe = nonzero(base);
    return div(mul(g, scatter(attributes, 'product', safe, values, indices)), safe);
  }
  const walked = fitTo(values, gather(attributes, result, indices).shape);
  const zeros = isZero(walked);
  const count = gather(attributes, scatter(attributes, 'sum', filledLike(base, 0), zeros, indices), indices);
  const single = dispatchMany(
    elementwise('singleZero', walked, (z, n) => cast(and(equal(z, same(1, z)), equal(n, same(1, n))), z.type), 2),
    [zeros, count],
  )[0]!;
  const withoutZero = add(walked, single);
  const others = gather(attributes, mul(g, scatter(attributes, 'product', base, withoutZero, indices)), indices);
  const quotient = div(gather(attributes, mul(g, result), indices), nonzero(walked));
  const choose = elementwise('choose', walked, (s, x, y) => select(equal(s, same(1, s)), x, y), 3);
  return own(dispatchMany(choose, [single, others, quotient])[0]!);
}
