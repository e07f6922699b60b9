/** The command line as a user meets it: a process of its own, files on disk, signals, exit codes. */
import { type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeIdx } from '@nn/mnist';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyImages, writeTinyData } from './tiny-data.ts';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
const patience = 60_000;

let folder: string;
let data: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nn-trainer-'));
  data = writeTinyData(join(folder, 'data'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

const node = ['--conditions=@nn/source', cli];
const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
// Compiled code is kept from one process to the next, which halves the time that they take to start.
const settings = (): SpawnOptionsWithoutStdio => ({
  cwd: folder,
  env: { ...inherited, NODE_COMPILE_CACHE: join(folder, 'compiled') },
});
const start = (...args: string[]): ChildProcessWithoutNullStreams => spawn(process.execPath, [...node, ...args], settings());

function outcome(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, out, err })));
}

const run = (...args: string[]): Promise<Outcome> => outcome(start(...args));
const lines = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const metricsOf = (name: string): object[] =>
  lines(readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8')).map((line) => ({ ...line, seconds: 0 }));
const checkpointsOf = (name: string): string[] =>
  readdirSync(join(folder, name)).filter((each) => each.startsWith('checkpoint-'));

/** The bytes of the weights and of the optimiser's memory. */
function weightsOf(name: string): Buffer[] {
  const [checkpoint] = checkpointsOf(name);
  return ['model.safetensors', 'optimizer.safetensors'].map((file) =>
    readFileSync(join(folder, name, checkpoint!, file)),
  );
}

/** Small, with everything random that there is. Slow enough to be stopped in the middle. */
const job = [
  '--hidden',
  '24',
  '--dropout',
  '0.3',
  '--optimizer',
  'adam',
  '--epochs',
  '12',
  '--batch-size',
  '10',
  '--log-every',
  '4',
];

describe('a run', { timeout: patience }, () => {
  test('leaves what it promises, and says how it went', async () => {
    const { code, out, err } = await run(
      '--dataset',
      'data',
      '--epochs',
      '6',
      '--batch-size',
      '10',
      '--hidden',
      '20',
      '--out',
      'plain',
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^data {3}data: 130 images to train with, 40 held out\nmodel {2}784-20-10, relu, 15,910 weights\n/,
    );
    expect(out).toMatch(/epoch 6\/6: train loss 0\.\d{4}, accuracy .* held out: loss .*, accuracy (9\d|100)\.\d %/);
    expect(out).toMatch(/of 40 held-out images right \(loss 0\.\d{4}\)\n6 epochs in .*, report: plain\/report.html\n$/);
    expect(out).toMatch(/[░▒▓█]{5}/);
    expect(out).not.toContain('\x1b');
    expect(readdirSync(join(folder, 'plain')).sort()).toEqual([
      'checkpoint-00000078',
      'metrics.jsonl',
      'report.html',
      'run.json',
    ]);
    expect(metricsOf('plain').filter((line) => 'validLoss' in line)).toHaveLength(6);
    expect(readFileSync(join(folder, 'plain', 'report.html'), 'utf8')).toMatch(
      /^<!doctype html>[\s\S]*<svg[\s\S]*<\/html>\n$/,
    );
  });

  test('--json tells the same to programs', async () => {
    const { code, out, err } = await run(
      '--dataset',
      'data',
      '--epochs',
      '1',
      '--hidden',
      'none',
      '--json',
      '--out',
      'json',
    );
    expect([code, err]).toEqual([0, '']);
    const events = lines(out);
    expect(events.map(({ type }) => type)).toEqual(['start', 'epoch', 'checkpoint', 'end']);
    expect(events[3]).toMatchObject({ run: 'json', report: 'json/report.html', epoch: 1, step: 3 });
    expect((events[3]!['confusion'] as number[][]).flat().reduce((a, b) => a + b)).toBe(40);
  });

  test('learns the built-in digits with no arguments but fewer epochs', async () => {
    const { code, out } = await run('--epochs', '1', '--quiet');
    expect(code).toBe(0);
    const [, accuracy] =
      /^(\d+\.\d) % of 1,000 held-out images right .*\n1 epoch in .*nn-runs[\\/]mnist-mlp-1[\\/]report.html\n$/.exec(
        out,
      ) ?? [];
    expect(Number(accuracy)).toBeGreaterThan(88);
  });
});

describe('a run that is killed', { timeout: patience }, () => {
  beforeAll(async () => {
    expect((await run('--dataset', 'data', ...job, '--quiet', '--out', 'whole')).code).toBe(0);
  }, patience);

  test('at any moment, several times, ends in the same bytes and the same metrics', async () => {
    const args = ['--dataset', 'data', ...job, '--checkpoint-every', '5steps', '--json', '--out', 'killed'];
    for (const after of [2, 6, 3]) {
      const child = start(...(existsSync(join(folder, 'killed')) ? ['--resume', 'killed', '--json'] : args));
      let seen = 0;
      child.stdout.on('data', (text: Buffer) => {
        seen += text.toString().split('"type":"checkpoint"').length - 1;
        if (seen >= after) child.kill('SIGKILL');
      });
      expect((await outcome(child)).signal).toBe('SIGKILL');
    }
    const last = await run('--resume', 'killed');
    expect([last.code, last.err]).toEqual([0, '']);
    expect(last.out).toMatch(/killed \(resumed after step \d+\)/);
    expect(weightsOf('killed')).toEqual(weightsOf('whole'));
    expect(metricsOf('killed')).toEqual(metricsOf('whole'));
    expect(readdirSync(join(folder, 'killed')).sort()).toEqual(readdirSync(join(folder, 'whole')).sort());
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s saves where it is and says how to go on', async (signal, exitCode) => {
    const child = start('--dataset', 'data', ...job, '--json', '--checkpoint-every', '1000', '--out', signal);
    child.stdout.once('data', () => child.stdout.once('data', () => child.kill(signal)));
    const { code, out, err } = await outcome(child);
    expect([code, err]).toEqual([exitCode, '']);
    const last = lines(out).at(-1)!;
    expect(last).toMatchObject({ type: 'interrupt', resume: `nn-train --resume ${signal}` });
    expect(checkpointsOf(signal)).toEqual([`checkpoint-${String(last['step']).padStart(8, '0')}`]);
    expect((await run('--resume', signal, '--quiet')).code).toBe(0);
    expect(weightsOf(signal)).toEqual(weightsOf('whole'));
    expect(metricsOf(signal)).toEqual(metricsOf('whole'));
  });

  test('before its first checkpoint starts again, with the same end', async () => {
    cpSync(join(folder, 'whole', 'run.json'), join(folder, 'early', 'run.json'), { recursive: true });
    writeFileSync(join(folder, 'early', 'metrics.jsonl'), '{"type":"step","epoch":1,"st');
    expect((await run('--resume', 'early', '--quiet')).code).toBe(0);
    expect(weightsOf('early')).toEqual(weightsOf('whole'));
    expect(metricsOf('early')).toEqual(metricsOf('whole'));
  });

  test('after its last epoch has its report made, and can be given more epochs', async () => {
    cpSync(join(folder, 'whole'), join(folder, 'more'), { recursive: true });
    rmSync(join(folder, 'more', 'report.html'));
    expect((await run('--resume', 'more', '--quiet')).code).toBe(0);
    expect(existsSync(join(folder, 'more', 'report.html'))).toBe(true);
    expect((await run('--resume', 'more', '--epochs', '13', '--quiet')).code).toBe(0);
    expect(checkpointsOf('more')).toEqual(['checkpoint-00000169']);
    expect(metricsOf('more').slice(0, metricsOf('whole').length)).toEqual(metricsOf('whole'));
  });
});

describe('what goes wrong is one line and exit code 2', { timeout: patience }, () => {
  async function expectFailure(message: RegExp, ...args: string[]): Promise<void> {
    const { code, err } = await run(...args);
    expect(err).toMatch(message);
    expect(err).toMatch(/^nn-train: [^\n]+\n$/);
    expect(code).toBe(2);
  }

  beforeAll(async () => {
    expect((await run('--dataset', 'data', '--epochs', '1', '--quiet', '--out', 'good')).code).toBe(0);
  }, patience);

  test('in the command line', () => expectFailure(/unknown option '--epoch'/, '--epoch', '3'));
  test('in the data', async () => {
    await expectFailure(/can't read the folder .*none/, '--dataset', 'none');
    cpSync(data, join(folder, 'cut'), { recursive: true });
    truncateSync(join(folder, 'cut', 't10k-images-idx3-ubyte'), 5000);
    await expectFailure(/t10k-images-idx3-ubyte, byte 5000: the file ends here/, '--dataset', 'cut', '--out', 'never');
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
  test('with a folder that holds a run, which stays as it was', async () => {
    const before = weightsOf('good');
    await expectFailure(
      /good holds a run already; go on with it by --resume good/,
      '--dataset',
      'data',
      '--out',
      'good',
    );
    expect(weightsOf('good')).toEqual(before);
  });
  test('with other options than the run was started with', () =>
    expectFailure(/was started with --lr 0.1, not --lr 0.5/, '--resume', 'good', '--lr', '0.5'));
  test('with fewer epochs than it has', async () => {
    cpSync(join(folder, 'good'), join(folder, 'longer'), { recursive: true });
    expect((await run('--resume', 'longer', '--epochs', '2', '--quiet')).code).toBe(0);
    await expectFailure(/has trained 2 epochs already, more than --epochs 1/, '--resume', 'longer', '--epochs', '1');
  });
  test('with other data', async () => {
    cpSync(join(folder, 'good'), join(folder, 'moved'), { recursive: true });
    const record = join(folder, 'moved', 'run.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace(/"mean": [\d.]+/, '"mean": 0.5'));
    await expectFailure(
      /the run in moved was started with other data \(mean was 0.5, is 0\.\d+\)/,
      '--resume',
      'moved',
    );
  });
  test('with a damaged checkpoint', async () => {
    cpSync(join(folder, 'good'), join(folder, 'damaged'), { recursive: true });
    const file = join(folder, 'damaged', checkpointsOf('damaged')[0]!, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    await expectFailure(/model.safetensors isn't what manifest.json says was written/, '--resume', 'damaged');
    await expectFailure(
      /model.safetensors isn't what manifest.json says/,
      'predict',
      '--checkpoint',
      'damaged',
      'x.png',
    );
  });
  test('when training diverges, with what was saved before left whole', async () => {
    await expectFailure(
      /the loss became NaN at step \d+ \(epoch 1\): training has diverged; try a smaller --lr/,
      '--dataset',
      'data',
      '--lr',
      '1e30',
      '--out',
      'nan',
    );
    expect(checkpointsOf('nan')).toEqual([]);
  });

  test.runIf(process.platform === 'linux')(
    'when the disk takes no more, with the last checkpoint whole and nothing else',
    async () => {
      // Weights of the first checkpoints fit; metrics grow until they don't.
      const limited = (...args: string[]): Promise<Outcome> =>
        outcome(
          spawn('bash', ['-c', 'ulimit -f 64 && exec "$@"', 'bash', process.execPath, ...node, ...args], {
            cwd: folder,
            env: environment,
          }),
        );
      const { code, err } = await limited(
        '--dataset',
        'data',
        '--hidden',
        '10',
        '--epochs',
        '900',
        '--log-every',
        '1',
        '--batch-size',
        '65',
        '--quiet',
        '--out',
        'full',
      );
      expect(err).toMatch(
        /^nn-train: can't write full\/metrics.jsonl: the file would be larger than is allowed here \(EFBIG\); the checkpoint of step \d+ in full is whole\n$/,
      );
      expect(code).toBe(2);
      expect(readdirSync(join(folder, 'full')).sort()).toEqual([...checkpointsOf('full'), 'metrics.jsonl', 'run.json']);
      const step = Number(checkpointsOf('full')[0]!.slice(-8));
      const resumed = await run('--resume', 'full', '--epochs', String(step / 2 + 1), '--quiet');
      expect([resumed.code, resumed.err]).toEqual([0, '']);
    },
  );
});

describe('predict', { timeout: patience }, () => {
  const { images, labels } = tinyImages(6, 3);
  beforeAll(async () => {
    expect(
      (await run('--dataset', 'data', '--epochs', '6', '--batch-size', '10', '--quiet', '--out', 'trained')).code,
    ).toBe(0);
    writeFileSync(join(folder, 'images'), writeIdx({ shape: [6, 28, 28], data: images }));
    writeFileSync(join(folder, 'labels'), writeIdx({ shape: [6], data: labels }));
    writeFileSync(
      join(folder, 'one.png'),
      encode({ width: 28, height: 28, channels: 1, data: images.subarray(0, 784).map((value) => 255 - value) }),
    );
  }, patience);

  test('an IDX file by a run, a checkpoint and a file of weights', async () => {
    const checkpoint = join('trained', checkpointsOf('trained')[0]!);
    const [byRun, byCheckpoint, byFile] = await Promise.all(
      ['trained', checkpoint, join(checkpoint, 'model.safetensors')].map((path) =>
        run('predict', '--checkpoint', path, 'images', '--labels', 'labels'),
      ),
    );
    expect([byRun!.code, byRun!.err]).toEqual([0, '']);
    expect(byRun!.out).toMatch(/^(\d {2}\d +\d+\.\d %( {2}wrong: is \d)?\n){6}\d+\.\d % of 6 images right\n$/);
    expect([byCheckpoint!.out, byFile!.out]).toEqual([byRun!.out, byRun!.out]);
  });

  test('a PNG, drawn with its probabilities', async () => {
    const { code, out, err } = await run('predict', '--checkpoint', 'trained', 'one.png');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/9 [█░]{20} +\d+\.\d %/);
    expect(out).toMatch(new RegExp(`\\n${labels[0]}, \\d+\\.\\d %\\n$`));
  });

  test('as JSON', async () => {
    const { out } = await run('predict', '--checkpoint', 'trained', 'images', '--labels', 'labels', '--json');
    const rows = lines(out);
    expect(rows).toHaveLength(7);
    const [first] = rows as { prediction: string; label: string; probabilities: number[] }[];
    expect(first!.label).toBe(String(labels[0]));
    expect(first!.probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test.each([
    [/can't read none/, ['--checkpoint', 'none', 'images']],
    [/there is no checkpoint in data/, ['--checkpoint', 'data', 'images']],
    [/can't read none.png: no such file/, ['--checkpoint', 'trained', 'none.png']],
    [/labels has 6 labels for 1 images/, ['--checkpoint', 'trained', 'one.png', '--labels', 'labels']],
    [/\[readIdx\] labels, byte 3: expected rank 3, found 1/, ['--checkpoint', 'trained', 'labels']],
    [/\[safetensors\] images: /, ['--checkpoint', 'images', 'images']],
  ])('%s', async (message, args) => {
    const { code, err } = await run('predict', ...args);
    expect(err).toMatch(message);
    expect(err).toMatch(/^nn-train: [^\n]+\n$/);
    expect(code).toBe(2);
  });
});
