/** `x[index]` and `x[index] = value`: the list of subscripts becomes the arguments of at and setAt. */

import type { GoldenCase } from '../format/document.ts';
import { type Attribute, type AttributeRecord, toPlain } from '../format/python-float.ts';
import { buildInputs } from '../run/build-inputs.ts';
import { checkStandard } from '../run/check-standard.ts';
import { callMethod } from '../run/library.ts';
import { flattenOutputs, toOperand } from '../run/tensors.ts';
import type { Form } from './form.ts';

const GET = 'torch.Tensor.__getitem__';
const SET = 'torch.Tensor.__setitem__';

export const subscriptForm: Form = {
  matches: ({ op }) => op === GET || op === SET,

  async run(golden) {
    const leaves = buildInputs(golden);
    const subscripts = (golden.attrs['index'] as readonly AttributeRecord[]).map((item) => toSubscript(item, leaves));
    const self = leaves.get('self');
    if (golden.op === GET) {
      const result = callMethod(self, 'at', subscripts);
      return checkStandard(golden, { leaves, outputs: flattenOutputs(await result) });
    }
    const target = callMethod(self, 'clone', []);
    await callMethod(target, 'setAt', [subscripts, readValue(golden, leaves)]);
    return checkStandard(golden, { leaves, outputs: flattenOutputs(target) });
  },
};

function readValue(golden: GoldenCase, tensors: ReadonlyMap<string, unknown>): unknown {
  return tensors.get('value') ?? toOperand(golden.attrs['value'] as Attribute);
}

function toSubscript(item: AttributeRecord, tensors: ReadonlyMap<string, unknown>): unknown {
  const [kind = '', value = null] = Object.entries(item)[0] ?? [];
  switch (kind) {
    case 'slice':
      return (toPlain(value) as readonly (number | null)[])
        .map((bound) => bound ?? '')
        .join(':')
        .replace(/:$/, '');
    case 'int':
    case 'list':
      return toPlain(value);
    case 'ellipsis':
      return '...';
    case 'newaxis':
      return null;
    case 'tensor':
      return tensors.get(value as string);
    default:
      throw new Error(`unknown subscript ${JSON.stringify(item)}`);
  }
}
