/** Einstein sums: read the notation, choose an order, contract. */
import { ValueError } from '@nn/backend';
import { resultType } from '../../../core/promotion.ts';
import { scope } from '../../../memory/scope.ts';
import type { Tensor } from '../../../tensor.ts';
import type { Checked, Einsum, PromoteAll, Shape, ShapeOr, ShapesOf } from '../../../types/index.ts';
import { sizesOf } from '../../elementwise/operand.ts';
import { toDType } from '../../shape/convert.ts';
import { contractPair, diagonals, type Labelled, reorder, sumUnneeded } from './contract.ts';
import { contractionOrder } from './order.ts';
import { type Label, type Notation, readEquation, readSublist, resolve } from './parse.ts';

type Sublist = readonly (number | '...')[];

/** Contracts labelled operands to the result's labels. */
const contract = (tensors: readonly Tensor[], notation: Notation): Tensor => scope(() => contracted(tensors, notation));

function contracted(tensors: readonly Tensor[], { operands, result, sizes }: Notation): Tensor {
  const dtype = resultType(tensors);
  const list: Labelled[] = tensors.map((t, i) => diagonals(t.dtype === dtype ? t : toDType(t, dtype), operands[i]!));
  const neededBy = (rest: readonly Labelled[]): Set<Label> => new Set([...result, ...rest.flatMap((x) => x.labels)]);
  for (const [i, j] of contractionOrder(
    list.map((x) => x.labels),
    result,
    sizes,
  )) {
    const [first, second] = [list[i]!, list[j]!];
    const others = list.filter((_, k) => k !== i && k !== j);
    list.splice(0, list.length, ...others, contractPair(first, second, neededBy(others)));
  }
  return reorder(sumUnneeded(list[0]!, new Set(result)), result);
}

/**
 * Sum of products in Einstein's notation: indices that the result lacks are summed. Takes an equation (`'bij,bjk->bik'`; without `->` the indices that appear once,
 * in alphabetical order; repeated indices take diagonals; `...` stands for any dimensions), or operands each followed by a sublist of whole numbers, and
 * perhaps the result's sublist. Any number of operands, contracted in the order that needs the fewest multiplications; PyTorch: `torch.einsum`.
 * @example
 * ```ts
 * import { einsum, tensor } from '@nn/tensor';
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(await einsum('ij,jk->ik', a, a).toArray()); // prints: [ [ 7, 10 ], [ 15, 22 ] ]
 * console.log(await einsum('ii', a).item()); // prints: 5
 * console.log(await einsum(a, [0, 1], [1]).toArray()); // prints: [ 4, 6 ]
 * ```
 */
export function einsum<const E extends string, const T extends readonly Tensor[]>(
  equation: Checked<Einsum<E, ShapesOf<T>>, E>,
  ...operands: T
): Tensor<ShapeOr<Einsum<E, ShapesOf<T>>>, PromoteAll<T>>;
export function einsum(first: Tensor, sublist: Sublist, ...more: readonly (Tensor | Sublist)[]): Tensor<Shape>;
export function einsum(first: unknown, ...rest: readonly unknown[]): Tensor {
  if (typeof first === 'string') {
    const operands = rest as readonly Tensor[];
    if (operands.length === 0) throw new ValueError('einsum', `the equation '${first}' needs at least one operand`);
    const { terms, result } = readEquation(first);
    return contract(
      operands,
      resolve(
        terms,
        result,
        operands.map((t) => sizesOf('einsum', t)),
      ),
    );
  }
  const parts = [first, ...rest] as (Tensor | Sublist)[];
  const result = parts.length % 2 === 1 ? readSublist(parts.pop() as Sublist) : null;
  const operands = parts.filter((_, i) => i % 2 === 0) as Tensor[];
  const terms = parts.filter((_, i) => i % 2 === 1).map((sublist) => readSublist(sublist as Sublist));
  return contract(
    operands,
    resolve(
      terms,
      result,
      operands.map((t) => t.layout.shape),
    ),
  );
}
