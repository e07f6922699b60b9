/** What the commands refuse, each with a message of its own and without a trace on the disk. */
import { cpSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { writeIdx } from '@nn/mnist';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { runPredict } from '../src/commands/predict.ts';
import { runTrain, type TrainArguments } from '../src/commands/train.ts';
import { Workplace } from './process.ts';
import { writeTinyData } from './tiny-data.ts';

const place = new Workplace();
const { path } = { path: place.path.bind(place) };
const train = ({ given, ...args }: Partial<TrainArguments>): Promise<number> =>
  runTrain({
    given: { ...(args.resume === undefined && { dataset: path('data') }), ...given },
    quiet: true,
    json: false,
    ...args,
  });
const predict = (checkpoint: string, file: string, labels?: string): Promise<number> =>
  runPredict({ checkpoint, file, labels, backend: 'wasm', json: false });
const copy = (name: string): string => {
  cpSync(path('good'), path(name), { recursive: true });
  return path(name);
};

beforeEach(() => {
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});
beforeAll(async () => {
  writeTinyData(path('data'));
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(await train({ given: { epochs: 2, hidden: [3] }, out: path('good') })).toBe(0);
  writeFileSync(path('images'), writeIdx({ shape: [1, 28, 28], data: new Uint8Array(784) }));
  writeFileSync(path('none'), writeIdx({ shape: [0, 28, 28], data: new Uint8Array(0) }));
  writeFileSync(path('labels'), writeIdx({ shape: [2], data: Uint8Array.of(1, 2) }));
  writeFileSync(path('text'), 'A text.');
  writeFileSync(path('label'), writeIdx({ shape: [1], data: Uint8Array.of(10) }));
});
afterAll(() => rmSync(place.folder, { recursive: true }));

test('damaged data', async () => {
  cpSync(path('data'), path('cut'), { recursive: true });
  truncateSync(path('cut', 't10k-images-idx3-ubyte'), 5000);
  const attempt = train({ given: { dataset: path('cut') }, out: path('never') });
  await expect(attempt).rejects.toThrow(/t10k-images-idx3-ubyte, byte 5000: the file ends here/);
  expect(existsSync(path('never'))).toBe(false);
});

test('a folder that holds a run, which stays as it was', async () => {
  const before = place.weights('good');
  await expect(train({ out: path('good') })).rejects.toThrow(/good holds a run already; go on with it by --resume/);
  expect(place.weights('good')).toEqual(before);
  expect(place.list('good')).toEqual(['checkpoint-00000006', 'metrics.jsonl', 'report.html', 'run.json']);
});

test.each<[string, Omit<Partial<TrainArguments>, 'resume'>, RegExp]>([
  ['other options', { given: { lr: 0.5, hidden: [3] } }, /was started with --lr 0.1, not --lr 0.5; leave it out/],
  [
    'fewer epochs',
    { given: { epochs: 1 } },
    /good has trained 2 epochs already, more than --epochs 1; give 2 or more, or leave it out$/,
  ],
  [
    'threads of another backend',
    { given: { backend: 'reference', threads: 2 } },
    /^--threads belongs to wasm, not to ref/,
  ],
  ['another folder', { out: 'x' }, /--resume .*good and --out x name two folders/],
  ['two ways to print', { json: true }, /--quiet and --json exclude each other/],
])('resuming with %s', async (_, args, message) => {
  const before = readFileSync(path('good', 'run.json'), 'utf8');
  await expect(train({ resume: path('good'), ...args })).rejects.toThrow(message);
  expect(readFileSync(path('good', 'run.json'), 'utf8')).toBe(before);
  expect(place.list('good')).not.toContain('.lock');
});

test('resuming with other data', async () => {
  const record = path('moved', 'run.json');
  const run = copy('moved');
  writeFileSync(record, readFileSync(record, 'utf8').replace(/"mean": [\d.]+/, '"mean": 0.5'));
  await expect(train({ resume: run })).rejects.toThrow(/moved was started with other data \(mean was 0.5, is 0\.\d+\)/);
});

test('resuming what is no run, or a damaged one', async () => {
  await expect(train({ resume: path('data') })).rejects.toThrow(/there is no run in .*data \(no run.json\)/);
  const run = copy('damaged');
  const [checkpoint] = place.checkpoints('damaged');
  const weights = path('damaged', checkpoint!, 'model.safetensors');
  const bytes = readFileSync(weights);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(weights, bytes);
  await expect(train({ resume: run })).rejects.toThrow(/model.safetensors isn't what manifest.json says was written/);
  await expect(predict(run, path('images'))).rejects.toThrow(
    /model.safetensors isn't what manifest.json says was written/,
  );
  rmSync(weights);
  await expect(train({ resume: run })).rejects.toThrow(/can't read .*model.safetensors: no such file or folder/);
});

test.each([
  ['good', 'nothing', undefined, /can't read .*nothing: no such file or folder \(ENOENT\)/],
  ['nothing', 'images', undefined, /can't read .*nothing: no such file or folder \(ENOENT\)/],
  ['data', 'images', undefined, /there is no checkpoint in .*data; give the folder of a run/],
  ['images', 'images', undefined, /\[safetensors\] .*images: /],
  ['good', 'none', undefined, /none: there are no images in it/],
  ['good', 'text', undefined, /text is neither a PNG nor an IDX file; save the image as a PNG/],
  ['good', 'labels', undefined, /labels, byte 3: expected rank 3, found 1/],
  ['good', 'images', 'labels', /labels has 2 labels for 1 images; are they of one set\?/],
  ['good', 'images', 'label', /label 0 is 10, but the model knows 10 classes/],
])('predicting by %s what is in %s, with labels %s', async (checkpoint, file, labels, message) => {
  await expect(predict(path(checkpoint), path(file), labels && path(labels))).rejects.toThrow(message);
});
