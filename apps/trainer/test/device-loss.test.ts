/** Devices that are lost in the middle of a run: it goes on from its last snapshot, to the bytes of a run that lost none. */
import { readFileSync, rmSync } from 'node:fs';
import { type Backend, BackendError, reference } from '@nn/backend';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { runTrain } from '../src/commands/train.ts';
import type { TrainingOptions } from '../src/options/training-options.ts';
import { Breakable, type Fuse, fuse } from './breakable.ts';
import { jsonLines, Workplace } from './process.ts';
import { writeTinyData } from './tiny-data.ts';
import { writeTinyText } from './tiny-text.ts';

const place = new Workplace();
let printed = '';
beforeAll(() => {
  writeTinyData(place.path('data'));
  writeTinyText(place.path('text.txt'));
});
/** Nothing is read for the sake of a display, so that a run does the same operations each time. */
const stopClock = (): void => void vi.spyOn(performance, 'now').mockReturnValue(0);
beforeEach(() => {
  printed = '';
  stopClock();
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => rmSync(place.folder, { recursive: true }));

type Given = Partial<TrainingOptions>;

/** Everything random that there is: shuffles, masks, initial weights. */
const jobs: Readonly<Record<'mlp' | 'cnn' | 'gpt', Given>> = {
  mlp: { hidden: [8], dropout: 0.3, optimizer: 'adam', epochs: 3, batchSize: 20, logEvery: 4, snapshotEvery: 3 },
  cnn: { model: 'cnn', channels: [2], epochs: 1, batchSize: 20, logEvery: 3, snapshotEvery: 3 },
  gpt: {
    ...{ model: 'gpt', block: 8, layers: 1, heads: 2, dim: 8, dropout: 0.2 },
    ...{ epochs: 1, batchSize: 16, logEvery: 3, snapshotEvery: 2 },
  },
};

/** Opens a device for each fuse, and after them devices that hold. */
function devices(...fuses: readonly Fuse[]): () => Promise<Backend> {
  const left = [...fuses];
  return async () => new Breakable(left.shift() ?? fuse());
}

async function train(name: string, given: Given, open: (choice: Choice) => Promise<Backend>): Promise<number> {
  const dataset = place.path(given.model === 'gpt' ? 'text.txt' : 'data');
  const options: Given = { backend: 'webgpu', dataset, ...given };
  return runTrain({ given: options, out: place.path(name), quiet: false, json: true }, open);
}
type Choice = Pick<TrainingOptions, 'backend' | 'threads'>;

const eventsOf = (type: string): Record<string, unknown>[] =>
  jsonLines(printed).filter((line) => line['type'] === type);

const expectSame = (run: string, whole: string): void => {
  expect(place.weights(run)).toEqual(place.weights(whole));
  expect(place.metrics(run)).toEqual(place.metrics(whole));
  expect(place.list(run)).toEqual(place.list(whole));
};

/** From the first step to the last read of what there is to say at the end; the larger models take longer, and have nothing of their own but their ops. */
const parts = { mlp: [0, 0.08, 0.2, 0.31, 0.4, 0.53, 0.66, 0.75, 0.88, 0.97, 1], cnn: [0.2, 0.6, 1], gpt: [0.1, 0.5] };

describe.each(['mlp', 'cnn', 'gpt'] as const)('%s', (model) => {
  const whole = fuse();
  /** What is done until training starts (data and first weights are written), and until it ends. */
  let [before, trained] = [0, 0];
  beforeAll(async () => {
    stopClock();
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      before ||= whole.done;
      if (String(text).includes('"checkpoint"')) trained = whole.done;
      return true;
    });
    expect(await train(`${model}-whole`, jobs[model], devices(whole))).toBe(0);
    vi.restoreAllMocks();
  }, 60_000);

  test.each(parts[model])('lost after %f of it', async (part) => {
    const name = `${model}-${part}`;
    const at = before + Math.floor((whole.done - before - 1) * part);
    expect(await train(name, jobs[model], devices(fuse(at)))).toBe(0);
    expect(eventsOf('loss')).toEqual([
      { type: 'loss', step: expect.any(Number), reason: expect.stringContaining('fuse has blown') },
    ]);
    expect(eventsOf('recovery')).toEqual([
      { type: 'recovery', step: expect.any(Number), backend: 'webgpu', excuse: null },
    ]);
    expect(eventsOf('recovery')[0]!['step']).toBeLessThanOrEqual(eventsOf('loss')[0]!['step'] as number);
    expectSame(name, `${model}-whole`);
  });

  test('lost again and again, also while it begins anew', async () => {
    const half = before + Math.floor((trained - before) / 2);
    // The third is lost while the data are written, before there is a session.
    const open = devices(fuse(half), fuse(half), fuse(2));
    expect(await train(`${model}-often`, jobs[model], open)).toBe(0);
    expect([eventsOf('loss').length, eventsOf('recovery').length]).toEqual([3, 2]);
    expectSame(`${model}-often`, `${model}-whole`);
  });
});

describe('a run', () => {
  const failing = async (choice: Choice, first: () => Promise<Backend>): Promise<Backend> => {
    // What stands for wasm here computes as the double does, so that bits can be compared.
    if (choice.backend === 'wasm') return reference();
    return first();
  };

  test('whose device has no successor goes on on wasm', async () => {
    expect(await train('kept', jobs.mlp, devices())).toBe(0);
    printed = '';
    let opened = 0;
    const open = (choice: Choice): Promise<Backend> =>
      failing(choice, async () => {
        if (opened++ > 0) throw new BackendError('webgpu', 'no adapter');
        return new Breakable(fuse(400));
      });
    expect(await train('moved', jobs.mlp, open)).toBe(0);
    expect(eventsOf('recovery')).toMatchObject([{ backend: 'reference', excuse: '[webgpu] no adapter' }]);
    expectSame('moved', 'kept');
  });

  test('that gets no further gives up, and can be resumed elsewhere', async () => {
    expect(await train('wanted', jobs.mlp, devices())).toBe(0);
    // Two epochs on a device that holds so long, then devices that never get through another one.
    let opened = 0;
    const open = async (): Promise<Backend> => new Breakable(fuse(opened++ === 0 ? 700 : 200));
    const attempt = train('stuck', { ...jobs.mlp, snapshotEvery: 1000 }, open);
    await expect(attempt).rejects.toThrow(
      /^the device was lost 3 times in a row before there was anything new to go on from: \[\w+\] the device is gone: .*; resume the run on another --backend$/,
    );
    expect(opened).toBe(3);
    expect(place.checkpoints('stuck')).toHaveLength(1);
    expect(place.list('stuck')).not.toContain('.lock');
    const resumed = runTrain(
      { given: { backend: 'reference' }, resume: place.path('stuck'), quiet: true, json: false },
      async () => new Breakable(fuse()),
    );
    expect(await resumed).toBe(0);
    expectSame('stuck', 'wanted');
  });

  test('that was resumed goes back to its checkpoint', async () => {
    expect(await train('two', { ...jobs.mlp, epochs: 2 }, devices())).toBe(0);
    expect(await train('three', jobs.mlp, devices())).toBe(0);
    printed = '';
    const job = {
      given: { backend: 'webgpu', epochs: 3 } as const,
      resume: place.path('two'),
      quiet: false,
      json: true,
    };
    // After the data and the checkpoint were written, in its first steps.
    expect(await runTrain(job, devices(fuse(60)))).toBe(0);
    expect(eventsOf('recovery')).toMatchObject([{ step: 14 }]);
    expectSame('two', 'three');
  });

  test('on a device that nothing happens to reads it for snapshots; on others there are none', async () => {
    const readsOf = async (backend: 'webgpu' | 'reference', snapshotEvery: number): Promise<number> => {
      const own = fuse();
      expect(
        await train(`reads-${backend}-${snapshotEvery}`, { ...jobs.mlp, backend, snapshotEvery }, devices(own)),
      ).toBe(0);
      return own.reads;
    };
    const few = await readsOf('reference', 1000);
    expect(await readsOf('reference', 1)).toBe(few);
    // Four weights, each with two moments; most steps' losses, which a snapshot needs too, would be read later.
    expect((await readsOf('webgpu', 1)) - (await readsOf('webgpu', 1000))).toBeGreaterThanOrEqual(12 * 18);
  });

  test('says what happened in plain words', async () => {
    const args = {
      given: { ...jobs.mlp, backend: 'webgpu', dataset: place.path('data') } as const,
      quiet: false,
      json: false,
    };
    expect(await runTrain({ ...args, out: place.path('plain') }, devices(fuse(500)))).toBe(0);
    expect(printed).toMatch(
      /\nthe device was lost after step \d+: \[\w+\] the device is gone: the fuse has blown\ngoing on after step \d+, on webgpu\n/,
    );
  });

  test('on a backend that is not expected to be lost ends with the error', async () => {
    const attempt = train('unexpected', { ...jobs.mlp, backend: 'reference' }, devices(fuse(500)));
    await expect(attempt).rejects.toThrow(/the device is gone/);
    expect(readFileSync(place.path('unexpected', 'run.json'), 'utf8')).toContain('"backend": "reference"');
  });
});
