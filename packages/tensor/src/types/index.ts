/** The compile-time shape layer, types only: what signatures of tensors, layers and losses are written with. */
export type { CanSelect, Index, NestedIndices, Select } from './at.ts';
export type { Broadcast, Broadcasted } from './broadcast.ts';
export type { Checked, CheckedRest, ShapeOr } from './checked.ts';
export type { Data, NestedShape, RangeDType, RangeLength, ValueOf } from './creation.ts';
export type { Axis, Dims, InRange, InResultRange, Known } from './dimensions.ts';
export type {
  DTypeOf,
  DTypeOfValue,
  FloatOf,
  Numeric,
  PromoteAll,
  PromoteOf,
  ScalarLike,
  TotalOf,
  TruthOf,
} from './dtype.ts';
export type { Einsum } from './einsum.ts';
export type { CanExpand, CanExpect, Expand } from './expect.ts';
export type { Flatten, FlattenShape } from './flatten.ts';
export type { Cat, Stack } from './join.ts';
export type {
  CanCompare,
  ConvByWeight,
  CrossEntropyShape,
  LinearByWeight,
  LinearShape,
  TransposedByWeight,
} from './layers.ts';
export type { MatMul } from './matmul.ts';
export type { Promote } from './promotion.ts';
export type { Reduce } from './reduce.ts';
export type { CanReshape, Reshape } from './reshape.ts';
export type {
  Apply,
  Chain,
  ChainFunction,
  ConvFunction,
  FlattenFunction,
  KeepsShape,
  LinearFunction,
  PoolFunction,
  ShapeFunction,
} from './sequential.ts';
export type { Dim, List, ResultShapeOf, Shape, ShapeOf, ShapesOf } from './shape.ts';
export type { Permute, Squeeze, Transpose, TransposeMatrix, Unsqueeze } from './views.ts';
export type { ConvShape, Padding, PerDimension, PoolShape, Ranks, SpreadOf, Window, WindowOf } from './windows.ts';
