/**
 * A form is one way in which a case can be written. The runner asks the forms in order; the first that knows the case
 * runs it. Forms look at what the case contains, never at its id.
 */

import type { Comparison } from '../compare/tensors.ts';
import type { GoldenCase } from '../format/document.ts';
import type { Folder } from '../format/families.ts';

export interface FormContext {
  /** The folder of the cases, where files that a case names lie. */
  readonly folder: Pick<Folder, 'read'>;
}

export interface Form {
  matches(golden: GoldenCase): boolean;
  run(golden: GoldenCase, context: FormContext): Promise<Comparison>;
}

/** A little Python program that has no translation here. */
export class UntranslatedError extends Error {
  override readonly name: string = 'UntranslatedError';
}
