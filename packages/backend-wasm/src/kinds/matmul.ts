/**
 * The `matmul` kind. A product is computed in tiles held in registers; a sum runs over blocks of k (`blockSizeOf`), inside a block in ascending order
 * with one accumulator, and blocks are added in ascending order, so that neither layouts nor tiles nor threads show in a result.
 */
import { type MatmulKernel, product } from '@nn/backend';
import { lower } from '../scalar/emit.ts';
import { type Kind, plainVariant, type Variant } from './kind.ts';
import { emitMatmul } from './matmul/loops.ts';
import { keyOf, planOf } from './matmul/plan.ts';

export const matmulKind: Kind<MatmulKernel> = (kernel, geometry, { threads, pairs }) => {
  const epilogue = lower(kernel.epilogue);
  const variant = (hot: boolean): Variant => {
    const plan = planOf(kernel, epilogue, geometry, hot, threads ?? 1, pairs);
    const { sizes } = geometry;
    const entries = product(sizes.slice(0, kernel.rank));
    const parts = {
      entries: 1,
      rows: plan.rows.units.value,
      columns: plan.columns.units.value,
      blocks: Math.ceil(plan.k.value / plan.blockSize.value),
    }[plan.split];
    const byBlocks = plan.split === 'blocks';
    const other = plan.split === 'rows' ? plan.right : plan.left;
    return {
      ...plainVariant,
      key: keyOf(plan),
      emit: (module) => emitMatmul(module, plan),
      constants: hot ? [] : plan.figures,
      units: product(sizes.slice(0, kernel.rank + 2)) === 0 ? 0 : entries * parts,
      scratch: plan.scratch,
      shared: byBlocks ? parts * plan.kept.value : 0,
      finish: byBlocks,
      // Each range of rows or columns copies panels of all of the other operand.
      grain: byBlocks || plan.split === 'entries' || !other.packed ? 1 : Math.min(24, Math.ceil(parts / 8)),
      work: product(sizes) / ((kernel.dtype === 'float32' ? 20 : 8) * (pairs ? 2 : 1)),
    };
  };
  return { ...variant(false), hot: () => variant(true) };
};
