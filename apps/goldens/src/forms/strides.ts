/**
 * Shape, stride, storage offset and contiguity of views of arange(n).reshape(shape). A step ["slice", dim, start, stop,
 * step] slices one dimension, any other step is a method and its arguments.
 */

import { comparePlain, joinComparisons } from '../compare/tensors.ts';
import { isRecord, type Json } from '../format/document.ts';
import { toPlain } from '../format/python-float.ts';
import { countElements } from '../format/tensor-values.ts';
import { opTable } from '../ops/table.ts';
import { callOp } from '../run/call.ts';
import { CallArguments } from '../run/call-arguments.ts';
import { callFunction, callMethod } from '../run/library.ts';
import { isTensor, readTensor } from '../run/tensors.ts';
import type { Form } from './form.ts';

type Step = readonly ['slice', number, number, number, number] | readonly [method: string, args: readonly number[]];

export const strideForm: Form = {
  matches: ({ attrs }) => attrs['steps'] !== undefined && attrs['arange_reshaped_to'] !== undefined,

  async run(golden) {
    const shape = toPlain(golden.attrs['arange_reshaped_to'] ?? []) as readonly number[];
    let view = callMethod(callFunction('arange', [countElements(shape)]), 'reshape', [shape]);
    for (const step of toPlain(golden.attrs['steps'] ?? []) as readonly Step[]) view = await applyStep(view, step);
    if (!isTensor(view)) throw new TypeError('a step did not give a tensor');

    const actual: Record<string, unknown> = {
      shape: view.shape,
      stride: callMethod(view, 'stride', []),
      storage_offset: callMethod(view, 'storageOffset', []),
      is_contiguous: callMethod(view, 'isContiguous', []),
      data: (await readTensor(view)).values,
    };
    const expected: Json | undefined = golden.fields['expected'];
    if (!isRecord(expected)) throw new TypeError('a case about strides needs "expected"');
    return joinComparisons(Object.entries(expected).map(([name, value]) => [name, comparePlain(actual[name], value)]));
  },
};

function applyStep(view: unknown, step: Step): unknown {
  if (step.length === 5) {
    const [, dim, start, stop, stride] = step;
    const before = Array.from({ length: dim }, () => ':');
    return callMethod(view, 'at', [...before, `${start}:${stop}:${stride}`]);
  }
  const [method, args] = step;
  return callOp(`torch.Tensor.${method}`, new CallArguments(new Map([['self', view]]), { args }), opTable);
}
