/** A tensor as text. */

import type { DataArray } from '@nn/backend';
import type { Node } from './core/node.ts';
import { nodeOf } from './core/view.ts';
import { formatValue } from './print/format-size.ts';
import { formatTensor } from './print/format-tensor.ts';
import { read, readSync } from './read.ts';
import type { Tensor } from './tensor.ts';

/** PyTorch's name of a node: `AddBackward0`. */
export function gradFnName(node: Node): string {
  const { name, kind, gradName } = node.plan.op;
  if (gradName !== null) return gradName;
  const bare = name.replace(/_$/, '');
  return kind === 'custom'
    ? `${name}Backward`
    : name === 'copySlices'
      ? 'CopySlices'
      : `${bare[0]!.toUpperCase()}${bare.slice(1)}Backward0`;
}

function text(t: Tensor, data: DataArray): string {
  const node = nodeOf(t);
  const tracked = node === null ? {} : node.isLeaf ? { requiresGrad: true } : { gradFn: gradFnName(node) };
  return formatTensor({ data, shape: t.layout.shape, dtype: t.dtype, suffixes: tracked });
}

/** PyTorch's `repr(t)`, on any backend. */
export const describe = async (t: Tensor): Promise<string> => text(t, await read(t));

/** The same without waiting; where memory can't be read, the shape instead of the values. */
export function describeSync(t: Tensor): string {
  if (t.storage.slab === null) return 'tensor(<disposed>)';
  if (t.backend.readSync === undefined)
    return `tensor(<on ${t.backend.name}; await t.repr()>, size=(${t.layout.shape.join(', ')}), dtype=torch.${t.dtype})`;
  return text(t, readSync(t));
}

/** Python's `f"{t}"` where memory can be read without waiting: the bare number of a tensor without dimensions, else `repr`. */
export const formatSync = (t: Tensor): string =>
  t.layout.shape.length === 0 ? formatValue(readSync(t, 'format')[0]!, t.dtype) : describeSync(t);
