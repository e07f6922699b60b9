/** The WebGPU backend in a page: every promise of the contract on one device, and in a worker those that show that all of it works there. */
import { webgpu } from '@nn/backend-webgpu';
import { casesFor, type NamedCase, type Verdict } from '@nn/conformance';
import { afterAll, describe, expect, it } from 'vitest';
import { adapter } from './adapter.ts';

const create = () => webgpu();
const backend = adapter === null ? null : await create();
const suites = new Map<string, NamedCase[]>();
for (const own of backend === null ? [] : casesFor(backend, { create }))
  suites.set(own.suite, [...(suites.get(own.suite) ?? []), own]);

describe.skipIf(backend === null)('WebGPU', () => {
  afterAll(() => backend!.dispose());

  it('has the software adapter', () => {
    expect(adapter).toBe('swiftshader');
    expect(backend!.info().adapter.architecture).toBe(adapter);
  });

  // One test a suite: thousands of tests cost more in a browser than what they run.
  it.each([...suites])('%s, as the reference', async (_, cases) => {
    const failed: string[] = [];
    for (const { name, run } of cases) {
      try {
        await run();
      } catch (error) {
        failed.push(`${name}: ${error}`);
      }
    }
    expect(failed).toEqual([]);
  });

  it('works in a worker', async () => {
    const worker = new Worker(new URL('./webgpu-worker.ts', import.meta.url), { type: 'module' });
    try {
      const verdicts = await new Promise<readonly Verdict[]>((resolve, reject) => {
        worker.onmessage = ({ data }) => (Array.isArray(data) ? resolve(data) : reject(new Error(data)));
        worker.onerror = ({ message }) => reject(new Error(message));
      });
      expect(verdicts.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
      expect(verdicts.length).toBe(suites.get('memory')!.length + suites.get('map')!.length);
    } finally {
      worker.terminate();
    }
  });
});
