import { describe, expect, test } from 'vitest';
import { Failure } from '../failure.ts';
import {
  completeOptions,
  optionNames,
  optionsOf,
  readOption,
  restoreOptions,
  resumeOptions,
  type TrainingOptions,
} from './training-options.ts';

test('defaults, some of which depend on the optimiser', () => {
  expect(completeOptions({})).toMatchObject({
    hidden: [50],
    lr: 0.1,
    weightDecay: 0,
    epochs: 5,
    batchSize: 50,
    shuffle: true,
    seed: 1,
  });
  expect(completeOptions({ optimizer: 'adam' })).toMatchObject({ lr: 0.001, weightDecay: 0 });
  expect(completeOptions({ optimizer: 'adamw' })).toMatchObject({ lr: 0.001, weightDecay: 0.01 });
  expect(completeOptions({ optimizer: 'adamw', weightDecay: 0, lr: 2 })).toMatchObject({ lr: 2, weightDecay: 0 });
});

test('defaults that depend on the model', () => {
  expect(completeOptions({ model: 'cnn' })).toMatchObject({
    ...{ optimizer: 'adam', lr: 0.002, channels: [16, 32], dropout: 0.5, epochs: 12 },
  });
  expect(completeOptions({ model: 'gpt', dataset: 'a.txt' })).toMatchObject({
    ...{ optimizer: 'adamw', lr: 0.001, weightDecay: 0.01 },
    ...{ block: 64, layers: 2, heads: 4, dim: 128, batchSize: 16 },
  });
  expect(() => completeOptions({ model: 'gpt' })).toThrow(/learns from a text; name its file: --dataset FILE.txt/);
});

test('options of another model are refused, and not shown', () => {
  expect(() => completeOptions({ model: 'cnn', hidden: [3] })).toThrow(
    /^--hidden belongs to mlp, not to cnn; leave it out/,
  );
  expect(() => completeOptions({ model: 'gpt', dataset: 'x', download: true })).toThrow(
    /^--download belongs to mlp and cnn, not to gpt/,
  );
  expect(() => completeOptions({ block: 8 })).toThrow(/^--block belongs to gpt, not to mlp/);
  expect(optionsOf('gpt')).toContain('block');
  expect(optionsOf('gpt')).not.toContain('hidden');
});

test('errors name the flag', () => {
  expect(() => readOption('batchSize', '0')).toThrow(/^--batch-size: "0" is not a whole number of at least 1$/);
  expect(() => completeOptions({ momentum: 0.9, optimizer: 'adam' })).toThrow(/--momentum belongs to sgd, not to adam/);
});

test.each(['webgpu', 'reference'] as const)('threads of %s are refused, not ignored', (backend) => {
  expect(() => completeOptions({ backend, threads: 2 })).toThrow(
    `--threads belongs to wasm, not to ${backend}; leave it out, or choose --backend wasm`,
  );
  expect(completeOptions({ backend, threads: null })).toMatchObject({ backend, threads: null });
  expect(completeOptions({ threads: 2 })).toMatchObject({ backend: 'wasm', threads: 2 });
});

describe('a record', () => {
  const options = completeOptions({
    hidden: [],
    lr: 1e-7,
    shuffle: false,
    checkpointEvery: { every: 7, unit: 'steps' },
  });

  test('gives the options back', () => {
    expect(restoreOptions(JSON.parse(JSON.stringify(options)))).toEqual(options);
  });

  test('of a run from before there were snapshots is read', () => {
    const { snapshotEvery: _, ...older } = options;
    expect(restoreOptions(older)).toEqual({ ...options, snapshotEvery: 100 });
  });

  test.each([
    ['nothing', null],
    ['a text', 'options'],
    ['an option missing', { ...options, lr: undefined }],
    ['an option out of range', { ...options, dropout: 1 }],
    ['an option of another kind', { ...options, hidden: { a: 1 } }],
  ])('with %s is refused', (_, record) => {
    expect(() => restoreOptions(record)).toThrow(Failure);
  });
});

describe('resuming', () => {
  const saved = completeOptions({ hidden: [30, 20], lr: 0.3 });
  const resume = (given: Partial<TrainingOptions>): TrainingOptions => resumeOptions('my-run', saved, given);

  test('takes what was recorded', () => {
    expect(resume({})).toEqual(saved);
    expect(resume({ hidden: [30, 20], lr: 0.3 })).toEqual(saved);
  });

  test('what does not touch the result may change', () => {
    const given: Partial<TrainingOptions> = { epochs: 9, checkpointEvery: { every: 3, unit: 'seconds' } };
    expect(resume(given)).toEqual({ ...saved, ...given });
  });

  test('a run with threads goes on elsewhere, and comes back to them', () => {
    const onWasm = completeOptions({ threads: 2 });
    const elsewhere = resumeOptions('my-run', onWasm, { backend: 'reference' });
    expect(restoreOptions(JSON.parse(JSON.stringify(elsewhere)))).toEqual(elsewhere);
    expect(resumeOptions('my-run', elsewhere, { backend: 'wasm' })).toEqual(onWasm);
    expect(() => resumeOptions('my-run', onWasm, { backend: 'webgpu', threads: 3 })).toThrow(
      /^--threads belongs to wasm, not to webgpu; leave it out/,
    );
    expect(() => resumeOptions('my-run', elsewhere, { threads: 3 })).toThrow(/belongs to wasm, not to reference/);
  });

  test('anything else may not, and all of it is named', () => {
    expect(() => resume({ hidden: [30], lr: 0.3, shuffle: false })).toThrow(
      'the run in my-run was started with --hidden 30,20, no --no-shuffle, not --hidden 30, --no-shuffle; leave them out to resume',
    );
    expect(() => resume({ download: true })).toThrow(/started with no --download, not --download; leave it out/);
    for (const name of optionNames) {
      const free = ['epochs', 'backend', 'threads', 'vectors', 'checkpointEvery', 'snapshotEvery'].includes(name);
      const given = { [name]: 'something else' } as Partial<TrainingOptions>;
      if (free) expect(() => resume(given)).not.toThrow();
      else expect(() => resume(given)).toThrow(Failure);
    }
  });
});
