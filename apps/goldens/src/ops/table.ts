/** Every mapped op of PyTorch in one table. */

import type { OpTable } from '../run/call.ts';
import { functional } from './functional.ts';
import { indexing } from './indexing.ts';
import { pointwise } from './pointwise.ts';
import { products } from './products.ts';
import { reductions } from './reductions.ts';
import { shapes } from './shapes.ts';

export const opTable: OpTable = { ...pointwise, ...reductions, ...shapes, ...indexing, ...products, ...functional };
