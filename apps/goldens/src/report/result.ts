/** What a run of a folder found, in plain data: one result a case, and counts by family. */

/** `untranslated`: a little Python program that nobody has translated; it counts as failed and is listed apart. */
export type Status = 'passed' | 'failed' | 'untranslated';

export interface CaseResult {
  readonly id: string;
  readonly family: string;
  readonly op: string;
  readonly status: Status;
  /** The largest |actual - expected| over all compared values. */
  readonly largestError: number;
  readonly message?: string;
}

export interface FamilyCount {
  readonly family: string;
  readonly passed: number;
  readonly failed: number;
  readonly untranslated: number;
}

export function countFamilies(results: readonly CaseResult[]): FamilyCount[] {
  const families = [...new Set(results.map(({ family }) => family))];
  return families.map((family) => {
    const count = (status: Status): number =>
      results.filter((result) => result.family === family && result.status === status).length;
    return { family, passed: count('passed'), failed: count('failed'), untranslated: count('untranslated') };
  });
}

export function hasPassed(result: CaseResult): boolean {
  return result.status === 'passed';
}
