/** Activations made of straight pieces. At the kinks gradients are PyTorch's; slopes and bounds are arguments. */
import { add, and, div, less, lessEqual, max, min, mul, neg, or, same, select, sub } from '../core.ts';
import type { Expression } from '../expression.ts';
import { type Builder, defineRow } from '../row.ts';
import { clamp } from './bounds.ts';

const wide: readonly [number, number] = [-10, 10];

/** x, or 0 where x is negative. */
export const relu: Builder = defineRow({
  name: 'relu',
  arity: 1,
  accepts: 'number',
  meaning: (x) => select(less(x, same(0, x)), same(0, x), x),
  gradient: (g, out) => [select(lessEqual(out, same(0, out)), same(0, g), g)],
  domain: [wide],
});

/** g where the result lies strictly between the bounds. */
const inside = (g: Expression, out: Expression, lo: Expression, hi: Expression): Expression =>
  select(or(lessEqual(out, lo), lessEqual(hi, out)), same(0, g), g);

/** x between lo and hi; at the bounds the gradient is 0, unlike clamp's. */
export const hardtanh: Builder<3> = defineRow({
  name: 'hardtanh',
  arity: 3,
  accepts: 'number',
  meaning: (x, lo, hi) => clamp(x, lo, hi),
  gradient: (g, out, x, lo, hi) => [
    inside(g, out, lo, hi),
    select(and(less(x, lo), less(lo, hi)), g, same(0, g)),
    select(or(less(hi, x), less(hi, lo)), g, same(0, g)),
  ],
  domain: [wide, [-5, 0], [1, 5]],
});

/** x between 0 and 6. */
export const relu6: Builder = defineRow({
  name: 'relu6',
  arity: 1,
  accepts: 'number',
  meaning: (x) => clamp(x, same(0, x), same(6, x)),
  gradient: (g, out) => [inside(g, out, same(0, out), same(6, out))],
  domain: [wide],
});

/** x, or slope x where x <= 0. PyTorch's prelu is the same with a learnt slope, rrelu with a drawn one. */
export const leakyRelu: Builder<2> = defineRow({
  name: 'leakyRelu',
  arity: 2,
  accepts: 'float',
  meaning: (x, slope) => select(less(same(0, x), x), x, mul(slope, x)),
  gradient: (g, _, x, slope) => {
    const rising = less(same(0, x), x);
    return [select(rising, g, mul(g, slope)), select(rising, same(0, g), mul(g, x))];
  },
  domain: [wide, [0.01, 0.5]],
});

/** leakyRelu with a weight in the place of the slope. */
export const prelu = (x: Expression, w: Expression): Expression => leakyRelu(x, w);

/** x where it exceeds the limit, else the value. */
export const threshold: Builder<3> = defineRow({
  name: 'threshold',
  arity: 3,
  accepts: 'number',
  meaning: (x, limit, value) => select(lessEqual(x, limit), value, x),
  domain: [wide, [-1, 1], [-10, 10]],
});

/** x + 3 between 0 and 6. */
const gate = (x: Expression): Expression => min(max(add(x, same(3, x)), same(0, x)), same(6, x));

/** x/6 + 1/2 between 0 and 1. */
export const hardsigmoid: Builder = defineRow({
  name: 'hardsigmoid',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(gate(x), same(6, x)),
  gradient: (g, _, x) => {
    const rising = and(less(same(-3, x), x), less(x, same(3, x)));
    return [select(rising, div(g, same(6, g)), same(0, g))];
  },
  domain: [wide],
});

/** x hardsigmoid(x). */
export const hardswish: Builder = defineRow({
  name: 'hardswish',
  arity: 1,
  accepts: 'float',
  meaning: (x) => div(mul(x, gate(x)), same(6, x)),
  gradient: (g, _, x) => {
    const slope = add(div(x, same(3, x)), same(0.5, x));
    return [select(less(x, same(-3, x)), same(0, g), select(lessEqual(x, same(3, x)), mul(g, slope), g))];
  },
  domain: [wide],
});

/** Whether -lambda <= x <= lambda. */
const isShrunk = (x: Expression, lambda: Expression): Expression =>
  and(lessEqual(neg(lambda), x), lessEqual(x, lambda));

/** x, or 0 where |x| <= lambda. */
export const hardshrink: Builder<2> = defineRow({
  name: 'hardshrink',
  arity: 2,
  accepts: 'float',
  meaning: (x, lambda) => select(isShrunk(x, lambda), same(0, x), x),
  domain: [wide, [0.2, 1]],
});

/** x moved towards 0 by lambda; 0 where |x| <= lambda, and for NaN. */
export const softshrink: Builder<2> = defineRow({
  name: 'softshrink',
  arity: 2,
  accepts: 'float',
  meaning: (x, lambda) =>
    select(less(lambda, x), sub(x, lambda), select(less(x, neg(lambda)), add(x, lambda), same(0, x))),
  gradient: (g, _, x, lambda) => [
    select(isShrunk(x, lambda), same(0, g), g),
    select(less(lambda, x), neg(g), select(less(x, neg(lambda)), g, same(0, g))),
  ],
  domain: [wide, [0.2, 1]],
});
