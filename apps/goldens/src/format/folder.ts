/** A folder on disk. The only place that touches the disk for cases. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Folder } from './families.ts';

export const diskFolder = (directory: string): Folder => ({
  name: directory,
  list: () => readdir(directory),
  read: async (name) => new Uint8Array(await readFile(join(directory, name))),
});
