/** A call of a module: constructed, its parameters and buffers loaded, run, and its buffers looked at afterwards. */

import type { Tensor } from '@nn/tensor';
import type { GoldenCase } from '../format/document.ts';
import { type AttributeRecord, toPlain } from '../format/python-float.ts';
import { buildInput, isModuleState } from '../run/build-inputs.ts';
import { checkStandard } from '../run/check-standard.ts';
import { callFunction, callMethod } from '../run/library.ts';
import { callForward, constructModule, moduleName } from '../run/modules.ts';
import { flattenOutputs } from '../run/tensors.ts';
import type { Form } from './form.ts';

export const moduleCallForm: Form = {
  matches: ({ op, outputs }) => moduleName(op) !== undefined && outputs !== undefined,

  async run(golden) {
    const { attrs } = golden;
    const name = moduleName(golden.op) as string;
    const module = constructModule(name, toPlain(attrs['init'] ?? {}) as Record<string, unknown>);
    if (attrs['weight_norm']) normalizeWeight(module, attrs['weight_norm'] as AttributeRecord);
    await loadState(module, golden);
    if (attrs['training'] === false) callMethod(module, 'eval', []);

    const inputs = new Map(
      golden.inputs.filter((input) => !isModuleState(input)).map((input) => [input.name, buildInput(input)]),
    );
    const result = await callForward(module, name, inputs, (attrs['forward'] ?? {}) as AttributeRecord);
    const buffers = (toPlain(attrs['buffers_after'] ?? []) as readonly string[]).map((buffer) =>
      stateOf(module).get(buffer),
    );
    const leaves = new Map([...stateOf(module), ...inputs]);
    return checkStandard(golden, { leaves, outputs: [...flattenOutputs(result), ...flattenOutputs(buffers)] });
  },
};

function normalizeWeight(module: unknown, options: AttributeRecord): void {
  callFunction('weightNorm', [module, toPlain(options)]);
}

async function loadState(module: unknown, golden: GoldenCase): Promise<void> {
  const given = golden.inputs
    .filter(isModuleState)
    .map((input) => [input.name, buildInput({ ...input, requires_grad: false })]);
  await callMethod(module, 'loadStateDict', [Object.fromEntries(given), { strict: false }]);
}

/** Parameters and buffers by their state_dict names. */
function stateOf(module: unknown): Map<string, Tensor> {
  const named = [callMethod(module, 'namedParameters', []), callMethod(module, 'namedBuffers', [])];
  return new Map(named.flatMap((entries) => [...(entries as Iterable<[string, Tensor]>)]));
}
