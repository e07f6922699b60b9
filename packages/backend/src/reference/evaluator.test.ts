import { describe, expect, it } from 'vitest';
import { add, less, mul, select, sub } from '../scalar/core.ts';
import { constant, coordinate, type Expression, input, scalar } from '../scalar/expression.ts';
import { Evaluator } from './evaluator.ts';

const [x, y] = [input(0, 'f32'), input(1, 'f32')];
const two = constant(2, 'f32');

function results(
  evaluator: Evaluator,
  inputs: readonly (readonly number[])[],
  scalars: readonly number[] = [],
  start = 0,
): number[][] {
  const n = inputs[0]?.length ?? 4;
  for (const [i, register] of evaluator.inputs) register.set(inputs[i]!);
  evaluator.prepare(n, scalars);
  evaluator.run(n, start);
  return evaluator.outputs.map((register) => [...register.subarray(0, n)]);
}

describe('Evaluator', () => {
  it('evaluates several outputs with shared parts', () => {
    const sum = add(x, y);
    const evaluator = new Evaluator([sum, mul(sum, sum), x]);
    expect(
      results(evaluator, [
        [1, 2],
        [3, 5],
      ]),
    ).toEqual([
      [4, 7],
      [16, 49],
      [1, 2],
    ]);
  });

  it('uses registers again without losing what is still needed', () => {
    // Every intermediate is read again at the very end.
    const parts: Expression[] = [x];
    for (let i = 0; i < 40; i++) parts.push(sub(mul(parts.at(-1)!, two), add(parts[Math.floor(i / 2)]!, y)));
    const total = parts.reduce(add);
    const expected = [1, -3].map((own) => {
      const values = [own];
      for (let i = 0; i < 40; i++)
        values.push(Math.fround(Math.fround(values.at(-1)! * 2) - Math.fround(values[Math.floor(i / 2)]! + 4)));
      return values.reduce((sum, v) => Math.fround(sum + v));
    });
    expect(
      results(new Evaluator([total]), [
        [1, -3],
        [4, 4],
      ]),
    ).toEqual([expected]);
  });

  it('counts coordinates from where it starts', () => {
    expect(results(new Evaluator([coordinate]), [], [], 100)).toEqual([[100, 101, 102, 103]]);
  });

  it('reads scalars anew with every prepare, also after another evaluator ran', () => {
    const first = new Evaluator([mul(x, scalar(0, 'f32'))]);
    const second = new Evaluator([add(add(x, two), constant(7, 'f32'))]);
    expect(results(first, [[1, 2]], [3])).toEqual([[3, 6]]);
    expect(results(second, [[1, 2]])).toEqual([[10, 11]]);
    expect(results(first, [[1, 2]], [-1])).toEqual([[-1, -2]]);
  });

  it('expands derived rows, and selects by bools', () => {
    const evaluator = new Evaluator([select(less(x, y), x, y)]);
    expect(
      results(evaluator, [
        [1, 5],
        [3, 4],
      ]),
    ).toEqual([[1, 4]]);
  });

  it('has no register for an input that nothing reads', () => {
    expect([...new Evaluator([y]).inputs.keys()]).toEqual([1]);
  });
});
