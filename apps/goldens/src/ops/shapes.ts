/** Creation, reshaping, views, joining, splitting, padding, triangles and diagonals. */

import type { Tensor } from '@nn/tensor';
import type { Attribute } from '../format/python-float.ts';
import { PythonFloat } from '../format/python-float.ts';
import type { OpTable } from '../run/call.ts';
import type { CallArguments } from '../run/call-arguments.ts';
import { callFunction, callMethod, findExport } from '../run/library.ts';

/** Python's ints are bigints in data: JavaScript numbers are floats, whole or not. */
function toData(value: Attribute): unknown {
  if (value instanceof PythonFloat) return value.value;
  if (Array.isArray(value)) return value.map(toData);
  return typeof value === 'number' ? BigInt(value) : value;
}

/** Takes one tensor or several; ours takes one. */
function callAtLeast(call: CallArguments, name: string): unknown {
  const tensors = (call.tensor('tensors') ?? [call.tensor('input')]) as readonly unknown[];
  return tensors.map((tensor) => callFunction(name, [tensor]));
}

/** Only repeats in a tensor have to be read: with a number there is no asynchronous form. */
function callRepeatInterleave(call: CallArguments): unknown {
  const [input, repeats, dim] = [call.tensor('input'), call.plain('repeats'), call.plain('dim')];
  const options = dim === undefined ? [] : [{ dim }];
  return typeof repeats === 'number'
    ? (findExport('repeatInterleave') as (...args: readonly unknown[]) => unknown)(input, repeats, ...options)
    : callFunction('repeatInterleave', [input, repeats, ...options]);
}

/** A vector is split along its only dimension. */
function callHorizontalSplit(call: CallArguments): unknown {
  const input = call.tensor('input') as Tensor;
  return callFunction('tensorSplit', [input, call.plain('sections'), { dim: Math.min(1, input.shape.length - 1) }]);
}

/** What PyTorch has methods for and the shape tells here. */
function readSelf(call: CallArguments): { readonly self: Tensor; readonly dim: number | undefined } {
  const named = call.named(['input', 'dim']);
  return { self: named.tensor('input') as Tensor, dim: named.plain('dim') as number | undefined };
}

/** Python's floats make floats, whole or not. */
function callArange(call: CallArguments): unknown {
  const bounds = ['start', 'end', 'step'].map((name) => call.attribute(name));
  const fallback = bounds.some((bound) => bound instanceof PythonFloat) ? 'float32' : undefined;
  const dtype = call.plain('dtype') ?? fallback;
  const [start, end, step] = [call.plain('start') ?? 0, call.plain('end'), call.plain('step') ?? 1];
  return callFunction('arange', [start, end, step, ...(dtype === undefined ? [] : [{ dtype }])]);
}

export const shapes: OpTable = {
  'torch.tensor': (call) => {
    const options = { dtype: call.plain('dtype'), requiresGrad: call.plain('requires_grad') };
    return callFunction('tensor', [toData(call.attribute(call.has('obj') ? 'obj' : 'data') as Attribute), options]);
  },
  'torch.arange': callArange,
  'torch.linspace': 'linspace(start, end, steps, { dtype })',
  'torch.logspace': 'logspace(start, end, steps, { base, dtype })',
  'torch.eye': 'eye(n, m, { dtype })',
  'torch.zeros': 'zeros(size:sizes, { dtype })',
  'torch.ones': 'ones(size:sizes, { dtype })',
  'torch.full': (call) => {
    const value = toData(call.attribute('fill_value') as Attribute);
    return callFunction('full', [call.plain('size'), value, { dtype: call.plain('dtype') }]);
  },
  'torch.empty': 'empty(size:sizes, { dtype })',
  'torch.empty_like': 'emptyLike(input, { dtype })',
  'torch.scalar_tensor': 'scalarTensor(s:scalar, { dtype })',
  'torch.zeros_like': 'zerosLike(input, { dtype })',
  'torch.ones_like': 'onesLike(input, { dtype })',
  'torch.full_like': 'fullLike(input, fill_value:scalar, { dtype })',
  'torch.tril_indices': 'trilIndices(row, col, { offset })',
  'torch.triu_indices': 'triuIndices(row, col, { offset })',
  'torch.blackman_window': 'blackmanWindow(window_length, { periodic, dtype })',
  'torch.hamming_window': 'hammingWindow(window_length, { periodic, alpha, beta, dtype })',
  'torch.hann_window': 'hannWindow(window_length, { periodic, dtype })',

  'torch.broadcast_to': 'broadcastTo(input, size)',
  'torch.broadcast_tensors': 'broadcastTensors(tensors)',
  'torch.broadcast_shapes': 'broadcastShapes(shapes)',
  'torch.Tensor.sum_to_size': 'sumToSize(size:sizes)',
  'torch.Tensor.expand_as': 'expandAs(other)',
  'torch.Tensor.view_as': 'viewAs(other)',
  'torch.Tensor.reshape_as': 'reshapeAs(other)',
  'torch.Tensor.expand': 'expand(size:sizes)',
  'torch.Tensor.numel': 'numel()',
  'torch.Tensor.nelement': 'numel()',
  'torch.Tensor.item': 'item()',
  'torch.numel': (call) => callMethod(call.tensor('input'), 'numel', []),
  'torch.Tensor.size': (call) => {
    const { self, dim } = readSelf(call);
    return dim === undefined ? self.shape : self.shape.at(dim);
  },
  'torch.Tensor.dim': (call) => readSelf(call).self.shape.length,
  'torch.Tensor.ndimension': (call) => readSelf(call).self.shape.length,
  'torch.Tensor.is_contiguous': 'isContiguous()',
  'torch.Tensor.view': 'view(shape:sizes)',
  'torch.reshape': 'reshape(input, shape:sizes)',
  'torch.ravel': 'ravel(input)',
  'torch.flatten': 'flatten(input, { start_dim, end_dim })',
  'torch.unflatten': 'unflatten(input, dim, sizes)',
  'torch.permute': 'permute(input, dims:sizes)',
  'torch.transpose': 'transpose(input, dim0, dim1)',
  'torch.swapaxes': 'swapaxes(input, axis0, axis1)',
  'torch.swapdims': 'swapdims(input, dim0, dim1)',
  'torch.t': 't(input)',
  'torch.movedim': 'movedim(input, source, destination)',
  'torch.squeeze': 'squeeze(input, dim)',
  'torch.unsqueeze': 'unsqueeze(input, dim)',
  'torch.atleast_1d': (call) => callAtLeast(call, 'atleast1d'),
  'torch.atleast_2d': (call) => callAtLeast(call, 'atleast2d'),
  'torch.atleast_3d': (call) => callAtLeast(call, 'atleast3d'),
  'torch.clone': 'clone(input)',
  'torch.contiguous': 'contiguous(input)',
  'torch.as_strided': 'asStrided(input, size, stride, { storage_offset })',
  'torch.unfold': 'unfold(input, dimension, size, step)',
  'torch.flip': 'flip(input, dims:sizes)',
  'torch.fliplr': 'fliplr(input)',
  'torch.flipud': 'flipud(input)',
  'torch.rot90': 'rot90(input, { k, dims })',
  'torch.roll': 'roll(input, shifts, { dims })',
  'torch.narrow': 'narrow(input, dim, start, length)',
  'torch.select': 'select(input, dim, index)',

  'torch.cat': 'cat(tensors, { dim })',
  'torch.concat': 'concat(tensors, { dim })',
  'torch.stack': 'stack(tensors, { dim })',
  'torch.hstack': 'hstack(tensors)',
  'torch.vstack': 'vstack(tensors)',
  'torch.dstack': 'dstack(tensors)',
  'torch.column_stack': 'columnStack(tensors)',
  'torch.block_diag': 'blockDiag(tensors)',
  'torch.cartesian_prod': 'cartesianProd(tensors)',
  'torch.meshgrid': 'meshgrid(tensors, { indexing })',
  'torch.combinations': 'combinations(input, { r, with_replacement })',
  'torch.split': 'split(input, split_size_or_sections, { dim })',
  'torch.chunk': 'chunk(input, chunks, { dim })',
  'torch.tensor_split': ['tensorSplit(input, sections, { dim })', 'tensorSplit(input, indices, { dim })'],
  'torch.vsplit': 'tensorSplit(input, sections, { dim=0 })',
  'torch.hsplit': (call) => callHorizontalSplit(call),
  'torch.Tensor.hsplit': (call) => callHorizontalSplit(call.named(['input', 'sections'])),
  'torch.dsplit': 'tensorSplit(input, sections, { dim=2 })',
  'torch.unbind': 'unbind(input, { dim })',
  'torch.repeat': 'repeat(input, repeats:sizes)',
  'torch.tile': 'tile(input, dims:sizes)',
  'torch.repeat_interleave': callRepeatInterleave,
  'torch.Tensor.repeat_interleave': (call) => callRepeatInterleave(call.named(['input', 'repeats', 'dim'])),

  'torch.tril': 'tril(input, { diagonal })',
  'torch.triu': 'triu(input, { diagonal })',
  'torch.diag': 'diag(input, { diagonal })',
  'torch.diagonal': 'diagonal(input, { offset, dim1, dim2 })',
  'torch.linalg.diagonal': 'diagonal(A, { offset, dim1=-2, dim2=-1 })',
  'torch.diag_embed': 'diagEmbed(input, { offset, dim1, dim2 })',
  'torch.diagflat': 'diagflat(input, { offset })',
  'torch.nn.functional.pad': 'pad(input, pad, { mode, value })',
  'torch.pixel_shuffle': 'pixelShuffle(input, upscale_factor)',
  'torch.pixel_unshuffle': 'pixelUnshuffle(input, downscale_factor)',
  'torch.channel_shuffle': 'channelShuffle(input, groups)',
};
