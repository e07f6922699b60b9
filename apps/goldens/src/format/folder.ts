/**
 * Lists and reads a folder of reference cases. A family that is continued in `<family>_2.json` names its
 * family inside, so files of one family are joined by that name. The only place that touches the disk for cases.
 */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DocumentError, type GoldenFamily, readFamily } from './document.ts';

/** Reads every `.json` file of the folder; families in the order of their file names. */
export async function readFolder(directory: string): Promise<GoldenFamily[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
  if (names.length === 0) throw new DocumentError(`${directory}: no .json files`);
  const families = new Map<string, GoldenFamily>();
  for (const name of names) {
    const part = readFamily(await readFile(join(directory, name), 'utf8'), name);
    const earlier = families.get(part.family);
    families.set(part.family, earlier ? { ...part, cases: [...earlier.cases, ...part.cases] } : part);
  }
  return [...families.values()];
}
