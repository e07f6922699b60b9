/**
 * The `rows` kind: neighbouring threads take one row, as many as its length asks for, and a workgroup as many rows as fit. Where a thread has few elements it keeps
 * them (and what an earlier reduction computed of them) to itself from the first reduction to the outputs; else each reduction reads the row again. A few very
 * long rows are taken apart.
 */
import { product, type RowsKernel } from '@nn/backend';
import { lower } from '../../scalar/emit.ts';
import { type Binding, groupsOf, type Kind } from '../kind.ts';
import { weightOf, workgroup } from '../reduce/accumulate.ts';
import { wordsOfPlace } from '../reduce/elements.ts';
import { powerAbove } from '../reduce/plan.ts';
import { emitRows, held, type Shape } from './emit.ts';
import { areLong, longRows } from './long.ts';

/** The longest text, in instructions or so, that is written once for each element that a thread keeps. */
const mostHeld = 96;

export const rowsKind: Kind<RowsKernel> = {
  variant: (kernel, geometry, facts) => {
    const { sizes, strides } = geometry;
    const { rank, inputs, outputs, reductions } = kernel;
    const length = sizes[rank]!;
    const count = product(sizes.slice(0, rank));
    if (areLong(kernel, count, length)) return longRows(kernel, geometry, facts);
    const shape: Shape = {
      kernel,
      bodies: reductions.map(({ body }) => lower(body)),
      results: outputs.map(({ expression }) => lower(expression)),
    };
    const threads = Math.min(workgroup, powerAbove(length / held));
    const keeps = length > 0 && length <= held * threads && weightOf(...shape.bodies, ...shape.results) <= mostHeld;
    const shares = threads > 1;
    return {
      passes: [
        {
          key: `${keeps ? 'kept' : 'read again'} ${shares ? 'shared' : ''}`,
          bindings: [...outputs, ...inputs].map(
            ({ dtype }, operand): Binding => ({ from: { operand }, dtype, writes: operand < outputs.length }),
          ),
          words: [count, length, Math.log2(threads), threads - 1, ...wordsOfPlace(inputs, sizes, strides)],
          groups: groupsOf(Math.ceil((count * threads) / workgroup)),
          threads: [workgroup],
          emit: (source) => emitRows(source, shape, { keeps, shares }),
        },
      ],
    };
  },
};
