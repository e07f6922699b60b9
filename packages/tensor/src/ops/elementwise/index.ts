/** Elementwise ops. */
export * from './arithmetic.ts';
import { unary } from './build.ts';

export const exp = unary('exp', 'float');
