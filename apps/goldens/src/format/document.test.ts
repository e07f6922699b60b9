import { describe, expect, it } from 'vitest';
import { DocumentError, readFamily } from './document.ts';
import { PythonFloat } from './python-float.ts';

const one = (fields: string): string => `{"family": "f", "cases": [{"id": "f/add/01", "op": "torch.add"${fields}}]}`;

describe('readFamily', () => {
  it('reads attributes with their floats and everything else as plain numbers', () => {
    const text = one(
      ', "inputs": [{"name": "input", "dtype": "float32", "shape": [1], "data": [2.0]}], "attrs": {"other": 2.0, "alpha": 3}',
    );
    const { family, cases } = readFamily(text, 'f.json');
    expect(family).toBe('f');
    expect(cases[0]?.attrs).toEqual({ other: new PythonFloat(2), alpha: 3 });
    expect(cases[0]?.inputs[0]?.data).toEqual([2]);
    expect(cases[0]?.family).toBe('f');
  });

  it('is exact where a case states no tolerance', () => {
    expect(readFamily(one(''), 'f.json').cases[0]?.tolerance).toEqual({ rtol: 0, atol: 0 });
  });

  it('keeps the fields that only some families have', () => {
    const { cases } = readFamily(one(', "given": {"grads": [null]}'), 'f.json');
    expect(cases[0]?.fields['given']).toEqual({ grads: [null] });
  });

  it.each([
    ['{', 'not JSON'],
    ['[]', 'expected an object'],
    ['{"family": "f"}', 'a list "cases"'],
    ['{"family": "f", "cases": [{}]}', 'case 0 has no "id"'],
    ['{"family": "f", "cases": [{"id": "a"}, {"id": "a"}]}', 'two cases are called a'],
  ])('refuses %s', (text, message) => {
    expect(() => readFamily(text, 'f.json')).toThrow(DocumentError);
    expect(() => readFamily(text, 'f.json')).toThrow(message);
  });
});
