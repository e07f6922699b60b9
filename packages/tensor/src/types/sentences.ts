/**
 * Every sentence that the compiler can say about a shape. The errors thrown at run time say the same words after their
 * `[op]` prefix, and may go on (both shapes, a way out).
 *
 * Sentences name sizes, which are literals whenever they are known to be wrong. Whole shapes stand only where no one size is
 * to blame (joining, reshaping, permuting, einsum): inside generic code a sentence that holds a type parameter is not reported.
 */

type Sizes<S, Out extends string = ''> = S extends readonly [infer D extends number, ...infer R]
  ? Sizes<R, `${Out}${Out extends '' ? '' : ', '}${number extends D ? 'number' : D}`>
  : Out;

/** `(64, 784)`; unknown sizes read `number`. */
type Text<S> = `(${Sizes<S>})`;

export type DoNotBroadcast<
  Op extends string,
  X extends number,
  Y extends number,
> = `${Op}: sizes ${X} and ${Y} do not broadcast`;

export type InnerSizesDiffer<K extends number, J extends number> = `matmul: inner sizes ${K} and ${J} differ`;
export type NoDimensions = 'matmul: both operands need a dimension at least';

export type OutOfRange<
  Op extends string,
  D extends number,
  Rank extends number,
> = `${Op}: dimension ${D} is out of range for rank ${Rank}`;
export type OutOfResultRange<
  Op extends string,
  D extends number,
  Rank extends number,
> = `${Op}: dimension ${D} is out of range for a result of rank ${Rank}`;
export type AppearsTwice<Op extends string, D extends string> = `${Op}: dimension ${D} appears twice`;

export type WrongPermutation<P, Rank extends number> = `permute: ${Text<P>} is not an order of the ${Rank} dimensions`;
export type NotAMatrix<Rank extends number> = `t: expected at most 2 dimensions, got ${Rank}`;
export type StartAfterEnd<
  Op extends string,
  Start extends number,
  End extends number,
> = `${Op}: startDim ${Start} comes after endDim ${End}`;

export type CountsDiffer<
  Op extends string,
  S,
  M extends number,
  T,
  N extends number,
> = `${Op}: ${Text<S>} has ${M} elements, ${Text<T>} has ${N}`;
export type CannotDivide<
  Op extends string,
  S,
  M extends number,
  T,
> = `${Op}: ${Text<S>} has ${M} elements, which ${Text<T>} can't divide`;
export type TwoHoles<Op extends string> =
  `${Op}: -1 is not a size; sizes are whole numbers ≥ 0, and at most one may be -1`;

export type CannotBecome<
  X extends number,
  Dimension extends number,
  Y extends number,
> = `expand: size ${X} in dimension ${Dimension} can't become ${Y}`;
export type FewerDimensions<T, S> = `expand: ${Text<T>} has fewer dimensions than ${Text<S>}`;
export type NoSizeToKeep = 'expand: a new dimension has no size for -1 to keep';
export type Unexpected<
  X extends number,
  Y extends number,
  Dimension extends number,
> = `expect: size ${X} of dimension ${Dimension} is not ${Y}`;
export type UnexpectedRank<Rank extends number, Given extends number> = `expect: rank ${Rank} is not ${Given}`;

export type DifferOutside<
  A,
  B,
  Dimension extends string,
> = `cat: shapes ${Text<A>} and ${Text<B>} differ outside dimension ${Dimension}`;
export type RanksDiffer<A, B> = `cat: shapes ${Text<A>} and ${Text<B>} differ in rank`;
export type CannotCatScalar = 'cat: a tensor without dimensions cannot be joined';
export type ShapesDiffer<A, B> = `stack: shapes ${Text<A>} and ${Text<B>} differ`;
export type NothingToJoin<Op extends string> = `${Op}: no tensors given`;

export type TooManyIndices<Given extends number, Rank extends number> = `at: ${Given} indices for rank ${Rank}`;
export type TwoEllipses = "at: only one '...' is allowed";
export type IndexOutOfRange<
  I extends number,
  Dimension extends number,
  Size extends number,
> = `at: index ${I} is out of bounds for dimension ${Dimension} with size ${Size}`;

export type MaskDoesNotFit<
  Got extends number,
  Dimension extends number,
  Size extends number,
> = `at: a mask of size ${Got} does not fit dimension ${Dimension} of size ${Size}`;

export type IndexClash<
  Letter extends string,
  X extends number,
  Y extends number,
> = `einsum: index ${Letter} is both ${X} and ${Y}`;
export type TermDoesNotFit<Term extends string, S> = `einsum: '${Term}' does not fit shape ${Text<S>}`;
export type UnknownIndex<Letter extends string> = `einsum: index ${Letter} is in no operand`;
export type RepeatedOutput<Letter extends string> = `einsum: index ${Letter} is twice in the output`;
export type FewerTerms = 'einsum: fewer terms than operands';
export type FewerOperands = 'einsum: fewer operands than terms';

export type RowsDiffer<
  X extends number | 'no',
  Y extends number,
> = `tensor: rows differ: one has ${X} elements, another ${Y}`;
export type NumberForArray<X extends number> = `tensor: a number stands where an array of ${X} is expected`;

export type NotLinear<Op extends string> =
  `${Op}: the weight must be (out, in) and the input have a dimension at least`;
export type WrongFeatures<
  Layer extends string,
  Got extends number,
  Expected extends number,
> = `${Layer}: the input has ${Got} features, expected ${Expected}`;
export type WrongChannels<
  Layer extends string,
  Got extends number,
  Expected extends number,
> = `${Layer}: the input has ${Got} channels, expected ${Expected}`;
export type WrongRank<
  Layer extends string,
  Got extends number,
  Expected extends string,
> = `${Layer}: the input has ${Got} dimensions, expected ${Expected}`;
export type WrongWeightRank<
  Op extends string,
  Got extends number,
  Expected extends number,
> = `${Op}: the weight has ${Got} dimensions, expected ${Expected}`;
export type WindowTooLarge<
  Layer extends string,
  Kernel extends number,
  Size extends number,
  Padding extends number,
> = `${Layer}: a window of ${Kernel} does not fit size ${Size} with padding ${Padding}`;
export type BatchesDiffer<
  Rows extends number,
  Targets extends number,
> = `crossEntropy: ${Rows} rows of logits and ${Targets} targets`;
export type TargetSizesDiffer<
  X extends number,
  Y extends number,
> = `crossEntropy: sizes ${X} and ${Y} of logits and targets differ`;
export type TargetRank<
  Got extends number,
  Rank extends number,
> = `crossEntropy: targets of rank ${Got} for logits of rank ${Rank}`;
export type InLayer<Index extends number, Sentence extends string> = `layer ${Index}: ${Sentence}`;
