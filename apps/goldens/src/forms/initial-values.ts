/**
 * Initial values: the functions of torch.nn.init and the parameters of fresh modules. Random ones are judged by their
 * distribution, drawn again from a fixed seed until there are enough values.
 */

import { empty, manualSeed, type Tensor } from '@nn/tensor';
import { compareDistribution, ENOUGH_VALUES, measureMoments } from '../compare/distributions.ts';
import {
  AGREED,
  type Comparison,
  compareNumbers,
  comparePlain,
  compareTensors,
  fail,
  joinComparisons,
} from '../compare/tensors.ts';
import { type GoldenCase, isRecord, type JsonRecord, type StoredTensor } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { countElements, roundAsWritten } from '../format/tensor-values.ts';
import { initializers } from '../ops/initializers.ts';
import { callOp } from '../run/call.ts';
import { CallArguments } from '../run/call-arguments.ts';
import { checkOutputs } from '../run/check-standard.ts';
import { callMethod } from '../run/library.ts';
import { constructModule, moduleName } from '../run/modules.ts';
import { isTensor, readTensor } from '../run/tensors.ts';
import type { Form } from './form.ts';

const PREFIX = 'torch.nn.init.';
const SEED = 0;

export const initializerForm: Form = {
  matches: ({ op }) => op.startsWith(PREFIX),

  async run(golden) {
    manualSeed(SEED);
    if (golden.outputs) return checkOutputs(golden, [(await initialize(golden)).tensor]);
    const expected = golden.fields['expected'];
    if (!isRecord(expected)) throw new TypeError('an initialiser needs "outputs" or "expected"');
    if ('value' in expected)
      return compareNumbers(
        [roundAsWritten((await initialize(golden)).result as number)],
        [expected['value'] as number],
        golden.tolerance,
      );
    if ('fan_in' in expected)
      return comparePlain((await initialize(golden)).result, [expected['fan_in'], expected['fan_out']]);
    if ('gram' in expected) return compareGram(golden, expected['gram'] as unknown as StoredTensor);
    if ('zeros_per_column' in expected) return compareZeros(golden, expected['zeros_per_column'] as number);
    if ('mean_of_1e6_draws' in expected) return compareTruncated(golden, expected);
    return compareDistribution(await drawValues(async () => [(await initialize(golden)).tensor]), expected);
  },
};

export const initialStateForm: Form = {
  matches: ({ op, fields, outputs }) =>
    moduleName(op) !== undefined && outputs === undefined && isInitialState(fields['expected']),

  async run(golden) {
    manualSeed(SEED);
    const name = moduleName(golden.op) as string;
    const init = toPlain(golden.attrs['init'] ?? {}) as Record<string, unknown>;
    const expected = golden.fields['expected'] as JsonRecord;
    const parts: [string, Comparison][] = [];
    for (const [key, description] of Object.entries(expected)) {
      const draw = async (): Promise<Tensor[]> => selectState(constructModule(name, init), key);
      // Constants are the same in every module; only chance needs many.
      const wanted = 'constant' in (description as JsonRecord) ? 1 : ENOUGH_VALUES;
      parts.push([key, compareDistribution(await drawValues(draw, wanted), description as JsonRecord)]);
    }
    return joinComparisons(parts);
  },
};

function isInitialState(expected: unknown): boolean {
  return (
    isRecord(expected as JsonRecord) &&
    Object.values(expected as JsonRecord).every(
      (value) => isRecord(value) && ('distribution' in value || 'constant' in value),
    )
  );
}

/** The tensors of a module's state that a key names; `all` names all parameters. */
function selectState(module: unknown, key: string): Tensor[] {
  const state = new Map(Object.entries(callMethod(module, 'stateDict', []) as Record<string, Tensor>));
  if (key === 'all') return [...state.values()];
  const found = state.get(key);
  if (!isTensor(found)) throw new Error(`the state has no ${key}, only ${[...state.keys()].join(', ')}`);
  return [found];
}

async function drawValues(draw: () => Promise<readonly Tensor[]>, wanted = ENOUGH_VALUES): Promise<number[]> {
  const values: number[] = [];
  while (values.length < wanted) {
    for (const tensor of await draw()) values.push(...(await readTensor(tensor)).values);
  }
  return values;
}

/** Calls the initialiser on a tensor of the case's shape; what it returned and the tensor. */
async function initialize(
  { op, attrs }: GoldenCase,
  shapeWithout: readonly number[] = [],
): Promise<{ tensor: Tensor; result: unknown }> {
  const { shape, ...options } = attrs;
  const tensor = empty((toPlain(shape ?? null) as readonly number[] | null) ?? shapeWithout);
  const takesTensor = shape !== undefined || shapeWithout.length > 0;
  const call = new CallArguments(new Map(takesTensor ? [['tensor', tensor]] : []), options);
  return { tensor, result: await callOp(op, call, initializers) };
}

/** With W = weight as (rows, rest): W Wᵀ when rows <= rest, else Wᵀ W. */
async function compareGram(golden: GoldenCase, expected: StoredTensor): Promise<Comparison> {
  const { shape, values } = await readTensor((await initialize(golden)).tensor);
  const [rows = 0, ...rest] = shape;
  const columns = countElements(rest);
  const at = (row: number, column: number): number => values[row * columns + column] as number;
  const [size, inner] = rows <= columns ? [rows, columns] : [columns, rows];
  const product = (i: number, j: number): number =>
    sumOver(inner, (k) => (rows <= columns ? at(i, k) * at(j, k) : at(k, i) * at(k, j)));
  const gram = Array.from({ length: size * size }, (_, position) =>
    product(Math.floor(position / size), position % size),
  );
  return compareTensors({ dtype: 'float32', shape: [size, size], values: gram }, expected, golden.tolerance);
}

function sumOver(count: number, term: (k: number) => number): number {
  let total = 0;
  for (let k = 0; k < count; k += 1) total += term(k);
  return total;
}

async function compareZeros(golden: GoldenCase, expected: number): Promise<Comparison> {
  const { shape, values } = await readTensor((await initialize(golden)).tensor);
  const [rows = 0, columns = 0] = shape;
  const zeros = Array.from({ length: columns }, (_, column) =>
    sumOver(rows, (row) => (values[row * columns + column] === 0 ? 1 : 0)),
  );
  return comparePlain(
    zeros,
    zeros.map(() => expected),
  );
}

/** The file states mean and spread of a million draws within an absolute tolerance; half as many draws resolve that. */
async function compareTruncated(golden: GoldenCase, expected: JsonRecord): Promise<Comparison> {
  const drawn = (await initialize(golden, [500, 1000])).tensor;
  const { mean, std, smallest, largest } = measureMoments((await readTensor(drawn)).values);
  const { a, b } = toPlain(golden.attrs) as { a: number; b: number };
  if (smallest < a || largest > b) return fail(`values from ${smallest} to ${largest}, expected ${a} to ${b}`);
  const spread = [expected['mean_of_1e6_draws'] as number, expected['std_of_1e6_draws'] as number];
  const comparison = compareNumbers([mean, std], spread, golden.tolerance, (position) =>
    position === 0 ? 'mean' : 'standard deviation',
  );
  return comparison.message === undefined ? AGREED : comparison;
}
