/**
 * A pooling's gradient depends on the input's values nowhere, or only by steps, and PyTorch gives zeros as its derivative there, not "unused". So the gradient's graph names the
 * input, by a tensor of its place in the graph, shape and dtype, that holds one zero instead of keeping the values alive.
 */
import type { Tensor } from '@nn/tensor';
import { expand, filled, type Layout, type Node, nodeOf } from '@nn/tensor/internal';

/** Where an input comes from and what it looks like. */
export interface Origin {
  readonly node: Node | null;
  readonly layout: Layout;
}

export const originOf = (x: Tensor): Origin => ({ node: nodeOf(x), layout: x.layout });

/** Zeros of a layout's shape, of which memory holds one. */
export function zerosLike({ device, dtype, shape }: Layout): Tensor {
  const one = filled(device, dtype, [], 0);
  const out = expand(one, shape);
  out.base = null;
  one.dispose();
  return out;
}

/** What stands in for the input. */
export function standIn({ node, layout }: Origin): Tensor {
  const out = zerosLike(layout);
  out.node = node;
  return out;
}
