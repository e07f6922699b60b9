import { expect, test } from 'vitest';
import { type Label, linesOf } from './labels.ts';

const at = (x: number, text = 'tfjs'): Label => ({ x, text });

test.each<[string, Label[], number[]]>([
  ['none', [], []],
  ['far from each other', [at(0), at(100), at(200)], [0, 0, 0]],
  ['one that would cover the next dot', [at(100), at(120)], [-1, 0]],
  ['at one place', [at(100), at(100), at(100)], [0, -1, 1]],
  ['given from the right to the left', [at(120), at(100)], [0, -1]],
  ['a long one', [at(0, 'a long name'), at(60)], [-1, 0]],
])('%s', (_, labels, expected) => {
  expect(linesOf(labels)).toEqual(expected);
});

test('more than there are lines for take that which is free first', () => {
  expect(linesOf([at(0), at(1), at(2), at(3)])).toHaveLength(4);
});
