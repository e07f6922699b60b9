/**
 * Every case of the golden family tensor_repr: texts that PyTorch 1.13.1 printed. Cases that hold a Python expression are
 * translated by hand below; a case of an unknown form fails.
 */
import { readFileSync } from 'node:fs';
import type { DType } from '@nn/backend';
import { describe, expect, test } from 'vitest';
import { formatSize, formatValue } from './format-size.ts';
import { formatTensor, type PrintedTensor } from './format-tensor.ts';
import { getPrintOptions, type PrintOptions } from './print-options.ts';

interface GoldenInput {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly (number | boolean | string)[];
  readonly requires_grad?: boolean;
}

interface GoldenCase {
  readonly id: string;
  readonly op: string;
  readonly inputs: readonly GoldenInput[];
  readonly attrs: {
    readonly printoptions?: {
      readonly precision?: number;
      readonly threshold?: number;
      readonly edgeitems?: number;
      readonly linewidth?: number;
      readonly sci_mode?: boolean;
    };
    readonly arange_reshaped_to?: readonly number[];
    readonly multiplied_by?: number;
    readonly dtype?: DType;
    readonly expression?: string;
    readonly shape?: readonly number[];
  };
  readonly expected: { readonly repr?: string; readonly format?: string };
}

const file = new URL('../../../../apps/goldens/data/tensor_repr.json', import.meta.url);
const family = JSON.parse(readFileSync(file, 'utf8')) as { count: number; cases: readonly GoldenCase[] };

/** The programs of `attrs.expression`, for a float32 vector x. */
const expressions: Readonly<Record<string, { data(x: readonly number[]): readonly number[]; gradFn: string }>> = {
  'x * 2': { data: (x) => x.map((value) => value * 2), gradFn: 'MulBackward0' },
  'x.sum()': { data: (x) => [x.reduce((sum, value) => sum + value)], gradFn: 'SumBackward0' },
  'x.exp()': { data: (x) => x.map((value) => Math.fround(Math.exp(value))), gradFn: 'ExpBackward0' },
  'x @ x': { data: (x) => [x.reduce((sum, value) => sum + value * value, 0)], gradFn: 'DotBackward0' },
  'x.mean()': { data: (x) => [x.reduce((sum, value) => sum + value) / x.length], gradFn: 'MeanBackward0' },
  '-x': { data: (x) => x.map((value) => -value), gradFn: 'NegBackward0' },
};

function numbersOf({ data, dtype }: GoldenInput): readonly number[] {
  return data.map((value) => (dtype === 'float32' ? Math.fround(Number(value)) : Number(value)));
}

function optionsOf({ printoptions: given = {} }: GoldenCase['attrs']): PrintOptions {
  const defaults = getPrintOptions();
  return {
    precision: given.precision ?? defaults.precision,
    threshold: given.threshold ?? defaults.threshold,
    edgeItems: given.edgeitems ?? defaults.edgeItems,
    lineWidth: given.linewidth ?? defaults.lineWidth,
    sciMode: given.sci_mode ?? null,
  };
}

function printedTensorOf({ id, inputs, attrs }: GoldenCase): PrintedTensor {
  const options = optionsOf(attrs);
  const [input] = inputs;
  if (attrs.arange_reshaped_to) {
    const shape = attrs.arange_reshaped_to;
    const length = shape.reduce((product, size) => product * size, 1);
    const data = Array.from({ length }, (_, index) => index * (attrs.multiplied_by ?? 1));
    return { data, shape, dtype: attrs.dtype ?? 'float32', options };
  }
  if (!input) throw new Error(`${id} has neither an input nor a generated one`);
  if (attrs.expression === undefined) {
    const suffixes = { requiresGrad: input.requires_grad };
    return { data: numbersOf(input), shape: input.shape, dtype: input.dtype, suffixes, options };
  }
  const program = expressions[attrs.expression];
  if (!program) throw new Error(`${id}: the expression ${attrs.expression} has no translation`);
  const data = program.data(numbersOf(input));
  const shape = data.length === 1 ? [] : [data.length];
  return { data, shape, dtype: input.dtype, suffixes: { gradFn: program.gradFn, requiresGrad: true }, options };
}

const printers: Readonly<Record<string, (golden: GoldenCase) => string>> = {
  'torch.Tensor.__repr__': (golden) => formatTensor(printedTensorOf(golden)),
  'torch.Size.__repr__': ({ attrs }) => formatSize(attrs.shape ?? [Number.NaN]),
  'torch.Tensor.__str__': ({ inputs: [input] }) => formatValue(Number(input?.data[0]), input?.dtype ?? 'bool'),
};

describe('goldens: tensor_repr', () => {
  test('the file is whole', () => {
    expect(family.count).toBe(71);
    expect(family.cases).toHaveLength(family.count);
  });

  test.each(family.cases.map((golden) => [golden.id, golden] as const))('%s', (_, golden) => {
    const print = printers[golden.op];
    expect(print, golden.op).toBeDefined();
    const expected = golden.expected.repr ?? golden.expected.format;
    expect(expected).toBeTypeOf('string');
    expect(print?.(golden)).toBe(expected);
  });
});
