/**
 * The log-probability that each row of logits gives to its own class, in one `rows` kernel, and its gradient in another: what `crossEntropy` needs of
 * `logSoftmax`, without the matrix. The largest logit is taken out of every row first, so nothing overflows.
 */
import {
  add,
  constant,
  coordinate,
  div,
  dtypes,
  type Expression,
  equal,
  exp,
  input,
  log,
  mul,
  same,
  scalar,
  select,
  sub,
} from '@nn/backend';
import type { Tensor } from '@nn/tensor';
import { dispatch, dispatchMany, type Layout, Op, type RowsBuild, reshape, withTracking } from '@nn/tensor/internal';
import { classOf, pick } from './classes.ts';

/**
 * Classes [N, 1] as a gather may have them, and where each lies in the dense matrix [N, C]; ignored ones are class 0 for the gather and lie nowhere. Scalars: the ignored
 * class, C.
 */
const placeOp = new Op('map', 'crossEntropy', {
  inPlace: false,
  build: () => {
    const given = input(0, 'i32');
    const index = classOf(given);
    const place = select(
      equal(given, scalar(0, 'i32')),
      constant(-1, 'i32'),
      add(mul(coordinate, scalar(1, 'i32')), index),
    );
    return {
      outputs: [
        { dtype: 'int64', expression: index },
        { dtype: 'int64', expression: place },
      ],
      scalars: 2,
    };
  },
});

interface Row {
  readonly x: Expression;
  /** Whether this is the element of the row's own class. */
  readonly isOwn: Expression;
  /** x less the row's largest, which is reduction 0, and the sum of its exponentials, reduction 1. */
  readonly centred: Expression;
  readonly total: Expression;
}

const rowOf = (layouts: readonly Layout[]): Row => {
  const type = dtypes[layouts[0]!.dtype].scalar;
  const x = input(0, type);
  return {
    x,
    isOwn: equal(coordinate, input(1, 'i32')),
    centred: sub(x, input(layouts.length, type)),
    total: input(layouts.length + 1, type),
  };
};

const softmaxReductions = ({ x, centred }: Row): RowsBuild['reductions'] => [
  { combine: 'max', body: x },
  { combine: 'sum', body: exp(centred) },
];

/** dx = ḡ · (1 where the class is its own − softmax(x)), over x, place and ḡ. */
const slopeOp = new Op('rows', 'crossEntropyBackward', {
  gradient: null,
  build: (layouts) => {
    const row = rowOf(layouts);
    const g = input(2, row.x.type);
    const own = select(row.isOwn, same(1, row.x), same(0, row.x));
    const expression = mul(g, sub(own, div(exp(row.centred), row.total)));
    return {
      reductions: softmaxReductions(row),
      outputs: [{ dtype: layouts[0]!.dtype, expression, perRow: false }],
      scalars: 0,
    };
  },
});

const scoreOp = new Op('rows', 'crossEntropy', {
  gradient: () => ({ operands: [0, 1, 'gradient'], op: slopeOp }),
  build: (layouts) => {
    const row = rowOf(layouts);
    const own = select(row.isOwn, row.centred, same(0, row.x));
    const picked = input(layouts.length + 2, row.x.type);
    return {
      reductions: [...softmaxReductions(row), { combine: 'sum', body: own }],
      outputs: [{ dtype: layouts[0]!.dtype, expression: sub(picked, log(row.total)), perRow: true }],
      scalars: 0,
    };
  },
});

/** Log-probabilities (N) of the classes (N) under logits (N, C). Those of ignored classes mean nothing. A class out of range is an `IndexError`. */
export function ownScores(logits: Tensor, target: Tensor, ignored: number): Tensor {
  const classes = logits.layout.shape[1]!;
  const aligned = reshape(target, [target.layout.size, 1]);
  const [index, place] = dispatchMany(placeOp, [aligned], [ignored, classes]) as [Tensor, Tensor];
  // Nobody needs the picked logits, nor a graph that would hold on to the index, but a gather knows an index that is out of range.
  withTracking(false, () => pick('crossEntropy', logits, 1, index)).dispose();
  const scores = dispatch(scoreOp, logits, place);
  aligned.dispose();
  index.dispose();
  place.dispose();
  return scores;
}
