import { describe, expect, it } from 'vitest';
import { evaluate } from '../../test/evaluate.ts';
import { add, bitcast, cast, exp, floor, less, lessEqual, mul, neg, select, sin, sub } from './core.ts';
import { gelu, randomBits, relu, sinc, tanh } from './derived/index.ts';
import { differentiate, expand } from './differentiate.ts';
import { constant, gradient, input, mentions, output, scalar, topological } from './expression.ts';
import { rowOf } from './row.ts';

const x = input(0, 'f32');
const y = input(1, 'f32');
const g = gradient('f32');
const out = output('f32');

describe('differentiate', () => {
  it('writes the derivative in terms of the incoming gradient, and of the result where that saves work', () => {
    expect(differentiate(x, 0)).toBe(g);
    expect(differentiate(exp(x), 0)).toBe(mul(g, out));
    expect(differentiate(mul(x, y), 0)).toBe(mul(g, y));
    expect(differentiate(sub(x, y), 1)).toBe(neg(g));
    const slope = differentiate(tanh(x), 0)!;
    expect(mentions(slope, 'output')).toBe(true);
    expect(mentions(slope, 'input')).toBe(false);
  });

  it('reads the result only where it is the whole', () => {
    expect(differentiate(mul(exp(x), y), 0)).toBe(mul(mul(g, y), exp(x)));
    expect(mentions(differentiate(sin(exp(x)), 0)!, 'output')).toBe(false);
  });

  it('adds what comes over several paths', () => {
    const square = mul(x, x);
    expect(differentiate(square, 0)).toBe(add(mul(g, x), mul(g, x)));
    const root = add(square, mul(square, x));
    const [value] = evaluate(differentiate(root, 0, constant(1, 'f32'))!, [[3]]);
    expect(value).toBe(6 + 27);
  });

  it('differentiates a shared subexpression once', () => {
    let root = x;
    for (let i = 0; i < 40; i++) root = mul(root, root);
    expect(topological(differentiate(root, 0)!).length).toBeLessThan(300);
  });

  it('takes another gradient than the leaf, and recomputes the result then', () => {
    expect(differentiate(exp(x), 0, y)).toBe(mul(y, exp(x)));
  });

  it('is null without dependence, or with steps only', () => {
    expect(differentiate(exp(x), 1)).toBeNull();
    expect(differentiate(floor(x), 0)).toBeNull();
    expect(differentiate(cast(less(x, y), 'f32'), 0)).toBeNull();
    expect(differentiate(cast(cast(x, 'i32'), 'f32'), 0)).toBeNull();
    expect(differentiate(bitcast(bitcast(x, 'i32'), 'f32'), 0)).toBeNull();
    expect(differentiate(scalar(0, 'f32'), 0)).toBeNull();
  });

  it('leaves conditions and integers alone', () => {
    const mask = less(x, constant(0, 'f32'));
    expect(differentiate(select(mask, y, x), 1)).toBe(select(mask, g, constant(0, 'f32')));
    const drawn = randomBits(scalar(0, 'u32'), scalar(1, 'u32'), scalar(2, 'u32'), input(2, 'u32'));
    expect(differentiate(mul(x, cast(less(drawn, scalar(3, 'u32')), 'f32')), 2)).toBeNull();
  });

  it('passes through casts between floats', () => {
    expect(differentiate(cast(x, 'f64'), 0)).toBe(cast(gradient('f64'), 'f32'));
  });

  it('uses stated gradients, and meanings where none is stated', () => {
    expect(rowOf('sinc').gradient).toBeUndefined();
    expect(differentiate(sinc(x), 0)).not.toBeNull();
    expect(mentions(differentiate(gelu(x), 0)!, 'ndtr')).toBe(true);
    expect(differentiate(relu(x), 0)).toBe(select(lessEqual(out, constant(0, 'f32')), constant(0, 'f32'), g));
  });
});

describe('expand', () => {
  it('goes down to the core', () => {
    const names = new Set(topological(expand(gelu(x))).map((node) => node.op));
    for (const name of names)
      if (!['input', 'constant', 'cast', 'bitcast'].includes(name)) expect(rowOf(name).meaning, name).toBeUndefined();
  });

  it('keeps what it is told to keep', () => {
    expect(expand(gelu(x), (name) => name === 'gelu')).toBe(gelu(x));
    expect(expand(gelu(x), (name) => name === 'ndtr').op).toBe('mul');
  });

  it('leaves core expressions as they are', () => {
    expect(expand(mul(x, y))).toBe(mul(x, y));
  });
});
