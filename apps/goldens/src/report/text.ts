/** The report for people: a table by family, the failures one by one, and the count as the last line. */

import Table from 'cli-table3';
import pc from 'picocolors';
import { type CaseResult, countFamilies, type FamilyCount, hasPassed } from './result.ts';

const RIGHT_ALIGNED = ['left', 'right', 'right', 'right'] as const;

export function formatReport(results: readonly CaseResult[]): string {
  const failures = results.filter((result) => !hasPassed(result));
  const passed = results.length - failures.length;
  const sections = [
    formatTable(countFamilies(results)),
    formatFailures(
      'Failed',
      failures.filter(({ status }) => status === 'failed'),
    ),
    formatFailures(
      'Programs without a translation',
      failures.filter(({ status }) => status === 'untranslated'),
    ),
    `${passed} passed, ${failures.length} failed`,
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

function formatTable(counts: readonly FamilyCount[]): string {
  const table = new Table({
    head: ['family', 'passed', 'failed', 'untranslated'],
    colAligns: [...RIGHT_ALIGNED],
    style: { head: [], border: [] },
  });
  for (const { family, passed, failed, untranslated } of counts) {
    table.push([
      family,
      pc.green(String(passed)),
      failed > 0 ? pc.red(String(failed)) : '0',
      untranslated > 0 ? pc.yellow(String(untranslated)) : '0',
    ]);
  }
  return table.toString();
}

function formatFailures(title: string, failures: readonly CaseResult[]): string {
  if (failures.length === 0) return '';
  return [pc.bold(`${title}:`), ...failures.map(formatFailure)].join('\n');
}

function formatFailure({ id, op, largestError, message }: CaseResult): string {
  const error = largestError > 0 ? ` (largest error ${largestError.toPrecision(3)})` : '';
  return `  ${pc.red(id)} ${pc.dim(op)}${error}\n    ${message ?? ''}`;
}
