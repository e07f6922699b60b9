/** What the gradients of both inputs of an op are made of: found for the first, and kept for the second. Knows nothing of what it is. */
import type { Node } from '../../core/node.ts';
import { factory } from '../../core/state.ts';
import { scopes } from '../../memory/scope.ts';
import { share } from '../../memory/storage.ts';
import type { Tensor } from '../../tensor.ts';

const kept: WeakMap<Node, { readonly g: Tensor; readonly found: Tensor }> = new WeakMap();

/** A second handle on the same memory, for which no scope answers. */
function another(x: Tensor): Tensor {
  const out = factory.make(share(x.storage), x.layout, x.start);
  out.node = x.node;
  return out;
}

/** What `find` gives for gradient j of this node. Kept only if the backward that runs asks for the second one too, which it then does next, for the same `g`. */
export function forBoth(node: Node, j: number, g: Tensor, find: () => Tensor): Tensor {
  const known = kept.get(node);
  kept.delete(node);
  if (known !== undefined && known.g === g) {
    scopes.active?.add(known.found);
    return known.found;
  }
  known?.found.dispose();
  const found = find();
  if (j === 0 && node.b !== null && node.b.mark === node.mark) kept.set(node, { g, found: another(found) });
  return found;
}
