import { expect, test } from 'vitest';
import { count, duration, fit, lossText, percent } from './format.ts';

test.each([
  [0.04, '0.0 s'],
  [9.96, '10.0 s'],
  [10, '10 s'],
  [99.4, '99 s'],
  [99.6, '1:40'],
  [125, '2:05'],
  [3599.7, '1:00:00'],
  [3725, '1:02:05'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  [0.30451, '0.3045'],
  [2.31258, '2.3126'],
  [12.345678, '12.346'],
  [12345.678, '12346'],
  [0, '0.0000'],
])('a loss of %d is %s', (loss, text) => {
  expect(lossText(loss)).toBe(text);
});

test('the rest', () => {
  expect([count(60_000), percent(0.942), percent(1)]).toEqual(['60,000', '94.2 %', '100.0 %']);
  expect([fit('abc', 5), fit('abcdef', 4), fit('a', 1)]).toEqual(['abc  ', 'abc…', 'a']);
});
