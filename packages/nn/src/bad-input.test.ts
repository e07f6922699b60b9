/** What is no list, no tensor or no module where one belongs: typed errors by name, and nothing changed. */
import { NnError } from '@nn/backend';
import { ones, tensor } from '@nn/tensor';
import { describe, expect, it } from 'vitest';
import * as nn from './index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const N: any = nn;
const x = ones([1, 2, 3]);
const places = tensor(
  [
    [
      [0, 2, 4],
      [0, 2, 4],
    ],
  ],
  { dtype: 'int64' },
);

describe.each<readonly [string, (bad: unknown) => unknown]>([
  ['ModuleList', (bad) => new N.ModuleList(bad)],
  ['ParameterList', (bad) => new N.ParameterList(bad)],
  ['Parameter', (bad) => new N.Parameter(bad)],
  ['parametersToVector', (bad) => N.parametersToVector(bad)],
  ['parametersToVector', (bad) => N.parametersToVector([bad])],
  ['vectorToParameters', (bad) => N.vectorToParameters(ones([1]), bad)],
  ['vectorToParameters', (bad) => N.vectorToParameters(bad, [])],
  ['bilinear', (bad) => N.bilinear(bad, ones([1, 2]), ones([1, 2, 2]))],
  ['layerNorm', (bad) => N.layerNorm(x, bad)],
  ['batchNorm', (bad) => N.batchNorm(x, ones([2]), ones([2]), { training: true, momentum: bad })],
  ['maxUnpool1d', (bad) => N.maxUnpool1d(x, places, 2, { outputSize: bad })],
])('%s', (name, call) => {
  it.each([[null], [true], ['x'], [{}], [() => 0]])('refuses %s', (bad) => {
    // Null stands for the usual size there.
    if (name === 'maxUnpool1d' && bad === null) return expect(() => call(bad)).not.toThrow();
    expect(() => call(bad)).toThrow(NnError);
    expect(() => call(bad)).toThrow(`[${name}`);
  });
});

it('adds none of several parameters where one is none', () => {
  const list = new N.ParameterList([ones([1])]);
  expect(() => list.extend([ones([2]), 3])).toThrow('[ParameterList.append] 3 is no tensor');
  expect(list.length).toBe(1);
});

it('adds none of several modules where one is none', () => {
  const list = new N.ModuleList([new nn.ReLU()]);
  expect(() => list.extend([new nn.ReLU(), 3])).toThrow('[ModuleList] 3 is no module');
  expect(list.length).toBe(1);
});

it('refuses at once more windows than memory holds', () => {
  expect(() => N.adaptiveAvgPool1d(x, 2 ** 40)).toThrow(NnError);
});
