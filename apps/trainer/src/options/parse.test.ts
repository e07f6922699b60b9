import { describe, expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import { list, number, oneOf, type Read, schedule, text, whole, write, yesOrNo } from './parse.ts';

const rate = number('a number above 0', (value) => value > 0);
const sizes = list(whole(1, 9), 'sizes');

describe('what is read', () => {
  test.each<[Read<unknown>, string, unknown]>([
    [rate, '0.1', 0.1],
    [rate, '1e-3', 0.001],
    [rate, '.5', 0.5],
    [rate, '+2.', 2],
    [whole(1), '12', 12],
    [whole(0), '9007199254740991', 9007199254740991],
    [sizes, '3', [3]],
    [sizes, '3, 4,5', [3, 4, 5]],
    [sizes, 'none', []],
    [oneOf(['a', 'b']), 'b', 'b'],
    [text, 'x y', 'x y'],
    [yesOrNo, 'true', true],
    [yesOrNo, 'false', false],
    [schedule, '2', { every: 2, unit: 'epochs' }],
    [schedule, '2 epochs', { every: 2, unit: 'epochs' }],
    [schedule, '1e', { every: 1, unit: 'epochs' }],
    [schedule, '500steps', { every: 500, unit: 'steps' }],
    [schedule, '500 step', { every: 500, unit: 'steps' }],
    [schedule, '30s', { every: 30, unit: 'seconds' }],
    [schedule, '30Sec', { every: 30, unit: 'seconds' }],
  ])('%s %s', (read, given, value) => {
    expect(read(given)).toEqual(value);
  });
});

describe('what is refused', () => {
  test.each<[Read<unknown>, string, RegExp]>([
    [rate, '', /^"" is not a number above 0$/],
    [rate, '0', /above 0/],
    [rate, 'NaN', /"NaN"/],
    [rate, 'Infinity', /"Infinity"/],
    [rate, '1e999', /"1e999"/],
    [rate, '0x10', /"0x10"/],
    [rate, '1 2', /"1 2"/],
    [whole(1), '0', /a whole number of at least 1/],
    [whole(1), '1.5', /a whole number/],
    [whole(0), '9007199254740992', /^"9007199254740992" is not a whole number from 0 to 9007199254740991$/],
    [whole(1, 9), '10', /from 1 to 9/],
    [sizes, '', /"" is not sizes/],
    [sizes, '3,,4', /"3,,4" is not sizes/],
    [sizes, '3,none', /is not sizes/],
    [oneOf(['a', 'b']), 'c', /"c" is not one of a, b/],
    [text, '', /a name or a path/],
    [yesOrNo, '1', /true or false/],
    [schedule, '0', /such as 1, 500steps or 30s/],
    [schedule, '-1', /such as/],
    [schedule, '3 minutes', /such as/],
    [schedule, 's', /such as/],
    [schedule, '1.5s', /such as/],
  ])('%s %s', (read, given, message) => {
    expect(() => read(given)).toThrow(Failure);
    expect(() => read(given)).toThrow(message);
  });
});

test.each<[Read<unknown>, unknown]>([
  [rate, 1e-7],
  [sizes, []],
  [sizes, [3, 4]],
  [yesOrNo, false],
  [schedule, { every: 2, unit: 'epochs' }],
  [schedule, { every: 7, unit: 'steps' }],
  [schedule, { every: 7, unit: 'seconds' }],
])('%s reads what was written of %j', (read, value) => {
  expect(read(write(value))).toEqual(value);
});
