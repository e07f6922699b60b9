/** Who is watching: a person at a terminal, a file, a program, or nobody. */
import type { Display } from '../terminal/display.ts';
import { JsonDisplay } from '../terminal/json-display.ts';
import { LiveDisplay } from '../terminal/live-display.ts';
import { PlainDisplay, QuietDisplay } from '../terminal/plain-display.ts';

export function chooseDisplay({ quiet, json }: { readonly quiet: boolean; readonly json: boolean }): Display {
  const { stdout } = process;
  const write = (text: string): void => void stdout.write(text);
  if (json) return new JsonDisplay(write);
  if (quiet) return new QuietDisplay(write);
  return stdout.isTTY && process.env['TERM'] !== 'dumb' ? new LiveDisplay(stdout) : new PlainDisplay(write);
}
