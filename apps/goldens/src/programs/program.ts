/**
 * Little Python programs and what they are in TypeScript. A translation is found by the exact text of the program (white
 * space at the ends aside); a program whose text differs in anything else is another program.
 */

import type { Tensor } from '@nn/tensor';

/** What a program leaves to be looked at: values by the text of the expression, or functions that compute them. */
export type Values = Readonly<Record<string, unknown>>;

/** Runs a program on the inputs of its case, in their order. */
export type Translation = (...inputs: Tensor[]) => Values | Promise<Values>;

/** A program that must fail. */
export type FailingTranslation = () => unknown;

/** Programs by their text. */
export type Programs<T> = ReadonlyMap<string, T>;

export function normalizeProgram(code: string): string {
  return code.trim();
}

/** Collects translations; a program may be given once. */
export function collectPrograms<T>(...entries: readonly (readonly [code: string, translation: T])[]): Programs<T> {
  const programs = new Map<string, T>();
  for (const [code, translation] of entries) {
    const text = normalizeProgram(code);
    if (programs.has(text)) throw new Error(`two translations of one program:\n${text}`);
    programs.set(text, translation);
  }
  return programs;
}
