import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { measured, sampleCase, sampleResults } from '../../test/sample-results.ts';
import { cases } from '../cases/index.ts';
import { compareResults } from '../compare/compare.ts';
import { mostLetters } from './charts.ts';
import { colors } from './colors.ts';
import { bytes, digits, percent, rate, time, times } from './format.ts';
import { renderReport } from './html.ts';
import { goalSummary, goalText, remarksOf, tablesOf, wrongOnes } from './rows.ts';
import { renderComparison, renderResults } from './terminal.ts';

test('plots have room for the title of every case', () => {
  expect(cases.filter(({ title }) => title.length > mostLetters)).toEqual([]);
});

describe('numbers with their units', () => {
  test.each([
    [time(0.00481), '4.81 µs'],
    [time(0.0999), '99.9 µs'],
    [time(0.271), '0.271 ms'],
    [time(13.6), '13.6 ms'],
    [time(999.4), '999 ms'],
    [time(4052), '4.05 s'],
    [time(Number.NaN), '–'],
    [digits(12345.6), '12,346'],
    [rate(2e9, 50, 'GFLOP/s'), '40.0 GFLOP/s'],
    [rate(2 * 4096 ** 3, 3, 'GFLOP/s'), '45.8 TFLOP/s'],
    [rate(4e9, 1, 'GB/s'), '4.00 TB/s'],
    [percent(0.021), '2.1 %'],
    [percent(0.94), '94 %'],
    [times(0.9), '0.900×'],
    [times(1234.5), '1235×'],
    [bytes(0), '0 B'],
    [bytes(49_800), '49.8 kB'],
    [bytes(13e6), '13.0 MB'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });
});

const goal = {
  player: 'wasm',
  against: 'torch',
  kind: 'at most',
  wanted: 1,
  reached: 0.5,
  noise: 0.01,
} as const;

const results = sampleResults(
  [
    sampleCase(
      'a',
      { wasm: measured(1, 1, 1), torch: measured(2, 2, 2) },
      { flops: 2e7, limit: 'fma', limits: { 'mul-add': [1, 1, 1], fma: [0.1, 0.1, 0.1] }, goals: [goal] },
    ),
    sampleCase('b', { wasm: { status: 'wrong', reason: 'product[0] is 1, should be 2' }, torch: measured(1) }),
    sampleCase('c', {
      wasm: { status: 'skipped', reason: 'too <slow>' },
      torch: { ...measured(0.2), note: 'whole step' } as never,
    }),
    sampleCase('d', { wasm: measured(0.4) }, { group: 'eager', per: { count: 100, name: 'add' } }),
  ],
  {
    overhead: [
      {
        id: 'a',
        title: 'a step',
        samples: [0.04],
        counts: { launches: { map: 8, matmul: 5, rows: 0 }, total: 13, programs: 0, live: 1000, allocated: 0 },
      },
    ],
    bundles: [
      { name: 'ours', bytes: 100_000, gzip: 60_000, note: 'no other file', goal: 50_000 },
      { name: 'jax', bytes: null, gzip: null, note: 'not installed' },
    ],
  },
);

const cellsOf = (title: string): string[][] =>
  tablesOf(results)
    .find((table) => table.title === title)!
    .rows.map((row) => row.map(({ lines }) => lines.join(' | ')));

describe('tables', () => {
  test('show time, noise, speed, share of the limit, and our time over a peer’s', () => {
    // 2e7 operations in 1 ms, of 4e6 in 0.1 ms.
    expect(cellsOf('Matrix products')[0]).toEqual([
      'case a',
      '1.00 ms ±0.0 % | 20.0 GFLOP/s, 50 %',
      '2.00 ms ±0.0 % | wasm 0.500×',
      '✓ wasm: 0.500× ±1.0 % of torch, wanted ≤ 1.00×',
    ]);
  });

  test('say what is wrong or left out', () => {
    expect(cellsOf('Matrix products').map((row) => row[1])).toEqual([expect.anything(), 'WRONG', 'skipped']);
  });

  test('tell times of one where a call does several', () => {
    expect(cellsOf('Tiny operations')[0]!.slice(0, 3)).toEqual(['case d | (for one add)', '4.00 µs ±0.0 %', '']);
  });

  test('count launches, a launch’s time, and bytes', () => {
    const [row] = cellsOf('The library alone: one call on the backend that computes nothing');
    expect(row).toEqual(['a step', '40.0 µs', '13', '3.08 µs', '8 map, 5 matmul', '0', '1.00 kB', '0 B']);
    expect(cellsOf('Bytes of the program that trains 784-50-10')).toEqual([
      ['ours', '100 kB', '60.0 kB', 'no other file', '✗ wanted ≤ 50.0 kB'],
      ['jax', '–', '–', 'not installed', ''],
    ]);
  });

  test('leave out who is absent, and remark on it', () => {
    expect(tablesOf(results).at(-3)?.head).not.toContain('jax');
    expect(remarksOf(results)).toEqual([
      'jax is absent: the package @jax-js/jax is not installed',
      'wasm wrong: product[0] is 1, should be 2 (b)',
      'wasm skipped: too <slow> (c)',
      'torch notes: whole step (c)',
    ]);
  });
});

test('a share is one of the limit that was timed between the player’s own calls', () => {
  const shown = (limit?: number[]): readonly string[] | undefined => {
    const outcome = { status: 'measured', samples: [1, 1, 1], ...(limit && { limit }) } as const;
    const found = sampleCase('a', { wasm: outcome }, { flops: 2e7, limit: 'fma', limits: { fma: [0.1, 0.1, 0.1] } });
    return tablesOf(sampleResults([found])).find(({ title }) => title === 'Matrix products')?.rows[0]?.[1]?.lines;
  };
  expect(shown()![1]).toBe('20.0 GFLOP/s, 50 %');
  expect(shown([0.18, 0.18, 0.18])![1]).toBe('20.0 GFLOP/s, 90 %');
});

describe('a device', () => {
  const counts = { launches: 34, submits: 0.2, pipelines: 0, buffers: 0 };
  const player = { role: 'ours', threads: 1, isAbsent: false } as const;
  const onDevice = (device: 'gpu' | 'software', own: typeof counts): ReturnType<typeof sampleResults> =>
    sampleResults(
      [
        sampleCase(
          'a',
          { wasm: measured(1, 1, 1), webgpu: { status: 'measured', samples: [0.001, 0.001, 0.001], device: own } },
          { flops: 2e7, limit: 'fma', limits: { 'mul-add': [1, 1, 1], fma: [0.1, 0.1, 0.1] } },
        ),
      ],
      {
        players: [
          { ...player, name: 'wasm', about: '@nn on wasm' },
          { ...player, name: 'webgpu', about: '@nn on webgpu', device },
        ],
      },
    );
  const cells = (results: ReturnType<typeof sampleResults>): readonly string[] | undefined =>
    tablesOf(results).find(({ title }) => title === 'Matrix products')?.rows[0]?.[2]?.lines;

  test('has a speed and counts, and no share of the processor’s limit', () => {
    expect(cells(onDevice('gpu', counts))).toEqual([
      '1.00 µs ±0.0 %',
      '20.0 TFLOP/s',
      'wasm 1000×',
      '34 launches, 0.200 submits',
    ]);
    const one = { launches: 1, submits: 1, pipelines: 2, buffers: 9 };
    expect(cells(onDevice('software', one))?.at(-1)).toBe('1 launch, 1 submit, 2 compiled anew');
    const page = renderReport(onDevice('gpu', counts), null);
    expect(page).toContain('34 launches');
    const shares = page.split('How near to the machine’s limit')[1]!.split('</section>')[0];
    expect(shares).not.toContain('webgpu');
  });
});

test('a busy machine is remarked on', () => {
  const { machine } = results;
  expect(remarksOf({ ...results, machine: { ...machine, load: 7.44 } })[0]).toContain('load 7.4 before the run');
});

test('goals are met, missed, or not measured', () => {
  expect(goalText({ ...goal, reached: 1.5 })).toBe('✗ wasm: 1.50× ±1.0 % of torch, wanted ≤ 1.00×');
  expect(goalText({ ...goal, reached: null })).toBe('· wasm: not measured of torch, wanted ≤ 1.00×');
  expect(goalText({ ...goal, against: 'limit fma', kind: 'at least', wanted: 0.9, reached: 0.94 })).toBe(
    '✓ wasm: 94 % ±1.0 % of fma, wanted ≥ 90 %',
  );
  expect(goalSummary(results)).toBe('1 of 2 goals met, 1 missed, 0 not measured');
  expect(goalSummary(sampleResults([]))).toBeNull();
});

test('wrong results of ours are counted, of peers not', () => {
  expect(wrongOnes(results)).toEqual(['b on wasm is wrong: product[0] is 1, should be 2']);
  const peer = sampleResults([
    sampleCase('a', { wasm: measured(1), torch: { status: 'wrong', reason: 'computes (1), others (2)' } }),
  ]);
  expect(wrongOnes(peer)).toEqual([]);
});

test('the terminal shows everything, and that a run was stopped', () => {
  const text = stripVTControlCharacters(renderResults({ ...results, isInterrupted: true }));
  for (const part of ['Some <CPU>, 2 cores', 'case a', 'WRONG', '1 wrong:', 'Stopped before the end']) {
    expect(text).toContain(part);
  }
  expect(stripVTControlCharacters(renderResults(sampleResults([])))).not.toContain('Stopped');
});

test('a comparison shows changes with their sign', () => {
  const before = sampleResults([sampleCase('a', { wasm: measured(1, 1, 1) }), sampleCase('z', { wasm: measured(1) })]);
  const after = sampleResults([sampleCase('a', { wasm: measured(2, 2, 2) })]);
  const text = stripVTControlCharacters(renderComparison(compareResults(before, after), 'old.json'));
  expect(text).toMatch(/a +│ +wasm +│ +\+100 %.*slower/);
  expect(text).toContain('not in both: z on wasm');
});

describe('the page', () => {
  const page = renderReport(results, null);

  test('needs nothing else', () => {
    expect(page).not.toMatch(/<script|<link|src=|@import|url\(/);
    expect(page).toMatch(/^<!doctype html>/);
  });

  test('follows the theme: no colour outside the style, and all of those that are named are known', () => {
    const body = page.slice(page.indexOf('<body>')).replace(/<style>[\s\S]*?<\/style>/g, '');
    expect(body).not.toMatch(/(fill|stroke|color|background)\s*[:=]\s*"?(#|rgb|hsl|white|black)/i);
    const names = [...page.matchAll(/var\(--(?!plot-)([\w-]+)\)/g)].map(([, name]) => name!);
    expect(names.filter((name) => !Object.hasOwn(colors, name))).toEqual([]);
    expect(names).toContain('series-1');
  });

  test('holds plots and tables, with texts escaped', () => {
    expect(page).toContain('<svg');
    expect(page).toContain('Some &lt;CPU&gt;');
    expect(page).toContain('too &lt;slow&gt;');
    expect(page).not.toContain('<slow>');
  });

  test('names what became slower', () => {
    const after = sampleResults([sampleCase('a', { wasm: measured(2, 2, 2) })]);
    const before = sampleResults([sampleCase('a', { wasm: measured(1, 1, 1) })]);
    expect(renderReport(after, compareResults(before, after))).toContain('a on wasm: 100 % slower');
    expect(renderReport(after, compareResults(after, after))).toContain('1 compared, none slower');
  });

  test('of a run that measured nothing is a page too', () => {
    expect(renderReport(sampleResults([]), null)).toContain('nn-bench');
  });
});
