/** The backend of programs that don't choose one, where what is loaded needn't be small: in Node and its like. Elsewhere `default-none.ts` stands in its place. */
import type { Backend } from './backend.ts';
import { reference } from './reference/backend.ts';

export const defaultBackend = (): Backend => reference();
