import fc from 'fast-check';
import { expect, test } from 'vitest';
import { duplicateKey } from './duplicate-keys.ts';

test.each([
  ['{}', undefined],
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', undefined],
  ['{"a":"a","b":["a","a"]}', undefined],
  ['{"a\\"":1,"a":2}', undefined],
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1, "b":{"x":[1,{}],"y":"}","x":2}}', 'x'],
  ['[{"a":1},{"b":1,"\\u0062":2}]', 'b'],
  ['{"__proto__":1,"__proto__":2}', '__proto__'],
])('%s', (json, expected) => {
  JSON.parse(json);
  expect(duplicateKey(json)).toBe(expected);
});

test('JSON.stringify never repeats a key', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => duplicateKey(JSON.stringify(value)) === undefined));
});
