/** Runs on a WebGPU device, for projects that have one: training ends where it does elsewhere, and in the same bits when the device is destroyed in the middle. */
import { rmSync } from 'node:fs';
import type { Launch } from '@nn/backend';
import { webgpu } from '@nn/backend-webgpu';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runSample } from '../src/commands/sample.ts';
import { runTrain } from '../src/commands/train.ts';
import type { TrainingOptions } from '../src/options/training-options.ts';
import { openBackend } from '../src/training/backend.ts';
import { jsonLines, Workplace } from './process.ts';
import { writeTinyData } from './tiny-data.ts';
import { writeTinyText } from './tiny-text.ts';

type Model = TrainingOptions['model'];

const jobs: Readonly<Record<Model, Partial<TrainingOptions>>> = {
  mlp: { hidden: [8], dropout: 0.3, optimizer: 'adam', epochs: 2, batchSize: 20, logEvery: 4, snapshotEvery: 3 },
  cnn: { model: 'cnn', channels: [2], epochs: 1, batchSize: 20, logEvery: 3, snapshotEvery: 3 },
  gpt: {
    ...{ model: 'gpt', block: 8, layers: 1, heads: 2, dim: 8, dropout: 0.2 },
    ...{ epochs: 1, batchSize: 24, logEvery: 3, snapshotEvery: 2 },
  },
};

/** Launches until the device is destroyed: within the first epoch, after the first snapshot. */
const untilLoss = { mlp: 150, cnn: 170, gpt: 500 };

/** Opens a device that is destroyed after so many launches, and then devices that hold. */
function destroyedAfter(launches: number): typeof openBackend {
  let isFirst = true;
  return async (choice) => {
    if (!isFirst) return openBackend(choice);
    isFirst = false;
    const backend = await webgpu();
    const run = backend.run.bind(backend);
    let left = launches;
    backend.run = (launch: Launch): void => {
      if (left-- === 0) backend.device.destroy();
      run(launch);
    };
    return backend;
  };
}

/** Registers the tests of some models: all, or fewer where shaders take long to compile. */
export function testTrainerOnWebGPU(models: readonly Model[] = ['mlp', 'cnn', 'gpt']): void {
  const place = new Workplace();
  let printed = '';
  beforeAll(() => {
    writeTinyData(place.path('data'));
    writeTinyText(place.path('text.txt'));
  });
  beforeEach(() => {
    printed = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => rmSync(place.folder, { recursive: true }));

  const train = (name: string, given: Partial<TrainingOptions>, open?: typeof openBackend): Promise<number> => {
    const dataset = place.path(given.model === 'gpt' ? 'text.txt' : 'data');
    return runTrain({ given: { dataset, ...given }, out: place.path(name), quiet: false, json: true }, open);
  };
  const lossesOf = (run: string): number[] =>
    (place.metrics(run) as { loss?: number; validLoss?: number }[]).map(({ loss, validLoss }) => (loss ?? validLoss)!);

  describe.each(models)('nn-train --model %s', (model) => {
    test('learns on WebGPU what it learns elsewhere', async () => {
      expect(await train(`${model}-webgpu`, { ...jobs[model], backend: 'webgpu' })).toBe(0);
      expect(await train(`${model}-wasm`, { ...jobs[model], backend: 'wasm' })).toBe(0);
      const [ours, theirs] = [lossesOf(`${model}-webgpu`), lossesOf(`${model}-wasm`)];
      expect(ours.length).toBeGreaterThan(2);
      // float32 sums in another order, some steps on.
      for (const [i, loss] of ours.entries()) expect(Math.abs(loss - theirs[i]!)).toBeLessThan(1e-3 * theirs[i]!);
    });

    test('goes on when the device is destroyed, to the same bits', async () => {
      expect(
        await train(`${model}-lost`, { ...jobs[model], backend: 'webgpu' }, destroyedAfter(untilLoss[model])),
      ).toBe(0);
      const types = jsonLines(printed).map(({ type }) => type);
      expect(types.filter((type) => type === 'loss' || type === 'recovery')).toEqual(['loss', 'recovery']);
      expect(place.weights(`${model}-lost`)).toEqual(place.weights(`${model}-webgpu`));
      expect(place.metrics(`${model}-lost`)).toEqual(place.metrics(`${model}-webgpu`));
    });
  });

  test.runIf(models.includes('gpt'))('nn-train sample writes', async () => {
    const path = place.path('gpt-webgpu');
    const writer = { path, prompt: 'the', length: 20, temperature: 0.8, seed: 3, json: true } as const;
    expect(await runSample({ ...writer, backend: 'webgpu' })).toBe(0);
    expect([...(jsonLines(printed)[0]!['text'] as string)]).toHaveLength(20);
  });
}
