/** Bounds of whole expressions: node by node, from the bounds of what they read. */
import { type CoreName, type Expression, expand, type ScalarType, topological } from '@nn/backend';
import {
  everything, flushable, hull, type Interval, isEmpty, isPoint, nothing, point, rounded, union, widen,
} from './interval.ts'; // biome-ignore format: one list
import type { Precision } from './precision.ts';
import { rowBounds } from './rows.ts';

/** Makes a function from inputs and a coordinate to the bounds of the expression. */
export function boundsOf(
  expression: Expression,
  precision: Precision,
): (inputs: readonly number[], at: number) => Interval {
  const nodes = topological(expand(expression));
  const place = new Map(nodes.map((node, i) => [node, i]));
  const steps = nodes.map((node) => ({ node, args: node.args.map((arg) => place.get(arg)!) }));
  const found: Interval[] = nodes.map(() => nothing);
  return (inputs, at) => {
    for (const [i, { node, args }] of steps.entries())
      found[i] = nodeBounds(node, args.map((arg) => found[arg]!), inputs, at, precision); // biome-ignore format: one step
    return found.at(-1)!;
  };
}

function nodeBounds(
  node: Expression,
  args: readonly Interval[],
  inputs: readonly number[],
  at: number,
  precision: Precision,
): Interval {
  switch (node.op) {
    case 'input':
      return leaf(inputs[node.value]!, node.type);
    case 'constant':
      return leaf(node.value, node.type);
    case 'coordinate':
      return point(at);
    case 'cast':
      return castBounds(args[0]!, node.args[0]!.type, node.type);
    case 'bitcast':
      return bitcastBounds(args[0]!, node.args[0]!.type, node.type);
    case 'equal':
      // A value is equal to itself, however uncertain it is, unless it is NaN.
      if (node.args[0] === node.args[1]) return { lo: args[0]!.nan ? 0 : 1, hi: isEmpty(args[0]!) ? 0 : 1, nan: false };
  }
  const operand = node.op === 'select' ? node.args[1]! : node.args[0]!;
  return rowBounds(node.op as CoreName, args, operand.type, precision);
}

const isFloat = (type: ScalarType): type is 'f32' | 'f64' => type === 'f32' || type === 'f64';

/** A denormal number may have become zero on its way in. */
const leaf = (x: number, type: ScalarType): Interval => (isFloat(type) ? flushable(point(x), type) : point(x));

function castBounds(x: Interval, from: ScalarType, to: ScalarType): Interval {
  if (to === 'bool') {
    const canBeZero = x.lo <= 0 && x.hi >= 0;
    return { lo: canBeZero ? 0 : 1, hi: x.nan || x.lo < 0 || x.hi > 0 ? 1 : 0, nan: false };
  }
  if (isFloat(to)) return isPoint(x) ? flushable(point(rounded(x.lo, to)), to) : widen(x, to, 0.5);
  const [least, most] = to === 'u32' ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  if (isFloat(from)) {
    const clamped = (v: number): number => Math.trunc(Math.min(Math.max(v, least), most));
    const numbers = isEmpty(x) ? [] : [clamped(x.lo), clamped(x.hi)];
    return hull(x.nan ? [...numbers, 0] : numbers);
  }
  // Between integers the bits stay.
  if (!isPoint(x)) return x.lo >= least && x.hi <= most ? x : hull([least, most]);
  return point(to === 'u32' ? x.lo >>> 0 : x.lo | 0);
}

const bits = new DataView(new ArrayBuffer(4));

function bitcastBounds(x: Interval, from: ScalarType, to: ScalarType): Interval {
  if (!isPoint(x)) return to === 'f32' ? everything : hull(to === 'u32' ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1]);
  if (from === 'f32') bits.setFloat32(0, x.lo);
  else bits.setUint32(0, x.lo >>> 0);
  if (to === 'f32') {
    const value = bits.getFloat32(0);
    return Number.isNaN(value) ? nothing : union(point(value), flushable(point(value), 'f32'));
  }
  return point(to === 'u32' ? bits.getUint32(0) : bits.getInt32(0));
}
