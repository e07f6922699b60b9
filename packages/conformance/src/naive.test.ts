/** The reference itself against the definitions of the kinds, loop by loop. */
import { type Kernel, reference } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import { naive } from '../test/naive.ts';
import { casesFor } from './judge.ts';
import { compare } from './launch/compare.ts';
import { execute } from './launch/launch-case.ts';

const backend = reference();
const launches = casesFor(backend, { create: reference }).flatMap(({ suite, name, launchCase }) =>
  launchCase === undefined ? [] : [{ suite, name, launchCase }],
);

describe('the reference against naive loops', () => {
  it('covers every kind', () => {
    const kinds = new Set<Kernel['kind']>(launches.map(({ launchCase }) => launchCase.kernel.kind));
    expect([...kinds].sort()).toEqual(['conv', 'gather', 'map', 'matmul', 'reduce', 'rows', 'scan', 'scatter', 'sort']);
    expect(launches.length).toBeGreaterThan(1200);
  });

  for (const { suite, name, launchCase } of launches)
    it(`${suite}: ${name}`, async () => {
      const expected = naive(launchCase);
      const actual = await execute(backend, launchCase);
      const { tolerance } = launchCase;
      for (const [j, memory] of expected.entries())
        compare(`output ${j}`, actual[j]!, memory, tolerance && ((value, i) => tolerance(value, j, i)));
    });
});
