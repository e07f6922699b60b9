/**
 * Cases that are little Python programs: those whose values are looked at afterwards, those that must fail, and the
 * examples of the seed documents (code, then expressions).
 */

import { NnError } from '@nn/backend';
import { AGREED, type Comparison, fail, joinComparisons } from '../compare/tensors.ts';
import { type GoldenCase, isRecord, type Json } from '../format/document.ts';
import { autogradPrograms } from '../programs/autograd.ts';
import { errorPrograms } from '../programs/errors.ts';
import { normalizeProgram } from '../programs/program.ts';
import { seedPrograms } from '../programs/seeds.ts';
import { buildInputs } from '../run/build-inputs.ts';
import { compareValue } from '../run/compare-value.ts';
import { type Form, UntranslatedError } from './form.ts';

export const programForm: Form = {
  matches: ({ op }) => op === 'program',

  run(golden) {
    const code = normalizeProgram(golden.attrs['code'] as string);
    const expected = golden.fields['expected'];
    if (!isRecord(expected)) throw new TypeError('a program needs "expected"');
    return 'error' in expected ? runFailing(code, expected) : runAutograd(code, golden, expected);
  },
};

export const seedForm: Form = {
  matches: ({ fields }) => 'seed_file' in fields,

  async run({ fields, tolerance }) {
    const translation = seedPrograms.get(normalizeProgram(fields['code'] as string));
    if (!translation) throw new UntranslatedError('no translation of this program');
    const expressions = [fields['evaluate'] as string | readonly string[]].flat();
    return compareExpressions(await translation(), zip(expressions, fields['expected'] as readonly Json[]), tolerance);
  },
};

async function runAutograd(
  code: string,
  golden: GoldenCase,
  expected: { readonly [name: string]: Json | undefined },
): Promise<Comparison> {
  const translation = autogradPrograms.get(code);
  if (!translation) throw new UntranslatedError('no translation of this program');
  const values = await translation(...buildInputs(golden).values());
  return compareExpressions(values, Object.entries(expected), golden.tolerance);
}

/** The failure is what counts, but it has to be the library's own error, not one that a wrong translation causes. */
async function runFailing(code: string, expected: { readonly [name: string]: Json | undefined }): Promise<Comparison> {
  const translation = errorPrograms.get(code);
  if (!translation) throw new UntranslatedError('no translation of this program');
  try {
    await translation();
  } catch (error) {
    return error instanceof NnError ? AGREED : fail(`failed with ${String(error)}, which is no error of the library`);
  }
  return fail(`no error, expected ${String(expected['error'])}: ${String(expected['message'])}`);
}

type Expressions = Iterable<readonly [expression: string, expected: Json | undefined]>;

async function compareExpressions(
  values: Readonly<Record<string, unknown>>,
  expected: Expressions,
  tolerance: GoldenCase['tolerance'],
): Promise<Comparison> {
  const parts: [string, Comparison][] = [];
  for (const [expression, value] of expected) {
    if (!(expression in values)) throw new UntranslatedError(`no translation of the expression ${expression}`);
    const found = values[expression];
    parts.push([expression, await compareValue(typeof found === 'function' ? found() : found, value, tolerance)]);
  }
  return joinComparisons(parts);
}

function zip(expressions: readonly string[], expected: readonly Json[]): Expressions {
  return expressions.map((expression, position) => [expression, expected[position]] as const);
}
