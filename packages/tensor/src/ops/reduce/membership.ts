/** Which elements occur in a set. */

import { DTypeError, equal, min, not, same, scalar, sub } from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { filled } from '../../core/fill.ts';
import { checkNamed } from '../../core/named.ts';
import { Op } from '../../core/op.ts';
import { isNumeric, type Numeric, numberOf } from '../../core/promotion.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { element, single } from '../elementwise/build.ts';
import { sizesOf } from '../elementwise/operand.ts';
import { finish, reshape } from '../shape/views.ts';
import { reduction } from './build.ts';
import { ordered } from './order.ts';
import { meeting, positions } from './search.ts';

/** Up to this many values, comparing with all of them in one launch costs less than sorting and bisecting. */
const longestCompared = 16;

const membership = (invert: boolean) =>
  reduction('isin', {
    combine: 'max',
    dtype: () => 'bool',
    body: (operands) => equal(...meeting(operands)),
    epilogue: (found) => (invert ? not(found) : found),
  });

const compareAll = { plain: membership(false), inverted: membership(true) };

/** The last position of n (scalar 0) where the one found lies behind it. */
const within = new Op('map', 'isin', {
  inPlace: false,
  build: ([position]) => {
    const n = scalar(0, 'i32');
    return single('int64', min(element(position!, 0), sub(n, same(1, n))), 1);
  },
});

const sameAs = (invert: boolean): Op<'map'> =>
  new Op('map', 'isin', {
    inPlace: false,
    build: (layouts) => {
      const found = equal(...meeting(layouts.map(element)));
      return single('bool', invert ? not(found) : found);
    },
  });

const compareOne = { plain: sameAs(false), inverted: sameAs(true) };
const fromVector = new Op('gather', 'isin', { form: 'outer', dims: [0], at: 0 });

export interface IsinOptions {
  /** Whether both hold no value twice; changes nothing here. */
  readonly assumeUnique?: boolean | undefined;
  /** Ask for those that don't occur; false. */
  readonly invert?: boolean | undefined;
}

/**
 * Whether each element occurs among the test elements, as bool of the elements' shape; NaN never does. Either may be a number. PyTorch: `torch.isin`.
 * @example
 * ```ts
 * import { isin, tensor } from '@nn/tensor';
 * console.log(await isin(tensor([1, 2, 3]), tensor([3, 1])).toArray()); // prints: [ true, false, true ]
 * ```
 */
export function isin<X extends Tensor | Numeric>(
  elements: X,
  testElements: Tensor | Numeric,
  options: IsinOptions = {},
): Tensor<X extends Tensor ? X['~shape'] : [], 'bool'> {
  const form = checkNamed('isin', options).invert === true ? 'inverted' : 'plain';
  const anchor = [elements, testElements].find((t) => !isNumeric(t)) as Tensor | undefined;
  if (anchor === undefined) throw new DTypeError('isin', 'got two plain numbers; one operand must be a tensor');
  const operand = (t: Tensor | Numeric): Tensor => {
    if (!isNumeric(t)) {
      sizesOf('isin', t);
      return t;
    }
    const dtype = anchor.dtype === 'float64' || Number.isInteger(numberOf(t)) ? anchor.dtype : 'float32';
    return filled(anchor.layout.device, dtype === 'bool' ? 'int64' : dtype, [], numberOf(t));
  };
  return untracked(() => {
    const x = operand(elements);
    const tests = reshape(operand(testElements), [-1]);
    const n = tests.layout.size;
    if (n <= longestCompared) {
      const { shape } = x.layout;
      const set = reshape(tests, [...shape.map(() => 1), n]);
      const each = reshape(x, [...shape, 1]);
      return finish(compareAll[form](each, { dim: shape.length }, [], set), x, tests, set, each);
    }
    const { values, indices } = ordered(tests, 0, false);
    const position = dispatch(within, positions(values, x, 'left'), null, null, [n]);
    const there = dispatch(fromVector, values, position);
    return finish(dispatch(compareOne[form], x, there), x, tests, values, indices, position, there);
  }) as never;
}
