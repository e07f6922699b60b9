/** Names for data, from what the command line calls them. */
import { basename, resolve } from 'node:path';

/** A name for the folder of a run. */
export const dataName = (dataset: string): string =>
  basename(resolve(dataset))
    .replace(/[^\w.-]+/g, '-')
    .replace(/^[.-]+/, '') || 'data';
