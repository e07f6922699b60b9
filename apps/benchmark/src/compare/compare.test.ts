import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { measured, sampleCase, sampleResults } from '../../test/sample-results.ts';
import { Failure } from '../failure.ts';
import { compareResults, regressions } from './compare.ts';
import { readResults } from './read.ts';

/** A run of one case with these times, and of the pace beside it. */
const run = (samples: readonly number[], pace: readonly number[] = samples.map(() => 1)) =>
  sampleResults([sampleCase('a', { wasm: measured(...samples), torch: measured(1) }, { limits: { 'mul-add': pace } })]);

const steady = [100, 101, 99, 100, 100, 101, 99, 100];
const noisy = [100, 150, 60, 130, 80, 100, 170, 70];
const times = (samples: readonly number[], factor: number): number[] => samples.map((ms) => ms * factor);

describe('a comparison', () => {
  test.each([
    ['the same', steady, steady, 'same'],
    ['3 % slower, which nobody cares about', steady, times(steady, 1.03), 'same'],
    ['20 % slower', steady, times(steady, 1.2), 'slower'],
    ['20 % faster', steady, times(steady, 0.8), 'faster'],
    ['20 % slower within the noise', noisy, times(noisy, 1.2), 'same'],
    ['four times slower, noise or not', noisy, times(noisy, 4), 'slower'],
    ['20 % slower when only the new run is noisy', steady, times(noisy, 1.2), 'same'],
    ['slower in most rounds, but as good as ever in some', steady, [200, 200, 200, 200, 200, 200, 200, 99], 'same'],
    ['slower in every round, much in most', steady, [200, 200, 200, 200, 200, 200, 200, 120], 'slower'],
    ['30 % slower in three samples, which say little about their spread', [95, 100, 112], [125, 130, 142], 'same'],
  ] as const)('finds %s', (_, before, after, verdict) => {
    const { changes } = compareResults(run(before), run(after));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ id: 'a', player: 'wasm', verdict });
  });

  test('a slower machine is no regression', () => {
    const slow = run(times(steady, 2), new Array(8).fill(2));
    expect(regressions(compareResults(run(steady), slow))).toEqual([]);
    // And a slower library on a faster machine is one.
    const hidden = run(steady, new Array(8).fill(0.5));
    expect(regressions(compareResults(run(steady), hidden))).toHaveLength(1);
  });

  test('a device goes by its own clock, whatever the processor’s pace', () => {
    const onDevice = (samples: readonly number[], pace: number) =>
      sampleResults(
        [sampleCase('a', { webgpu: measured(...samples) }, { limits: { 'mul-add': samples.map(() => pace) } })],
        { players: [{ name: 'webgpu', role: 'ours', threads: 1, about: '', isAbsent: false, device: 'gpu' }] },
      );
    expect(compareResults(onDevice(steady, 1), onDevice(steady, 3)).changes[0]).toMatchObject({ verdict: 'same' });
    expect(regressions(compareResults(onDevice(steady, 1), onDevice(times(steady, 1.3), 3)))).toHaveLength(1);
  });

  test('peers are not judged', () => {
    const { changes } = compareResults(run(steady), run(steady));
    expect(changes.map(({ player }) => player)).toEqual(['wasm']);
  });

  test('what only one run has is named', () => {
    const other = sampleResults([sampleCase('b', { wasm: measured(1) })]);
    expect(compareResults(run(steady), other)).toEqual({ changes: [], missing: ['a on wasm', 'b on wasm'] });
    const failed = sampleResults([sampleCase('a', { wasm: { status: 'failed', reason: 'x' } })]);
    expect(compareResults(run(steady), failed).missing).toEqual(['a on wasm']);
  });
});

describe('a file of results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nn-bench-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (text: string): string => {
    const path = join(folder, 'results.json');
    writeFileSync(path, text);
    return path;
  };

  test('is read as it was written', () => {
    const results = run(steady);
    expect(readResults(file(JSON.stringify(results)))).toEqual(results);
  });

  const whole = run(steady);
  test.each([
    ['nothing', '', /is not JSON/],
    ['half a file', JSON.stringify(whole).slice(0, 100), /is not JSON/],
    [
      'another format',
      JSON.stringify({ ...whole, format: 'nn-bench 0' }),
      /"nn-bench 0", this program reads "nn-bench 1"/,
    ],
    ['an array', '[]', /has the format null/],
    ['null', 'null', /has the format null/],
    ['no cases', JSON.stringify({ ...whole, cases: undefined }), /is damaged/],
    ['a case without outcomes', JSON.stringify({ ...whole, cases: [{ id: 'a', limits: {} }] }), /is damaged/],
    [
      'samples that are no numbers',
      JSON.stringify({ ...whole, cases: [sampleCase('a', { wasm: { status: 'measured', samples: ['1'] as never } })] }),
      /is damaged/,
    ],
    ['no samples', JSON.stringify(run([])), /is damaged/],
    ['samples that took no time', JSON.stringify(run([0, 0])), /is damaged/],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readResults(file(text))).toThrow(Failure);
    expect(() => readResults(file(text))).toThrow(message);
  });

  test('that is not there is said to be missing', () => {
    expect(() => readResults(join(folder, 'none.json'))).toThrow(/can't read .*none\.json: no such file/);
  });
});
