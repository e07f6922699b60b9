/** Code for figures: a constant in a hot variant, a number from the parameter block in a cold one. */
import { I32, i32, type Local, type Operand } from '../../assembler/index.ts';
import type { FunctionBuilder } from '../../assembler/module.ts';
import type { BlockLayout } from '../kind.ts';
import type { Figure } from './plan.ts';

/** A figure in a function that has the block's address. */
export type Read = (f: FunctionBuilder, block: Local, figure: Figure) => Operand;

export const reader =
  (hot: boolean, layout: BlockLayout): Read =>
  (f, block, { value, index }) =>
    hot ? value : f.hoist(`figure ${index}`, I32, () => i32.load(block, layout.constant(index)));
