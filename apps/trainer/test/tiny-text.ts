/** A text that a small model learns in a moment: sentences by a few rules. The same each time. */
import { writeFileSync } from 'node:fs';

const animals = ['cat', 'dog', 'owl', 'fox'];
const verbs = ['sees', 'finds', 'hears'];

/** Sentences such as `the cat sees the owl.`, line after line; which ones follows from their numbers. */
export const tinyText = (sentences: number): string =>
  Array.from({ length: sentences }, (_, i) => {
    const [who, verb, whom] = [animals[(i * 7) % 4], verbs[(i * 5) % 3], animals[(i * 3 + 1) % 4]];
    return `the ${who} ${verb} the ${whom}.\n`;
  }).join('');

/** Writes a text of about 1,400 characters. Returns its path. */
export function writeTinyText(path: string): string {
  writeFileSync(path, tinyText(60));
  return path;
}
