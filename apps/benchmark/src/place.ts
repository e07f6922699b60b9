/** Where this package lies: one folder above both the sources and the built files. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The package's folder. */
export const packageFolder: string = fileURLToPath(new URL('..', import.meta.url));

export const version = (): string =>
  (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** The program of a player, as source or built, as this file is. */
export const playerProgram = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? './player.ts' : './player.js', import.meta.url));

/** A file of this package that is neither. */
export const fileOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
