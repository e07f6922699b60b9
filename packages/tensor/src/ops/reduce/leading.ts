/**
 * The places of the first few of an order, without sorting everything. The dimension is cut into blocks. Of k blocks whose own first elements come first, no element of
 * another can be among the first k: the first of each of the k stands before it. So k blocks are all that has to be sorted.
 */
import {
  add,
  and,
  bitcast,
  type DType,
  dtypes,
  type Expression,
  equal,
  less,
  mul,
  same,
  scalar,
  select,
  shiftRight,
  xor,
} from '@nn/backend';
import { dispatch } from '../../core/dispatch.ts';
import { Op } from '../../core/op.ts';
import { untracked } from '../../core/state.ts';
import type { Tensor } from '../../tensor.ts';
import { arange } from '../creation/ranges.ts';
import { element, single } from '../elementwise/build.ts';
import { joined } from '../shape/join.ts';
import * as views from '../shape/views.ts';
import { type Reducer, type Reduction, reduction } from './build.ts';
import { ordered, placesOfRanks } from './order.ts';
import { pick } from './pick.ts';

/**
 * A float of 32 bits as an integer in the order of sorting: both zeros equal, NaN the greatest. The smallest of floats would be NaN if one is; and devices may take the
 * least floats for 0.
 */
function keyOf(x: Expression): Expression {
  const bits = bitcast(x, 'i32');
  const magnitude = and(bits, same(0x7fffffff, bits));
  const key = xor(bits, and(shiftRight(bits, same(31, bits)), same(0x7fffffff, bits)));
  const number = select(equal(magnitude, same(0, bits)), same(0, bits), key);
  return select(less(same(0x7f800000, bits), magnitude), same(0x7fffffff, bits), number);
}

/** What stands for an element in comparisons, the first of a block, and where the first of a row is. */
interface Firsts {
  readonly value: Reducer;
  readonly place: Reducer;
}

function firstsBy(combine: 'max' | 'min', keyed: boolean): Firsts {
  const body: Reduction['body'] = ([x]) => (keyed ? keyOf(x!) : x!);
  return {
    value: reduction('topk', { combine, dtype: (dtype) => (keyed ? 'int32' : dtype), body }),
    place: reduction('topk', { combine: `arg${combine}`, dtype: () => 'int64', body }),
  };
}

const largest = firstsBy('max', false);
const smallest = firstsBy('min', false);
const largestByKey = firstsBy('max', true);
const smallestByKey = firstsBy('min', true);

/** Null where nothing gives the first of a block: of floats of 64 bits the smallest would be NaN if one is, bools aren't combined. */
function firstsOf(dtype: DType, descending: boolean): Firsts | null {
  const { scalar: type } = dtypes[dtype];
  if (type === 'bool' || (type === 'f64' && !descending)) return null;
  if (type === 'f32') return descending ? largestByKey : smallestByKey;
  return descending ? largest : smallest;
}

/** Fewer elements are sorted before the launches that blocks take have begun. */
const many = 8192;

/** How long blocks are for the first k of rows of n elements; 0 where sorting everything is as quick. */
function blockSize(size: number, n: number, k: number): number {
  if (size < many) return 0;
  // n / b firsts and k · b candidates are least at the root; short rows cost more an element than the candidates, which are longer.
  const block = 2 ** Math.round(Math.log2(1.7 * Math.sqrt(n / k)));
  return n / block + k * block + (n % block) <= n / 2 ? block : 0;
}

/** As `placesOfRanks`. */
export function leading(x: Tensor, dim: number, descending: boolean, start: number, length: number): Tensor {
  const { shape, size } = x.layout;
  const n = shape[dim] ?? 1;
  const k = start + length;
  const firsts = firstsOf(x.dtype, descending);
  if (firsts !== null && k === 1 && length === 1 && size > 0 && shape.length > 0)
    return untracked(() => firsts.place(x, { dim, keepdim: true }));
  const block = firsts === null || length === 0 ? 0 : blockSize(size, n, k);
  if (block === 0) return placesOfRanks(x, dim, descending, start, length);
  return untracked(() => {
    const last = shape.length - 1;
    const moved = views.reorder(x, 'topk', [...shape.keys()].filter((d) => d !== dim).concat(dim));
    const rows = views.contiguous(moved);
    const places = ofBlocks(rows, descending, k, block, firsts!);
    const part = views.sliceView(places, last, start, length);
    const back = views.reorder(
      part,
      'topk',
      [...shape.keys()].map((d) => (d < dim ? d : d === dim ? last : d - 1)),
    );
    return views.finish(views.clone(back), x, moved, rows, places, part, back);
  });
}

/** The place of each element of blocks, which are scalar 0 long, from the numbers of the blocks and places within them. */
const placeIn = new Op('map', 'topk', {
  inPlace: false,
  build: ([block, place]) =>
    single('int64', add(mul(element(block!, 0), scalar(0, dtypes.int64.scalar)), element(place!, 1)), 1),
});

/** The first k of dense rows, the last dimension. */
function ofBlocks(x: Tensor, descending: boolean, k: number, block: number, firsts: Firsts): Tensor {
  const { shape, strides } = x.layout;
  const last = shape.length - 1;
  const count = Math.floor(shape[last]! / block);
  const blocks = views.stridedView(x, [...shape.slice(0, -1), count, block], [...strides.slice(0, -1), block, 1], 0);
  const values = firsts.value(blocks, { dim: last + 1 });
  const chosen = leading(values, last, descending, 0, k);
  const candidates = elementsOf(x, chosen, block);
  const compared = pick('topk', x, candidates, last);
  const among = leading(compared, last, descending, 0, k);
  return views.finish(pick('topk', candidates, among, last), x, blocks, values, chosen, candidates, compared, among);
}

/** The places in ascending order, so that equal elements keep theirs, of the elements of blocks and of those after all blocks. */
function elementsOf(x: Tensor, chosen: Tensor, block: number): Tensor {
  const { shape } = x.layout;
  const [outer, n] = [shape.slice(0, -1), shape[shape.length - 1]!];
  const last = outer.length;
  const { values: numbers, indices } = ordered(chosen, last, false);
  const column = views.insertDim(numbers, last + 1);
  const steps = arange(0, block, { dtype: 'int64', backend: x.backend }) as Tensor;
  const places = dispatch(placeIn, column, steps, null, [block]);
  const inside = views.reshape(places, [...outer, -1]);
  const from = n - (n % block);
  views.finish(inside, x, numbers, indices, column, steps, places);
  if (from === n) return inside;
  const rest = arange(from, n, { dtype: 'int64', backend: x.backend }) as Tensor;
  const wide = views.expand(rest, [...outer, n - from]);
  return views.finish(joined('topk', [inside, wide], last), x, inside, rest, wide);
}
