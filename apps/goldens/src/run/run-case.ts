/** Runs one case: finds its form, runs it, and turns whatever happened into a result. Nothing a case does stops the run. */

import type { GoldenCase } from '../format/document.ts';
import { type FormContext, UntranslatedError } from '../forms/form.ts';
import { findForm } from '../forms/forms.ts';
import type { CaseResult } from '../report/result.ts';

export async function runCase(golden: GoldenCase, context: FormContext): Promise<CaseResult> {
  const { id, family, op } = golden;
  const named = { id, family, op };
  try {
    const { largestError, message } = await findForm(golden).run(golden, context);
    if (message === undefined) return { ...named, status: 'passed', largestError };
    return { ...named, status: 'failed', largestError, message };
  } catch (error) {
    const status = error instanceof UntranslatedError ? 'untranslated' : 'failed';
    return { ...named, status, largestError: 0, message: describeError(error) };
  }
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
