import { describe, expect, it } from 'vitest';
import { parsePythonExpression } from './python-expression.ts';
import { PythonFloat } from './python-float.ts';

describe('parsePythonExpression', () => {
  it('reads calls with arguments by position and by name', () => {
    expect(parsePythonExpression('Conv2d(4, 4, (3, 5), groups=2, bias=False)')).toEqual({
      name: 'Conv2d',
      positional: [4, 4, [3, 5]],
      keywords: { groups: 2, bias: false },
    });
  });

  it('reads nested calls, lists, strings and floats', () => {
    expect(parsePythonExpression('ModuleList([Dropout(0.3), GELU(approximate="tanh"), norm.Identity()])')).toEqual({
      name: 'ModuleList',
      positional: [
        [
          { name: 'Dropout', positional: [new PythonFloat(0.3)], keywords: {} },
          { name: 'GELU', positional: [], keywords: { approximate: 'tanh' } },
          { name: 'norm.Identity', positional: [], keywords: {} },
        ],
      ],
      keywords: {},
    });
  });

  it('reads methods and attributes of what a call gives', () => {
    const empty = { name: 'torch.empty', positional: [6], keywords: {} };
    expect(parsePythonExpression('torch.empty(6).normal_(1, std=3).T')).toEqual({
      of: { of: empty, name: 'normal_', call: { name: 'normal_', positional: [1], keywords: { std: 3 } } },
      name: 'T',
      call: null,
    });
  });

  it.each([
    ['-1', -1],
    ['1e-05', new PythonFloat(1e-5)],
    ['2.', new PythonFloat(2)],
    ['.1', new PythonFloat(0.1)],
    ['None', null],
    ['(32,)', [32]],
    ['()', []],
    ['torch.float64', 'float64'],
    ['{"a": 1, "b": None}', { name: 'OrderedDict', positional: [], keywords: { a: 1, b: null } }],
  ])('reads %s', (text, value) => {
    expect(parsePythonExpression(text)).toEqual(value);
  });

  it.each(['Linear(3', 'Linear(3) 4', 'x + y', 'unknown', 'f(1 2)', '[1 2]', '{1: 2}', '{"a" 1}'])(
    'refuses %s',
    (text) => {
      expect(() => parsePythonExpression(text)).toThrow();
    },
  );
});
