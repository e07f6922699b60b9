/** The version of this program. */
import { readFileSync } from 'node:fs';

/** From the manifest, which lies one folder above both the sources and the built file. */
export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;
