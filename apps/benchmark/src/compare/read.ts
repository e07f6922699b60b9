/** Results from a file that may be anything. */
import { readFileSync } from 'node:fs';
import { explained, Failure } from '../failure.ts';
import { format, type Results } from '../results.ts';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isTimes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((each) => Number.isFinite(each) && each > 0);
/** What was measured was measured at least once. */
const isMeasured = (value: unknown): boolean => isTimes(value) && value.length > 0;

/** Whether the parts that a comparison reads are there. */
function isResults(value: unknown): value is Results {
  if (!isObject(value) || !Array.isArray(value['players']) || !Array.isArray(value['cases'])) return false;
  return (
    value['players'].every((player) => isObject(player) && typeof player['name'] === 'string') &&
    value['cases'].every(
      (one) =>
        isObject(one) &&
        typeof one['id'] === 'string' &&
        isObject(one['limits']) &&
        Object.values(one['limits']).every(isTimes) &&
        isObject(one['outcomes']) &&
        Object.values(one['outcomes']).every(
          (outcome) => isObject(outcome) && (outcome['status'] !== 'measured' || isMeasured(outcome['samples'])),
        ),
    )
  );
}

/** Reads a file that `--json` wrote. */
export function readResults(file: string): Results {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw explained(`can't read ${file}`, error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure(`${file} is not JSON; give a file that nn-bench --json wrote`);
  }
  const found = isObject(value) ? value['format'] : undefined;
  if (found !== format) {
    throw new Failure(
      `${file} has the format ${JSON.stringify(found ?? null)}, this program reads ${JSON.stringify(format)}; measure again`,
    );
  }
  if (!isResults(value)) throw new Failure(`${file} is damaged: parts of its results are missing`);
  return value;
}
