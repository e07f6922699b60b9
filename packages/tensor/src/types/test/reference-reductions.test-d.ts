/**
 * Shapes of PyTorch's own results (1.13.1): one line for each distinct case of the reference cases whose operation is typed here.
 * Slices give an unknown size, so indexing need only fit.
 */
import type {
  CanCompare,
  CanSelect,
  ConvShape,
  CrossEntropyShape,
  InRange,
  LinearByWeight,
  PerDimension,
  PoolShape,
  Reduce,
  Select,
  Shape,
} from '../index.ts';
import { allowed, fits, gives } from './assert.test-d.ts';

interface Of<S extends Shape, D extends string> {
  readonly '~shape': S;
  readonly dtype: D;
}
interface Window<K extends PerDimension, S extends PerDimension, P extends PerDimension, D extends PerDimension> {
  kernel: K;
  stride: S;
  padding: P;
  dilation: D;
}

// Reductions
gives<Reduce<[2, 2], 1, false>, [2]>();
allowed<InRange<'sum', [2, 2], 1>>();
gives<Reduce<[3, 3], 1, false>, [3]>();
allowed<InRange<'sum', [3, 3], 1>>();
gives<Reduce<[3], undefined, false>, []>();
gives<Reduce<[4], 0, false>, []>();
allowed<InRange<'sum', [4], 0>>();
gives<Reduce<[65537], 0, false>, []>();
allowed<InRange<'sum', [65537], 0>>();
gives<Reduce<[257, 129], 0, false>, [129]>();
allowed<InRange<'sum', [257, 129], 0>>();
gives<Reduce<[33, 5, 70], [0, 2], false>, [5]>();
allowed<InRange<'sum', [33, 5, 70], [0, 2]>>();
gives<Reduce<[129, 300], 1, false>, [129]>();
allowed<InRange<'sum', [129, 300], 1>>();
gives<Reduce<[300, 67], 0, false>, [67]>();
allowed<InRange<'sum', [300, 67], 0>>();
gives<Reduce<[2, 3, 4], undefined, false>, []>();
gives<Reduce<[2, 3, 4], 1, false>, [2, 4]>();
allowed<InRange<'sum', [2, 3, 4], 1>>();
gives<Reduce<[2, 3, 4], [0, 2], true>, [1, 3, 1]>();
allowed<InRange<'sum', [2, 3, 4], [0, 2]>>();
gives<Reduce<[3, 5], -1, true>, [3, 1]>();
allowed<InRange<'sum', [3, 5], -1>>();
gives<Reduce<[5], 0, false>, []>();
allowed<InRange<'sum', [5], 0>>();
gives<Reduce<[2, 3, 2, 2], [-1, 1], false>, [2, 2]>();
allowed<InRange<'sum', [2, 3, 2, 2], [-1, 1]>>();
gives<Reduce<[2, 3, 4], [0, 2], false>, [3]>();
gives<Reduce<[3, 5], -1, false>, [3]>();
gives<Reduce<[3, 4], undefined, false>, []>();
gives<Reduce<[3, 4], 1, false>, [3]>();
allowed<InRange<'sum', [3, 4], 1>>();
gives<Reduce<[2, 3, 4], 0, true>, [1, 3, 4]>();
allowed<InRange<'sum', [2, 3, 4], 0>>();
gives<Reduce<[4], undefined, false>, []>();
gives<Reduce<[4], -1, false>, []>();
allowed<InRange<'sum', [4], -1>>();
gives<Reduce<[2, 2], undefined, false>, []>();
gives<Reduce<[2, 2], -1, false>, [2]>();
allowed<InRange<'sum', [2, 2], -1>>();
gives<Reduce<[0, 3], undefined, false>, []>();
gives<Reduce<[0, 3], 0, false>, [3]>();
allowed<InRange<'sum', [0, 3], 0>>();
gives<Reduce<[0, 3], 1, false>, [0]>();
allowed<InRange<'sum', [0, 3], 1>>();
gives<Reduce<[0], undefined, false>, []>();
gives<Reduce<[1], undefined, false>, []>();
gives<Reduce<[1, 3], 0, false>, [3]>();
allowed<InRange<'sum', [1, 3], 0>>();
gives<Reduce<[2, 3], undefined, false>, []>();
gives<Reduce<[5], undefined, false>, []>();
gives<Reduce<[2, 3], 0, false>, [3]>();
allowed<InRange<'sum', [2, 3], 0>>();
gives<Reduce<[], undefined, false>, []>();
gives<Reduce<[], 0, false>, []>();
allowed<InRange<'sum', [], 0>>();
gives<Reduce<[2, 3], 1, false>, [2]>();
allowed<InRange<'sum', [2, 3], 1>>();
gives<Reduce<[7], undefined, false>, []>();
gives<Reduce<[3, 5], 1, false>, [3]>();
allowed<InRange<'sum', [3, 5], 1>>();
gives<Reduce<[4, 3], 0, true>, [1, 3]>();
allowed<InRange<'sum', [4, 3], 0>>();

// Indexing
fits<Select<[5], ['1:4:']>, [3]>();
allowed<CanSelect<[5], ['1:4:']>>();
fits<Select<[5], ['::2']>, [3]>();
allowed<CanSelect<[5], ['::2']>>();
fits<Select<[5], [-1]>, []>();
allowed<CanSelect<[5], [-1]>>();
fits<Select<[3, 4], [1]>, [4]>();
allowed<CanSelect<[3, 4], [1]>>();
fits<Select<[3, 4], [':', 2]>, [3]>();
allowed<CanSelect<[3, 4], [':', 2]>>();
fits<Select<[3, 4], ['0:2:', '1::2']>, [2, 2]>();
allowed<CanSelect<[3, 4], ['0:2:', '1::2']>>();
fits<Select<[2, 3, 4], ['...', 0]>, [2, 3]>();
allowed<CanSelect<[2, 3, 4], ['...', 0]>>();
fits<Select<[2, 3, 4], [0, '...', '-2::']>, [3, 2]>();
allowed<CanSelect<[2, 3, 4], [0, '...', '-2::']>>();
fits<Select<[3, 4], [null]>, [1, 3, 4]>();
allowed<CanSelect<[3, 4], [null]>>();
fits<Select<[3, 4], [':', null, ':']>, [3, 1, 4]>();
allowed<CanSelect<[3, 4], [':', null, ':']>>();
fits<Select<[3], ['...', null]>, [3, 1]>();
allowed<CanSelect<[3], ['...', null]>>();
fits<Select<[5], ['3:3:']>, [0]>();
allowed<CanSelect<[5], ['3:3:']>>();
fits<Select<[5], ['-3:-1:']>, [2]>();
allowed<CanSelect<[5], ['-3:-1:']>>();
fits<Select<[5], ['2:100:']>, [3]>();
allowed<CanSelect<[5], ['2:100:']>>();
fits<Select<[3, 4], [':-1:', '-3::']>, [2, 3]>();
allowed<CanSelect<[3, 4], [':-1:', '-3::']>>();
fits<Select<[2, 3], [-1, -2]>, []>();
allowed<CanSelect<[2, 3], [-1, -2]>>();
fits<Select<[5], [Of<[4], 'int64'>]>, [4]>();
allowed<CanSelect<[5], [Of<[4], 'int64'>]>>();
fits<Select<[3, 3], [Of<[3], 'int64'>, Of<[3], 'int64'>]>, [3]>();
allowed<CanSelect<[3, 3], [Of<[3], 'int64'>, Of<[3], 'int64'>]>>();
fits<Select<[3, 4], [Of<[2, 2], 'int64'>]>, [2, 2, 4]>();
allowed<CanSelect<[3, 4], [Of<[2, 2], 'int64'>]>>();
fits<Select<[3, 4], [':', Of<[2], 'int64'>]>, [3, 2]>();
allowed<CanSelect<[3, 4], [':', Of<[2], 'int64'>]>>();
fits<Select<[3, 4, 2], [Of<[2], 'int64'>, ':', Of<[2], 'int64'>]>, [2, 4]>();
allowed<CanSelect<[3, 4, 2], [Of<[2], 'int64'>, ':', Of<[2], 'int64'>]>>();
fits<Select<[3, 4, 2], [1, Of<[3], 'int64'>]>, [3, 2]>();
allowed<CanSelect<[3, 4, 2], [1, Of<[3], 'int64'>]>>();
fits<Select<[4, 3], [Of<[2, 1], 'int64'>, Of<[1, 2], 'int64'>]>, [2, 2]>();
allowed<CanSelect<[4, 3], [Of<[2, 1], 'int64'>, Of<[1, 2], 'int64'>]>>();
fits<Select<[3, 4], ['1::', Of<[2], 'int64'>]>, [2, 2]>();
allowed<CanSelect<[3, 4], ['1::', Of<[2], 'int64'>]>>();
fits<Select<[2, 3, 4], ['...', Of<[1], 'int64'>]>, [2, 3, 1]>();
allowed<CanSelect<[2, 3, 4], ['...', Of<[1], 'int64'>]>>();
fits<Select<[3, 4], [null, Of<[2], 'int64'>]>, [1, 2, 4]>();
allowed<CanSelect<[3, 4], [null, Of<[2], 'int64'>]>>();
fits<Select<[3], [Of<[0], 'int64'>]>, [0]>();
allowed<CanSelect<[3], [Of<[0], 'int64'>]>>();
fits<Select<[3, 4], [[0, 2]]>, [2, 4]>();
allowed<CanSelect<[3, 4], [[0, 2]]>>();
fits<Select<[4, 3], [[0, 1], [2, 0]]>, [2]>();
allowed<CanSelect<[4, 3], [[0, 1], [2, 0]]>>();
fits<Select<[6], [Of<[6], 'bool'>]>, [5]>();
allowed<CanSelect<[6], [Of<[6], 'bool'>]>>();
fits<Select<[3, 4], [Of<[3, 4], 'bool'>]>, [5]>();
allowed<CanSelect<[3, 4], [Of<[3, 4], 'bool'>]>>();
fits<Select<[3, 4], [Of<[3], 'bool'>]>, [2, 4]>();
allowed<CanSelect<[3, 4], [Of<[3], 'bool'>]>>();
fits<Select<[3, 4], [':', Of<[4], 'bool'>]>, [3, 2]>();
allowed<CanSelect<[3, 4], [':', Of<[4], 'bool'>]>>();

// Layers and losses
gives<LinearByWeight<[65, 100], [33, 100]>, [65, 33]>();
gives<CrossEntropyShape<[129, 1000], 'mean'>, []>();
allowed<CanCompare<[129, 1000], [129]>>();
gives<CrossEntropyShape<[4, 3], 'mean'>, []>();
allowed<CanCompare<[4, 3], [4]>>();
gives<CrossEntropyShape<[4, 3], 'sum'>, []>();
gives<CrossEntropyShape<[4, 3], 'none'>, [4]>();
gives<CrossEntropyShape<[5, 3], 'mean'>, []>();
allowed<CanCompare<[5, 3], [5]>>();
gives<CrossEntropyShape<[5, 3], 'sum'>, []>();
gives<CrossEntropyShape<[5, 3], 'none'>, [5]>();
gives<CrossEntropyShape<[2, 3, 4], 'mean'>, []>();
allowed<CanCompare<[2, 3, 4], [2, 4]>>();
gives<CrossEntropyShape<[2, 3, 4], 'sum'>, []>();
gives<CrossEntropyShape<[2, 3, 4], 'none'>, [2, 4]>();
gives<CrossEntropyShape<[2, 3, 2, 2], 'mean'>, []>();
allowed<CanCompare<[2, 3, 2, 2], [2, 2, 2]>>();
gives<CrossEntropyShape<[2, 3, 2, 2], 'sum'>, []>();
gives<CrossEntropyShape<[2, 3, 2, 2], 'none'>, [2, 2, 2]>();
gives<CrossEntropyShape<[3, 4], 'mean'>, []>();
allowed<CanCompare<[3, 4], [3, 4]>>();
gives<CrossEntropyShape<[4], 'mean'>, []>();
allowed<CanCompare<[4], []>>();
gives<CrossEntropyShape<[3, 4], 'sum'>, []>();
gives<CrossEntropyShape<[4], 'sum'>, []>();
gives<CrossEntropyShape<[3, 4], 'none'>, [3]>();
gives<CrossEntropyShape<[4], 'none'>, []>();
gives<CrossEntropyShape<[2, 3], 'none'>, [2]>();
allowed<CanCompare<[2, 3], [2]>>();
gives<CrossEntropyShape<[2, 3], 'sum'>, []>();
gives<LinearByWeight<[3, 4], [2, 4]>, [3, 2]>();
gives<LinearByWeight<[2, 3, 4], [2, 4]>, [2, 3, 2]>();
gives<LinearByWeight<[4], [2, 4]>, [2]>();
gives<LinearByWeight<[2, 3], [2, 3]>, [2, 2]>();
allowed<CanCompare<[3, 4], [3]>>();

// Convolutions and pooling
gives<ConvShape<'conv1d', 1, [2, 3, 8], 3, 4, Window<[3], 1, 0, 1>>, [2, 4, 6]>();
gives<ConvShape<'conv1d', 1, [1, 2, 9], 2, 2, Window<[3], 2, 1, 1>>, [1, 2, 5]>();
gives<ConvShape<'conv1d', 1, [1, 4, 7], 4, 4, Window<[2], 1, 0, 2>>, [1, 4, 5]>();
gives<ConvShape<'conv1d', 1, [2, 6], 2, 3, Window<[3], 1, 0, 1>>, [3, 4]>();
gives<ConvShape<'conv2d', 2, [2, 2, 5, 5], 2, 3, Window<[3, 3], 1, 0, 1>>, [2, 3, 3, 3]>();
gives<ConvShape<'conv2d', 2, [1, 3, 6, 5], 3, 2, Window<[3, 2], 2, 1, 1>>, [1, 2, 3, 3]>();
gives<ConvShape<'conv2d', 2, [1, 1, 7, 7], 1, 2, Window<[3, 3], 1, 0, 2>>, [1, 2, 3, 3]>();
gives<ConvShape<'conv2d', 2, [1, 4, 5, 5], 4, 4, Window<[3, 3], 1, 1, 1>>, [1, 4, 5, 5]>();
gives<ConvShape<'conv2d', 2, [1, 4, 4, 4], 4, 6, Window<[1, 1], 1, 0, 1>>, [1, 6, 4, 4]>();
gives<ConvShape<'conv2d', 2, [1, 2, 6, 7], 2, 2, Window<[3, 3], [2, 1], [1, 0], [1, 2]>>, [1, 2, 3, 3]>();
gives<ConvShape<'conv2d', 2, [1, 2, 5, 5], 2, 2, Window<[5, 5], 1, 0, 1>>, [1, 2, 1, 1]>();
gives<ConvShape<'conv2d', 2, [2, 4, 4], 2, 2, Window<[3, 3], 1, 0, 1>>, [2, 2, 2]>();
gives<ConvShape<'conv2d', 2, [0, 2, 4, 4], 2, 2, Window<[3, 3], 1, 0, 1>>, [0, 2, 2, 2]>();
gives<ConvShape<'conv2d', 2, [1, 1, 8, 8], 1, 2, Window<[5, 5], 2, 2, 1>>, [1, 2, 4, 4]>();
gives<ConvShape<'conv3d', 3, [1, 2, 3, 4, 4], 2, 2, Window<[2, 3, 3], 1, 0, 1>>, [1, 2, 2, 2, 2]>();
gives<ConvShape<'conv3d', 3, [1, 2, 4, 3, 3], 2, 2, Window<[2, 2, 2], 2, 1, 1>>, [1, 2, 3, 2, 2]>();
gives<ConvShape<'conv2d', 2, [2, 8, 33, 29], 8, 12, Window<[3, 3], 1, 1, 1>>, [2, 12, 33, 29]>();
gives<ConvShape<'conv2d', 2, [1, 16, 17, 17], 16, 16, Window<[5, 5], 2, 0, 1>>, [1, 16, 7, 7]>();
gives<ConvShape<'conv2d', 2, [3, 3, 32, 32], 3, 8, Window<[7, 7], 2, 3, 1>>, [3, 8, 16, 16]>();
gives<ConvShape<'conv1d', 1, [2, 4, 515], 4, 6, Window<[9], 2, 0, 1>>, [2, 6, 254]>();
gives<PoolShape<'pool2d', 2, [2, 5, 33, 31], Window<2, 2, 0, 1>>, [2, 5, 16, 15]>();
gives<PoolShape<'pool2d', 2, [2, 5, 33, 31], Window<3, 3, 1, 1>>, [2, 5, 11, 11]>();
gives<PoolShape<'pool1d', 1, [1, 2, 8], Window<2, 2, 0, 1>>, [1, 2, 4]>();
gives<PoolShape<'pool1d', 1, [1, 1, 7], Window<3, 2, 1, 1>>, [1, 1, 4]>();
gives<PoolShape<'pool2d', 2, [1, 2, 6, 6], Window<2, 2, 0, 1>>, [1, 2, 3, 3]>();
gives<PoolShape<'pool2d', 2, [2, 1, 5, 4], Window<[3, 2], [2, 1], [1, 0], 1>>, [2, 1, 3, 3]>();
gives<PoolShape<'pool2d', 2, [1, 1, 7, 7], Window<2, 1, 0, 2>>, [1, 1, 5, 5]>();
gives<PoolShape<'pool3d', 3, [1, 1, 4, 4, 4], Window<2, 2, 0, 1>>, [1, 1, 2, 2, 2]>();
gives<PoolShape<'pool1d', 1, [1, 2, 7], Window<3, 2, 0, 1>>, [1, 2, 3]>();
gives<PoolShape<'pool2d', 2, [1, 2, 4, 6], Window<2, 2, 0, 1>>, [1, 2, 2, 3]>();
gives<PoolShape<'pool2d', 2, [1, 1, 5, 5], Window<3, 2, 1, 1>>, [1, 1, 3, 3]>();
gives<PoolShape<'pool2d', 2, [1, 1, 4, 4], Window<2, 2, 0, 1>>, [1, 1, 2, 2]>();
gives<PoolShape<'pool3d', 3, [1, 1, 3, 4, 4], Window<2, 1, 0, 1>>, [1, 1, 2, 3, 3]>();
gives<PoolShape<'pool2d', 2, [2, 6, 6], Window<3, 3, 0, 1>>, [2, 2, 2]>();
gives<PoolShape<'pool2d', 2, [1, 1, 4, 4], Window<2, 1, 0, 1>>, [1, 1, 3, 3]>();
gives<PoolShape<'pool2d', 2, [1, 1, 5, 5], Window<3, 1, 0, 1>>, [1, 1, 3, 3]>();
gives<PoolShape<'pool1d', 1, [1, 1, 8], Window<2, 1, 0, 1>>, [1, 1, 7]>();
gives<ConvShape<'conv2d', 2, [1, 1, 4, 4], 1, 1, Window<[2, 2], 1, 1, 1>>, [1, 1, 5, 5]>();
