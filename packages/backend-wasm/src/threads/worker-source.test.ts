/** Workers compute with the same functions of JavaScript as their caller: the text that they are started from says them once more. */
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { hostFunctions } from '../host.ts';
import { nodeWorkerSource } from './worker-source.ts';

type Functions = Record<string, (...numbers: number[]) => number>;

it('the functions of workers are those of the caller', () => {
  const memory = {} as WebAssembly.Memory;
  const here = hostFunctions(memory) as unknown as Functions;
  const functions = nodeWorkerSource.slice(0, nodeWorkerSource.indexOf('const begin'));
  const literal = /const e = (\{.*?\});\n/s.exec(nodeWorkerSource)![1]!;
  const there = runInNewContext(`${functions}(${literal})`, { memory, Math, Atomics }) as Functions;
  expect(Object.keys(there).sort()).toEqual(Object.keys(here).sort());
  const numbers = [0, -0, 0.5, 1, -1, 2, -3, 7.25, 1e300, -1e-300, Infinity, -Infinity, NaN];
  for (const name of Object.keys(here).filter((key) => key !== 'm'))
    for (const x of numbers)
      for (const y of numbers) expect(there[name]!(x, y), `${name}(${x}, ${y})`).toBe(here[name]!(x, y));
});
