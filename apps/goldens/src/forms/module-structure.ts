/**
 * The structure of typical modules: printed form, state_dict rows, names in order, number of parameters. The module is
 * built from the line of Python that constructs it.
 */

import type { Tensor } from '@nn/tensor';
import { joinComparisons } from '../compare/tensors.ts';
import { isRecord } from '../format/document.ts';
import { describedModules } from '../programs/example-modules.ts';
import { compareValue } from '../run/compare-value.ts';
import { constructFromPython } from '../run/constructed-as.ts';
import { callMethod } from '../run/library.ts';
import type { Form } from './form.ts';

type Named<T> = Iterable<readonly [name: string, value: T]>;

export const moduleStructureForm: Form = {
  matches: ({ attrs }) => typeof attrs['constructed_as'] === 'string',

  async run(golden) {
    const text = golden.attrs['constructed_as'] as string;
    const module = describedModules.get(text)?.() ?? constructFromPython(text);
    const expected = golden.fields['expected'];
    if (!isRecord(expected)) throw new TypeError('the structure of a module needs "expected"');
    const actual = describeModule(module);
    const parts = Object.entries(expected).map(async ([name, value]) => {
      return [name, await compareValue(actual[name]?.(), value, golden.tolerance)] as const;
    });
    return joinComparisons(await Promise.all(parts));
  },
};

function describeModule(module: unknown): Readonly<Record<string, () => unknown>> {
  const parameters = (): (readonly [string, Tensor])[] => [
    ...(callMethod(module, 'namedParameters', []) as Named<Tensor>),
  ];
  const buffers = (): (readonly [string, Tensor])[] => [...(callMethod(module, 'namedBuffers', []) as Named<Tensor>)];
  const modules = (): (readonly [string, object])[] => [...(callMethod(module, 'namedModules', []) as Named<object>)];
  const state = (): [string, Tensor][] => Object.entries(callMethod(module, 'stateDict', []) as Record<string, Tensor>);
  return {
    repr: () => String(module),
    state_dict: () => state().map(([name, { shape, dtype }]) => [name, shape, dtype]),
    named_parameters: () => parameters().map(([name]) => name),
    named_buffers: () => buffers().map(([name]) => name),
    named_modules: () => modules().map(([name, each]) => [name, each.constructor.name]),
    parameter_count: () =>
      parameters().reduce((total, [, { shape }]) => total + shape.reduce((n, size) => n * size, 1), 0),
  };
}
