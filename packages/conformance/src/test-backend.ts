/** The conformance cases as tests of whatever runner is at hand: vitest, jest, mocha, node:test. */
import { BackendError } from '@nn/backend';
import { type ConformanceOptions, casesFor } from './judge.ts';

type Body = () => void | Promise<void>;

/** What is asked of a test runner. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  readonly it: {
    (name: string, body: Body): unknown;
    skip(name: string, body: Body): unknown;
  };
}

export interface TestBackendOptions extends ConformanceOptions, Partial<Runner> {
  /** Heading of the tests; the backend's name where absent. */
  readonly name?: string;
}

/**
 * Registers a test for each conformance case: every scalar row over its domain and at its edges, every kernel kind with all layouts, dtypes and
 * tile-edge sizes, memory, errors and the end. Await it at the top of a test file; a backend that can't be made fails the file.
 * `describe` and `it` are taken from the globals where they aren't given.
 *
 * Throws a `BackendError` where there is no test runner, or for a skip that fits no case.
 *
 * @example
 * ```ts
 * import { reference } from '@nn/backend';
 * import { testBackend } from '@nn/conformance';
 *
 * const names: string[] = [];
 * const it = Object.assign((name: string) => names.push(name), { skip: () => 0 });
 * await testBackend({ create: reference, describe: (_, body) => body(), it });
 * console.log(names.length > 500); // true
 * ```
 */
export async function testBackend(options: TestBackendOptions): Promise<void> {
  const { describe, it } = { ...globalRunner(), ...options };
  if (describe === undefined || it === undefined)
    throw new BackendError(
      'testBackend',
      'there is no test runner: pass { describe, it }, or run it where they are global',
    );
  const backend = await options.create();
  const cases = casesFor(backend, options);
  const suites = [...new Set(cases.map(({ suite }) => suite))];
  describe(options.name ?? `${backend.name} backend`, () => {
    for (const suite of suites)
      describe(suite, () => {
        for (const { name, run, skipped } of cases.filter((own) => own.suite === suite))
          if (skipped === null) it(name, run);
          else it.skip(`${name} (skipped: ${skipped})`, () => {});
      });
    it('is disposed', () => backend.dispose());
  });
}

const globalRunner = (): Partial<Runner> => {
  const { describe, it } = globalThis as Partial<Runner>;
  return { ...(describe && { describe }), ...(it && { it }) };
};
