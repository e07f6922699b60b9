/** The copy: the identity as a `map`. Said here because dispatch itself needs it. */
import { castTo, dtypes, input } from '@nn/backend';
import type { Layout } from './layout.ts';
import { Op } from './op.ts';

const element = (layout: Layout, index: number) => input(index, dtypes[layout.dtype].scalar);

/** A dense copy. */
export const copyOp: Op<'map'> = new Op('map', 'clone', {
  inPlace: false,
  build: ([x]) => ({ outputs: [{ dtype: x!.dtype, expression: element(x!, 0) }], scalars: 0 }),
});

/** Input 1 written over input 0, converted to its dtype. */
export const assignOp: Op<'map'> = new Op('map', 'copy_', {
  inPlace: true,
  // An assignment converts to the target's dtype, also to a lower category, so it says that the result has it already.
  build: ([target, x]) => ({
    outputs: [{ dtype: target!.dtype, expression: castTo(element(x!, 1), target!.dtype) }],
    scalars: 0,
  }),
});
