import { describe, expect, it } from 'vitest';
import { NnError } from '../errors.ts';
import { select } from './core.ts';
import { input } from './expression.ts';
import { accepts, apply, defineRow, rowOf } from './row.ts';

const x = input(0, 'f32');

describe('rows', () => {
  it('have names of their own', () => {
    expect(() => defineRow({ name: 'add', arity: 2, accepts: 'number' })).toThrow(NnError);
    expect(() => rowOf('nothing')).toThrow('no row named nothing');
  });

  it.each([
    ['exp', 'f64', true],
    ['exp', 'i32', false],
    ['add', 'u32', true],
    ['add', 'bool', false],
    ['xor', 'bool', true],
    ['xor', 'f32', false],
    ['less', 'bool', true],
  ] as const)('%s accepts %s: %s', (name, type, answer) => {
    expect(accepts(rowOf(name), type)).toBe(answer);
  });
});

describe('apply', () => {
  it('names the row and the types when they do not fit', () => {
    expect(() => apply('add', x, input(1, 'f64'))).toThrow(
      '[add] takes 2 arguments (number) of one type, got f32, f64',
    );
    expect(() => apply('add', x)).toThrow(NnError);
    expect(() => apply('add')).toThrow(NnError);
    expect(() => apply('exp', input(0, 'i32'))).toThrow(NnError);
  });

  it('wants a bool first in select, and there alone', () => {
    expect(select(input(0, 'bool'), x, input(1, 'f32')).type).toBe('f32');
    expect(() => select(x, x, input(1, 'f32'))).toThrow(NnError);
    expect(() => select(input(0, 'bool'), x, input(1, 'i32'))).toThrow(NnError);
  });

  it('gives the type that the row says', () => {
    expect(apply('less', x, x).type).toBe('bool');
    expect(apply('add', x, x).type).toBe('f32');
  });
});
