/** Runs all cases on a backend, without any test runner, and says how each ended: for tables and for tools. */
import { type Backend, BackendError } from '@nn/backend';
import { precision as defaultPrecision, type Precision } from './bounds/precision.ts';
import type { Case } from './case.ts';
import { suites } from './suites/index.ts';

/** Cases that a backend is excused from. */
export interface Skip {
  /** Why; part of the report. */
  readonly reason: string;
  /** Names of cases, or parts of them, or patterns. One that fits no case is an error: the excuse is out of date. */
  readonly cases: readonly (string | RegExp)[];
}

export interface ConformanceOptions {
  /** Makes a backend; called again for the cases that end one. */
  readonly create: () => Backend | Promise<Backend>;
  readonly skip?: readonly Skip[];
  /** Accuracy of core rows on this backend, with reasons, where the default is out of its reach. */
  readonly precision?: Precision;
  /** Only cases whose name, `suite: case`, has one of these parts or fits one of these patterns. */
  readonly only?: readonly (string | RegExp)[];
}

export interface NamedCase extends Case {
  readonly suite: string;
  /** The reason why it is not run. */
  readonly skipped: string | null;
}

/** The cases for a backend, in order. Throws for a skip that fits none of them. */
export function casesFor(backend: Backend, options: ConformanceOptions): NamedCase[] {
  const precision: Precision = { ...defaultPrecision, ...options.precision };
  const subject = { backend, create: options.create, precision };
  const used = new Set<string | RegExp>();
  const cases = Object.entries(suites).flatMap(([suite, casesOf]) =>
    casesOf(subject).map((own) => {
      const full = `${suite}: ${own.name}`;
      const skip = options.skip?.find(({ cases: patterns }) =>
        patterns.some((pattern) => fits(pattern, full) && used.add(pattern)),
      );
      return { ...own, suite, skipped: skip?.reason ?? null };
    }),
  );
  const stale = options.skip?.flatMap(({ cases: patterns }) => patterns).filter((pattern) => !used.has(pattern)) ?? [];
  if (stale.length > 0)
    throw new BackendError('testBackend', `no case is called ${stale.join(' or ')}; drop it from skip`);
  const { only } = options;
  return only === undefined
    ? cases
    : cases.filter(({ suite, name }) => only.some((pattern) => fits(pattern, `${suite}: ${name}`)));
}

const fits = (pattern: string | RegExp, name: string): boolean =>
  typeof pattern === 'string' ? name.includes(pattern) : pattern.test(name);

export interface Verdict {
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What went wrong, or why it was skipped. */
  readonly detail: string;
}

/**
 * Judges a backend: every scalar row, every kernel kind, memory and errors.
 *
 * @example
 * ```ts
 * import { reference } from '@nn/backend';
 * import { judge } from '@nn/conformance';
 *
 * const verdicts = await judge({ create: reference, only: ['scan: '] });
 * console.log(verdicts.filter(({ outcome }) => outcome === 'failed').length); // 0
 * ```
 */
export async function judge(options: ConformanceOptions): Promise<Verdict[]> {
  const backend = await options.create();
  const verdicts: Verdict[] = [];
  try {
    for (const { suite, name, run, skipped } of casesFor(backend, options)) {
      if (skipped !== null) {
        verdicts.push({ suite, name, outcome: 'skipped', detail: skipped });
        continue;
      }
      try {
        await run();
        verdicts.push({ suite, name, outcome: 'passed', detail: '' });
      } catch (error) {
        verdicts.push({ suite, name, outcome: 'failed', detail: String(error) });
      }
    }
  } finally {
    backend.dispose();
  }
  return verdicts;
}
