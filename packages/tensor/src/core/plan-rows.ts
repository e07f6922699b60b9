/** Plans of `rows`, which works along the last dimension. */
import type { RowsKernel } from '@nn/backend';
import { accessOf, alongAxis, broadcastShapes, broadcastStrides } from './collapse.ts';
import { type Layout, layoutOf } from './layout.ts';
import type { Op } from './op.ts';
import { commonDevice, compile, geometryOf, Plan } from './plan.ts';

/** Along the last dimension; operands broadcast together. */
export function planRows(op: Op<'rows'>, inputs: readonly Layout[]): Plan {
  const device = commonDevice(op.name, inputs);
  const shape = broadcastShapes(
    op.name,
    inputs.map((l) => l.shape),
  );
  const built = op.attributes.build(inputs);
  const last = shape.length - 1;
  const outs = built.outputs.map((o) => layoutOf(device, o.dtype, o.perRow ? shape.slice(0, last) : shape));
  const outStrides = outs.map((l, j) => (built.outputs[j]!.perRow ? [...l.strides, 0] : l.strides));
  const all = [...outStrides, ...inputs.map((l) => broadcastStrides(l.shape, l.strides, shape))];
  const { rank, sizes, strides } = alongAxis(shape, last, all);
  const kernel: RowsKernel = {
    kind: 'rows',
    rank,
    inputs: inputs.map((l, i) => ({ dtype: l.dtype, access: accessOf(sizes, strides[outs.length + i]!) })),
    reductions: built.reductions,
    outputs: built.outputs,
    scalars: built.scalars,
  };
  return new Plan(op, inputs, outs, {
    program: compile(device, kernel),
    geometry: geometryOf(sizes, strides),
    operands: inputs.map((_, i) => i),
    built,
  });
}
