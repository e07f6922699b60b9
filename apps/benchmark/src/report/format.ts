/** Numbers with their units, as people read them. */

/** Three significant digits, never in powers of ten. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** `0.271 ms`, `4.81 µs`, `1.25 s`, from milliseconds. */
export function time(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms < 0.1) return `${digits(ms * 1000)} µs`;
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}

/** `43.1 GFLOP/s`, of work and milliseconds; `4.31 TFLOP/s` from a thousand on. */
export function rate(work: number, ms: number, unit: 'GFLOP/s' | 'GB/s'): string {
  const billions = work / ms / 1e6;
  return billions < 1000 ? `${digits(billions)} ${unit}` : `${digits(billions / 1000)} ${unit.replace('G', 'T')}`;
}

/** `2 %` of a share. */
export const percent = (share: number): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %` : '–';

/** `0.90×`. */
export const times = (ratio: number): string => `${ratio >= 100 ? Math.round(ratio) : digits(ratio)}×`;

/** `49.8 kB`; a kilobyte is 1000 bytes, as networks count. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${digits(count / 1e3)} kB` : `${digits(count / 1e6)} MB`;
}
