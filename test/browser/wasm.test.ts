/** The wasm backend in a page: what it can do there, and every promise of the contract on one thread and on two. */
import { wasm } from '@nn/backend-wasm';
import { casesFor, judge } from '@nn/conformance';
import { describe, expect, it } from 'vitest';

it('has threads in an isolated page', async () => {
  expect(crossOriginIsolated).toBe(true);
  const backend = await wasm({ threads: 2 });
  expect(backend.info()).toMatchObject({ threads: 2, reason: null, relaxed: true });
  backend.dispose();
});

const listed = await wasm({ threads: 1 });
const suites = new Map<string, number>();
for (const { suite } of casesFor(listed, { create: () => wasm({ threads: 1 }) }))
  suites.set(suite, (suites.get(suite) ?? 0) + 1);
listed.dispose();

describe.each([1, 2])('on %i threads, as the reference', (threads) => {
  // One test a suite: thousands of tests cost more in a browser than what they run.
  it.each([...suites.keys()])('%s', async (suite) => {
    const verdicts = await judge({ create: () => wasm({ threads }), only: [`${suite}: `] });
    expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(verdicts.length).toBeGreaterThanOrEqual(suites.get(suite)!);
  });
});
