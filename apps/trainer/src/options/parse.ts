/** Texts from the command line to values. Each reader throws a `Failure` that repeats the text and says what would do. */
import { Failure } from '../failure.ts';

export type Read<T> = (text: string) => T;

const refuse = (text: string, wanted: string): Failure => new Failure(`${JSON.stringify(text)} is not ${wanted}`);

const numeral = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** A number that passes a test; `wanted` describes it. */
export const number =
  (wanted: string, test: (value: number) => boolean): Read<number> =>
  (text) => {
    const value = numeral.test(text) ? Number(text) : Number.NaN;
    if (!Number.isFinite(value) || !test(value)) throw refuse(text, wanted);
    return value;
  };

/** A whole number within limits; without one above, up to what numbers can tell from their neighbours. */
export const whole = (from: number, to: number = Number.MAX_SAFE_INTEGER): Read<number> => {
  const within = `a whole number from ${from} to ${to}`;
  const wanted = to === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${from}` : within;
  const read = number(wanted, (value) => Number.isInteger(value) && value >= from);
  return (text) => {
    const value = read(text);
    if (value > to) throw refuse(text, within);
    return value;
  };
};

/** A whole number, or none where that is what is written of it. */
export const wholeOrNone =
  (from: number, to: number): Read<number | null> =>
  (text) =>
    text === 'none' ? null : whole(from, to)(text);

/** One of some words. */
export const oneOf =
  <const Words extends readonly string[]>(words: Words): Read<Words[number]> =>
  (text) => {
    if (!words.includes(text)) throw refuse(text, `one of ${words.join(', ')}`);
    return text;
  };

/** Numbers between commas; `none` for no number at all. */
export const list =
  (read: Read<number>, wanted: string): Read<readonly number[]> =>
  (text) => {
    if (text === 'none') return [];
    try {
      return text.split(',').map((part) => read(part.trim()));
    } catch {
      throw refuse(text, wanted);
    }
  };

export const text: Read<string> = (value) => {
  if (value === '') throw refuse(value, 'a name or a path');
  return value;
};

export const yesOrNo: Read<boolean> = (value) => {
  if (value !== 'true' && value !== 'false') throw refuse(value, 'true or false');
  return value === 'true';
};

/** What a schedule counts. */
const units = ['epochs', 'steps', 'seconds'] as const;

/** How often something is done. */
export interface Schedule {
  readonly every: number;
  readonly unit: (typeof units)[number];
}

/** `2`, `2epochs`, `500steps`, `30s`: a number, and the start of a unit, epochs if there is none. */
export const schedule: Read<Schedule> = (text) => {
  const [, digits = '', word = ''] = /^\s*(\d+)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const every = Number(digits);
  // `s` could be the start of two; seconds are what people write so.
  const unit = word === 's' ? 'seconds' : units.find((each) => each.startsWith(word.toLowerCase()));
  if (!Number.isSafeInteger(every) || every < 1 || unit === undefined) {
    throw refuse(text, 'a number of epochs, steps or seconds such as 1, 500steps or 30s');
  }
  return { every, unit };
};

/** A value as the text that reads back as it. */
export function write(value: unknown): string {
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  if (typeof value === 'object' && value !== null && 'every' in value) {
    const { every, unit } = value as Schedule;
    return unit === 'epochs' ? String(every) : `${every}${unit}`;
  }
  return String(value);
}
