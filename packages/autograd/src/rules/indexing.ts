/** `gather` and `scatter` are each other's gradient. Scattered products and extremes bring theirs. */
import type { Tensor } from '@nn/tensor';
import {
  assign,
  bit,
  dispatchInto,
  dispatchMany,
  filled,
  gatherOps,
  type IndexAttributes,
  type Node,
  outputBit,
  type Plan,
  type Rule,
  type ScatterAttributes,
  savedInput,
  scatterOps,
  slice,
} from '@nn/tensor/internal';
import { savedOutput, sumTo } from './rule.ts';

const opsOf = (form: IndexAttributes['form']) => ({
  gather: gatherOps('gather', { form }),
  replace: scatterOps('scatter', 'replace', { form }),
  add: scatterOps('scatter_', 'sum', { form }),
});
const ops = { outer: opsOf('outer'), aligned: opsOf('aligned') };

/** Bits of all index operands from input `first` on. */
const indexBits = (plan: Plan, first: number): number =>
  plan.inputs.reduce((mask, _, k) => (k >= first ? mask | bit(k) : mask), 0);

const indicesOf = (node: Node, first: number): Tensor[] =>
  node.plan.inputs.slice(first).map((_, k) => node.saved(first + k)!);

export const gatherRule: Rule<'gather'> = {
  needs: (plan, j) => (j === 0 ? indexBits(plan, 1) : 0),
  apply: (node, j, g) => {
    if (j > 0) return null;
    const source = node.plan.inputs[0]!;
    const zeros = filled(source.device, source.dtype, source.shape, 0);
    const { form, dims, at } = node.plan.op.attributes as IndexAttributes;
    return dispatchInto(ops[form].add(dims, at), [zeros, g, ...indicesOf(node, 1)]);
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
    const { combine, form, dims, at } = attributes;
    if (combine === 'sum' && j === 0) return g;
    const indices = indicesOf(node, 2);
    const value = node.plan.inputs[1]!;
    if (combine === 'replace' && j === 0) {
      const zeros = filled(value.device, value.dtype, value.shape, 0);
      return dispatchMany(ops[form].replace(dims, at), [g, zeros, ...indices])[0]!;
    }
    const found =
      combine === 'sum' || combine === 'replace'
        ? dispatchMany(ops[form].gather(dims, at), [g, ...indices])[0]!
        : attributes.gradient!(attributes, j as 0 | 1, g, {
            base: savedInput(node, 0),
            values: savedInput(node, 1),
            result: savedOutput(node),
            indices,
          });
    return j === 0 ? found : fit(found, value.shape);
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
