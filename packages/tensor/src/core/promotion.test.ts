import { afterEach, describe, expect, test } from 'vitest';
import { exp, setDefaultDType, tensor } from '../index.ts';
import { canCast, float, resultType } from './promotion.ts';

afterEach(() => setDefaultDType('float32'));

describe('resultType', () => {
  const t = (dtype: 'bool' | 'uint8' | 'int32' | 'int64' | 'float32' | 'float64', shape: number[] = [2]) => ({
    dtype,
    shape,
  });
  test.each([
    [[t('int32'), t('uint8')], [], 'int32'],
    [[t('int64'), t('float32')], [], 'float32'],
    [[t('float32'), t('float64', [])], [], 'float32'],
    [[t('int32'), t('float64', [])], [], 'float64'],
    [[t('bool')], ['integer'], 'int64'],
    [[t('uint8')], ['integer'], 'uint8'],
    [[t('int64')], ['float'], 'float32'],
    [[t('int32', []), t('int64', [])], [], 'int64'],
  ] as const)('%j beside %j is %s', (operands, numbers, expected) => {
    expect(resultType(operands, numbers)).toBe(expected);
  });

  test('in-place results may go up a category, not down', () => {
    expect([
      canCast('float64', 'float32'),
      canCast('int64', 'float32'),
      canCast('float32', 'int64'),
      canCast('int32', 'bool'),
    ]).toEqual([true, true, false, false]);
  });
});

test('a new default dtype reaches ops that were used before', () => {
  const x = tensor([1, 2], { dtype: 'int64' });
  expect([exp(x).dtype, x.add(float(2)).dtype, tensor([1]).dtype]).toEqual(['float32', 'float32', 'float32']);
  setDefaultDType('float64');
  expect([exp(x).dtype, x.add(float(2)).dtype, tensor([1]).dtype]).toEqual(['float64', 'float64', 'float64']);
  expect(() => setDefaultDType('int64' as 'float32')).toThrow(/float32 or float64/);
});
