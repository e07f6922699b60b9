/** Numbers as people read them. */

/** `9,000`. */
export const count = (n: number): string => n.toLocaleString('en-US');

/** `94.2 %` of a share. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Six characters of a loss, whatever its size. */
export const lossText = (loss: number): string => (loss < 10 ? loss.toFixed(4) : loss.toPrecision(5)).slice(0, 6);

/** `4.6 s`, `75 s`, `2:05`, `1:02:05`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 100) return `${whole} s`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number): string => String(n).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** A text in a field of a width, with an end that tells if it was cut. */
export const fit = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text.padEnd(width);
