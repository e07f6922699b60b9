import { describe, expect, it } from 'vitest';
import { evaluate } from '../../test/evaluate.ts';
import { add, exp, mul } from './core.ts';
import {
  constant,
  coordinate,
  gradient,
  input,
  inputsOf,
  mentions,
  output,
  rewrite,
  scalar,
  substituteInputs,
  topological,
  withArguments,
} from './expression.ts';

const x = input(0, 'f32');
const y = input(1, 'f32');

describe('nodes', () => {
  it('are made once', () => {
    expect(add(x, y)).toBe(add(input(0, 'f32'), input(1, 'f32')));
    expect(add(x, y)).not.toBe(add(y, x));
    expect(input(0, 'f64')).not.toBe(x);
    expect(scalar(0, 'f32')).not.toBe(x);
    expect(output('f32')).not.toBe(gradient('f32'));
  });

  it('keep -0 and NaN apart from 0, and round constants to their type', () => {
    expect(constant(-0, 'f32')).not.toBe(constant(0, 'f32'));
    expect(constant(Number.NaN, 'f32')).toBe(constant(Number.NaN, 'f32'));
    expect(constant(0.1, 'f32').value).toBe(Math.fround(0.1));
    expect(constant(0.1, 'f64').value).toBe(0.1);
  });

  it('are frozen, and younger than their arguments', () => {
    const node = mul(add(x, y), exp(x));
    expect(Object.isFrozen(node) && Object.isFrozen(node.args)).toBe(true);
    for (const arg of node.args) expect(arg.id).toBeLessThan(node.id);
  });
});

describe('graphs', () => {
  const e = exp(x);
  const root = add(mul(e, e), y);

  it('are listed once a node, arguments first', () => {
    const nodes = topological(root);
    expect(new Set(nodes).size).toBe(nodes.length);
    expect(nodes.at(-1)).toBe(root);
    for (const [i, node] of nodes.entries()) for (const arg of node.args) expect(nodes.indexOf(arg)).toBeLessThan(i);
    expect(topological(root, exp(y))).toHaveLength(nodes.length + 1);
  });

  it('are rewritten bottom-up, and stay themselves where nothing changes', () => {
    expect(rewrite(root, withArguments)).toBe(root);
    const doubled = rewrite(root, (node, args) => (node === x ? add(x, x) : withArguments(node, args)));
    expect(evaluate(doubled, [[1], [3]])[0]).toBeCloseTo(Math.exp(4) + 3, 4);
  });

  it('take expressions for inputs, at once', () => {
    expect(substituteInputs(root, [y, x])).toBe(add(mul(exp(y), exp(y)), x));
    expect(substituteInputs(root, [undefined, constant(1, 'f32')])).toBe(add(mul(e, e), constant(1, 'f32')));
  });

  it('know their leaves', () => {
    expect(inputsOf(add(input(7, 'f32'), input(2, 'f32')))).toEqual([2, 7]);
    expect(mentions(root, 'exp')).toBe(true);
    expect(mentions(root, 'coordinate')).toBe(false);
    expect(mentions(add(coordinate, coordinate), 'coordinate')).toBe(true);
  });
});
