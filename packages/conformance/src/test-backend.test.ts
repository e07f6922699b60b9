/** The suites on the reference, and what `testBackend` does with names, skips and runners. */
import { BackendError, reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { casesFor, judge } from './judge.ts';
import { testBackend } from './test-backend.ts';

await testBackend({ create: reference, describe, it });

describe('testBackend', () => {
  const recorded = async (
    skip: Parameters<typeof testBackend>[0]['skip'] = [],
  ): Promise<{ ran: string[]; skipped: string[] }> => {
    const ran: string[] = [];
    const skipped: string[] = [];
    const runner = Object.assign((name: string) => ran.push(name), { skip: (name: string) => skipped.push(name) });
    await testBackend({
      create: reference,
      skip,
      only: ['scan: ', 'sort: '],
      describe: (_, body) => body(),
      it: runner,
    });
    return { ran, skipped };
  };

  it('registers every case once', async () => {
    const { ran, skipped } = await recorded();
    const names = casesFor(reference(), { create: reference, only: ['scan: ', 'sort: '] }).map(({ name }) => name);
    expect(ran).toEqual([...names, 'is disposed']);
    expect(skipped).toEqual([]);
  });

  it('gives every case of a suite a name of its own', () => {
    const names = casesFor(reference(), { create: reference }).map(({ suite, name }) => `${suite}: ${name}`);
    expect(names.length).toBeGreaterThan(1500);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('skips by name and pattern, with the reason', async () => {
    const { ran, skipped } = await recorded([{ reason: 'no float64 here', cases: ['float64', /^sort: .*bool$/] }]);
    expect(skipped.length).toBeGreaterThan(4);
    expect(skipped.every((name) => name.endsWith('(skipped: no float64 here)'))).toBe(true);
    expect(ran.some((name) => name.includes('float64'))).toBe(false);
    expect(ran.some((name) => name.includes('int32'))).toBe(true);
  });

  it('refuses a skip that fits nothing', () => {
    const skip = [{ reason: 'gone', cases: ['a case that nobody wrote'] }];
    expect(() => casesFor(reference(), { create: reference, skip })).toThrow(
      '[testBackend] no case is called a case that nobody wrote; drop it from skip',
    );
  });

  it('asks for a test runner where there is none', async () => {
    await expect(testBackend({ create: reference })).rejects.toThrow(BackendError);
  });

  it('fails where the backend can’t be made', async () => {
    const create = (): never => {
      throw new BackendError('create', 'no adapter');
    };
    await expect(testBackend({ create, describe, it })).rejects.toThrow('[create] no adapter');
  });
});

describe('judge', () => {
  it('tells passed, failed and skipped cases apart', async () => {
    const verdicts = await judge({
      create: () => {
        const backend = reference();
        backend.read = async (_block, _offset, _dtype, length) => new Float32Array(length);
        return backend;
      },
      only: ['sort: '],
      skip: [{ reason: 'long', cases: ['1500'] }],
    });
    const of = (outcome: string): typeof verdicts => verdicts.filter((verdict) => verdict.outcome === outcome);
    expect(of('skipped').map(({ detail }) => detail)).toEqual(['long', 'long', 'long', 'long']);
    expect(of('failed').length).toBeGreaterThan(100);
    expect(of('failed')[0]!.detail).toMatch(
      /^ConformanceError: output 0: \d+ of \d+ elements differ: \[0\] is 0, should be /,
    );
    expect(of('passed').length + of('failed').length + of('skipped').length).toBe(verdicts.length);
  });
});
