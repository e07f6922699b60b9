import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { completeOptions } from '../options/training-options.ts';
import type { EpochMetrics } from '../training/metrics.ts';
import { accuracy, perplexity, type Score } from '../training/score.ts';
import { confusionLines } from './confusion-text.ts';
import type { Progress, RunStart } from './display.ts';
import { downloadLine } from './download-line.ts';
import { tableBottom, tableRow, tableTop, tableWidth } from './epoch-table.ts';
import { LiveDisplay } from './live-display.ts';
import { cropTogether, type Picture, pictureLines, sideBySide } from './pictures.ts';
import { probabilityLines } from './probability-bars.ts';
import { progressLine } from './progress-line.ts';
import { lossLine, recoveryLines } from './summary.ts';
import { wrap } from './wrap.ts';

const plain = (lines: readonly string[]): string[] => lines.map(stripVTControlCharacters);

describe('the progress line', () => {
  const progress: Progress = {
    epoch: 2,
    epochs: 10,
    batch: 90,
    batches: 180,
    loss: 0.30451,
    accuracy: 0.9123,
    samplesPerSecond: 2345.6,
    secondsLeft: 125,
  };
  test.each([
    [100, 'epoch  2/10 ███████████████████░░░░░░░░░░░░░░░░░░░  50 %  loss 0.3045  acc 91.2 %  ETA 2:05  2,346/s'],
    [79, 'epoch  2/10 ████████░░░░░░░░░  50 %  loss 0.3045  acc 91.2 %  ETA 2:05  2,346/s'],
    [60, 'epoch  2/10 ████████░░░░░░░░░  50 %  loss 0.3045  acc 91.2 %'],
    [40, 'epoch  2/10 ████░░░░░  50 %  loss 0.3045'],
    [17, 'epoch  2/10 50 %'],
    [8, 'epoch  2'],
  ])('in %d columns', (width, line) => {
    expect(stripVTControlCharacters(progressLine(progress, accuracy, width))).toBe(line);
  });

  test('fits every width at every time', () => {
    for (let width = 1; width < 130; width++) {
      for (const batch of [0, 1, 179, 180]) {
        for (const secondsLeft of [null, 0, 4000]) {
          const line = stripVTControlCharacters(progressLine({ ...progress, batch, secondsLeft }, accuracy, width));
          expect(line.length).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/NaN|undefined/);
        }
      }
    }
  });

  test('shows what the task goes by', () => {
    expect(stripVTControlCharacters(progressLine({ ...progress, loss: 2 }, perplexity, 60))).toMatch(
      /loss 2.0000 {2}ppl 7.39/,
    );
  });

  test('before the first batch there are no numbers', () => {
    const line = progressLine(
      { ...progress, batch: 0, loss: Number.NaN, accuracy: Number.NaN, secondsLeft: null },
      accuracy,
      60,
    );
    expect(stripVTControlCharacters(line)).toMatch(/^epoch {2}2\/10 ░+ +0 %$/);
  });
});

describe('the table of epochs, row by row', () => {
  const metrics: EpochMetrics = {
    type: 'epoch',
    epoch: 1,
    step: 9,
    trainLoss: 0.52381,
    trainAccuracy: 0.843,
    validLoss: 23.456,
    validAccuracy: 1,
    seconds: 99,
  };
  const drawn = (score: Score): string[] =>
    plain([...tableTop(score).split('\n'), tableRow(metrics, score, 5, 3725), tableBottom(score)]);

  test('is 59 columns wide', () => {
    expect(new Set(drawn(accuracy).map((line) => line.length))).toEqual(new Set([tableWidth]));
    expect(drawn(accuracy)).toEqual([
      '┌───────┬─────────┬─────────┬─────────┬─────────┬─────────┐',
      '│ epoch │   train │   train │   valid │   valid │    time │',
      '│       │    loss │    acc. │    loss │    acc. │         │',
      '├───────┼─────────┼─────────┼─────────┼─────────┼─────────┤',
      '│   1/5 │  0.5238 │  84.3 % │  23.456 │ 100.0 % │ 1:02:05 │',
      '└───────┴─────────┴─────────┴─────────┴─────────┴─────────┘',
    ]);
  });

  test('has room for any perplexity', () => {
    expect(drawn(perplexity).slice(2, 5)).toEqual([
      '│       │    loss │    ppl. │    loss │    ppl. │         │',
      '├───────┼─────────┼─────────┼─────────┼─────────┼─────────┤',
      '│   1/5 │  0.5238 │    1.69 │  23.456 │   2e+10 │ 1:02:05 │',
    ]);
  });

  test.each([
    [tableWidth, ['┌', '│', '│', '├', '│', '└']],
    [tableWidth - 1, ['1/5  valid loss 23.456, acc. 100.0 %']],
  ])('on a terminal of %d columns', (columns, lines) => {
    let written = '';
    const write = (text: string): void => {
      written += text;
    };
    const display = new LiveDisplay({ columns, write } as unknown as NodeJS.WriteStream);
    const start = {
      run: 'r',
      options: completeOptions({ epochs: 5 }),
      model: { kind: 'mlp', inputs: 784, hidden: [50], outputs: 10, activation: 'relu', dropout: 0 },
      weights: 39_760,
      data: { name: 'mnist', train: 9, valid: 1 },
      unit: 'images',
      score: accuracy,
      resumed: null,
      epochs: [],
    } as const satisfies RunStart;
    display.start(start);
    display.measure(metrics);
    display.close();
    const shown = stripVTControlCharacters(written).trimEnd().split('\n\n')[1]!.split('\n');
    expect(shown.map((line) => (/^[┌│├└]/.test(line) ? line[0] : line))).toEqual(lines);
  });
});

describe('a lost device', () => {
  test('is told, and where the run goes on', () => {
    expect(lossLine({ step: 1234, reason: 'it was reset' })).toBe('the device was lost after step 1,234: it was reset');
    expect(recoveryLines({ step: 1200, backend: 'webgpu', excuse: null })).toEqual([
      'going on after step 1,200, on webgpu',
    ]);
    expect(recoveryLines({ step: 0, backend: 'wasm', excuse: 'no adapter' })).toEqual([
      'there is no other: no adapter',
      'beginning again, on wasm',
    ]);
  });

  test('ends the table, and another begins', () => {
    let drawn = '';
    const write = (text: string): void => {
      drawn += text;
    };
    const stream = { columns: 80, write } as unknown as NodeJS.WriteStream;
    const display = new LiveDisplay(stream);
    display.lose({ step: 4, reason: 'it was reset' });
    display.recover({ step: 3, backend: 'webgpu', excuse: null });
    display.lose({ step: 3, reason: 'again' });
    display.recover({ step: 3, backend: 'wasm', excuse: 'gone' });
    display.close();
    const lines = stripVTControlCharacters(drawn).trimEnd().split('\n');
    expect(lines.map((line) => (/^[┌│├└]/.test(line) ? line[0] : line))).toEqual([
      'the device was lost after step 4: it was reset',
      'going on after step 3, on webgpu',
      ...['┌', '│', '│', '├', '└'],
      'the device was lost after step 3: again',
      'there is no other: gone',
      'going on after step 3, on wasm',
      ...['┌', '│', '│', '├', '└'],
    ]);
  });
});

test('text in lines of a width', () => {
  expect(wrap('one two three\n\nfour', 8)).toEqual(['one two', 'three', '', 'four']);
  expect(wrap('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrap('a\x1b[31m\tb', 20)).toEqual(['a�[31m b']);
  expect(wrap('one\r\ntwo\r', 20)).toEqual(['one', 'two�']);
  expect(wrap('', 5)).toEqual(['']);
});

test('a confusion matrix, its names cut where they are long', () => {
  const matrix = [
    [98, 2],
    [0, 100],
  ];
  expect(plain(confusionLines(matrix, ['0', '1'], 40))).toEqual(['     0   1', '0   98   2', '1    · 100']);
  expect(plain(confusionLines(matrix, ['T-shirt/top', 'Bag'], 40))[1]).toBe('0 T-shirt/top   98   2');
  expect(plain(confusionLines(matrix, ['T-shirt/top', 'Bag'], 18))[1]).toBe('0 T-shir…   98   2');
});

describe('pictures', () => {
  const picture: Picture = { width: 3, height: 3, pixels: [0, 0, 0, 0, 1, 0.5, 0, 0, 1] };

  test('in shades: each character is the mean of two pixels', () => {
    expect(pictureLines(picture, false)).toEqual([' ▒░', '  ▒']);
  });

  test('in colours: each character is two pixels', () => {
    const [first, second] = pictureLines(picture, true);
    expect(first).toBe('\x1b[38;5;16;48;5;16m▀\x1b[38;5;16;48;5;231m▀\x1b[38;5;16;48;5;244m▀\x1b[0m');
    expect(stripVTControlCharacters(second!)).toBe('▀▀▀');
  });

  test('margins that all share are cut off', () => {
    const other: Picture = { ...picture, pixels: [0, 0, 0, 0, 0, 0, 0, 1, 0] };
    expect(cropTogether([picture, other])).toEqual([
      { width: 2, height: 2, pixels: [1, 0.5, 0, 1] },
      { width: 2, height: 2, pixels: [0, 0, 1, 0] },
    ]);
    const empty: Picture = { ...picture, pixels: new Array(9).fill(0) };
    expect(cropTogether([empty])).toEqual([empty]);
    expect(cropTogether([])).toEqual([]);
  });

  test('side by side as far as they fit', () => {
    const blocks = ['a', 'b', 'c'].map((letter) => [letter.repeat(4), letter.repeat(4)]);
    expect(sideBySide(blocks, 4, 10)).toEqual(['aaaa  bbbb', 'aaaa  bbbb', 'cccc', 'cccc']);
    expect(sideBySide(blocks, 4, 9)).toHaveLength(6);
    expect(sideBySide(blocks, 4, 1)).toHaveLength(6);
  });

  test('with probabilities beside or below, by the width', () => {
    const wide = plain(probabilityLines(picture, [0.25, 0.75], ['no', 'yes'], 60));
    expect(wide[0]).toContain('no  █████░░░░░░░░░░░░░░░  25.0 %');
    expect(wide).toHaveLength(2);
    const narrow = plain(probabilityLines(picture, [0.25, 0.75], ['no', 'yes'], 35));
    expect(narrow.slice(-1)[0]).toBe('yes ███████████████░░░░░  75.0 %');
    expect(narrow).toHaveLength(5);
  });

  test('all probabilities are shown, even beside a flat picture', () => {
    const flat: Picture = { width: 2, height: 2, pixels: [0, 1, 0, 1] };
    expect(plain(probabilityLines(flat, [0.2, 0.3, 0.5], ['a', 'b', 'c'], 80)).join('\n')).toMatch(
      /a .*\n.*b .*\n.*c /,
    );
  });
});

test('a download moves one line, and takes it away', () => {
  const written: string[] = [];
  const write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
  for (const isTTY of [false, true]) {
    const tell = downloadLine({ isTTY, write });
    tell({ file: 'a.gz', received: 500_000, total: 2_000_001 });
    tell({ file: 'a.gz', received: 2_000_001, total: 2_000_001 });
  }
  expect(written).toEqual(['\r\x1b[Kfetching a.gz: 24 % of 3 MB', '\r\x1b[K']);
});
