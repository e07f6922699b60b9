/** Printed text: repr of tensors under the default print options and others, of shapes, and a tensor inside an f-string. */

import { reference } from '@nn/backend';
import { formatSize, setPrintOptions, type Tensor } from '@nn/tensor';
import { type Comparison, comparePlain, joinComparisons } from '../compare/tensors.ts';
import { type GoldenCase, isRecord, type JsonRecord } from '../format/document.ts';
import { type Attribute, toPlain } from '../format/python-float.ts';
import { countElements } from '../format/tensor-values.ts';
import { evaluateArithmetic } from '../programs/arithmetic.ts';
import { buildInputs } from '../run/build-inputs.ts';
import { callFunction, callMethod, needsWaiting } from '../run/library.ts';
import { toCamelCase } from '../run/signature.ts';
import { toOperand } from '../run/tensors.ts';
import type { Form } from './form.ts';

const REPR = 'torch.Tensor.__repr__';
const STR = 'torch.Tensor.__str__';
const SIZE_REPR = 'torch.Size.__repr__';

/** Option names of torch.set_printoptions whose camelCase is not ours. */
const OPTION_NAMES: ReadonlyMap<string, string> = new Map([
  ['edgeitems', 'edgeItems'],
  ['linewidth', 'lineWidth'],
]);

export const printForm: Form = {
  matches: ({ op }) => op === REPR || op === STR || op === SIZE_REPR,

  async run(golden) {
    const expected = golden.fields['expected'];
    if (!isRecord(expected)) throw new TypeError('printed text needs "expected"');
    if (golden.op === STR) return compareConversions(golden, expected);
    if (golden.op === SIZE_REPR) {
      const text = formatSize(toPlain(golden.attrs['shape'] ?? []) as readonly number[]);
      return comparePlain(text, expected['repr']);
    }
    return comparePlain(await printTensor(makePrinted(golden), golden.attrs['printoptions'] ?? {}), expected['repr']);
  },
};

async function printTensor(tensor: Tensor, attribute: Attribute): Promise<string> {
  const options = Object.entries(toPlain(attribute) as Record<string, unknown>);
  try {
    setPrintOptions(
      Object.fromEntries(options.map(([name, value]) => [OPTION_NAMES.get(name) ?? toCamelCase(name), value])),
    );
    return needsWaiting() ? await tensor.repr() : String(tensor);
  } finally {
    setPrintOptions({ profile: 'default', sciMode: null });
  }
}

function makePrinted(golden: GoldenCase): Tensor {
  const { attrs } = golden;
  const inputs = buildInputs(golden);
  const self = inputs.get('self');
  if (self) return self;
  if (typeof attrs['expression'] === 'string') {
    return evaluateArithmetic(attrs['expression'], inputs.get('x') as Tensor) as Tensor;
  }
  const shape = toPlain(attrs['arange_reshaped_to'] ?? []) as readonly number[];
  const numbers = callFunction('arange', [countElements(shape), { dtype: attrs['dtype'] }]);
  const reshaped = callMethod(numbers, 'reshape', [shape]) as Tensor;
  const factor = attrs['multiplied_by'];
  return factor === undefined ? reshaped : (callMethod(reshaped, 'mul', [toOperand(factor)]) as Tensor);
}

async function compareConversions(golden: GoldenCase, expected: JsonRecord): Promise<Comparison> {
  const self = buildInputs(golden).get('self') as Tensor;
  // Inside a string there is no waiting, so what is on a GPU comes to the host first.
  const printable = needsWaiting() ? await self.to(reference()) : self;
  return joinComparisons([
    ['format', comparePlain(callMethod(printable, 'format', []), expected['format'])],
    ['item', comparePlain(await self.item(), expected['item'])],
    ['tolist', comparePlain(await self.toArray(), expected['tolist'])],
  ]);
}
