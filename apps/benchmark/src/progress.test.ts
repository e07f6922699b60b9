import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

function shown(columns: number | undefined, isTTY = true): string[] {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  const { show, end } = new Progress({ isTTY, write, ...(columns !== undefined && { columns }) });
  show('a matrix product: round 1 of 5', 1, 4);
  show('a matrix product: round 2 of 5', 1, 4);
  show('a step', 2, 4);
  end();
  return written;
}

test.each([1, 12, 20, 21, 30, 200, undefined])('stays in one line of %s columns', (columns = 80) => {
  for (const text of shown(columns)) {
    expect(stripVTControlCharacters(text).replace('\r', '').length).toBeLessThan(columns);
    expect(text).not.toContain('\n');
  }
});

test('says what is done, and clears its line in the end', () => {
  const [first, , last, end] = shown(80).map(stripVTControlCharacters);
  expect(first).toBe('\r█████░░░░░░░░░░░░░░░ 1/4 a matrix product: round 1 of 5');
  expect(last).toBe('\r██████████░░░░░░░░░░ 2/4 a step');
  expect(end).toBe('\r');
});

test('without a terminal it is a line for each part', () => {
  expect(shown(undefined, false)).toEqual(['[1/4] a matrix product\n', '[2/4] a step\n']);
});
