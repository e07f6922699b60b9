/** The list of all rows. A file of its own: whoever asks for it wants them all, and nobody else should have to carry them. */
import * as derived from './derived/index.ts';
import { definedRows, type Row } from './row.ts';

/** Every row: the core, the derived ones, and what was defined beyond them. */
export function rows(): IterableIterator<Row> {
  // Looked at one by one, so that a bundler keeps them.
  for (const builder of Object.values(derived)) if (!('row' in builder)) continue;
  return definedRows();
}
