/** The command line as a user meets it: what it prints, what it leaves behind, and its exit code. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeIdx } from '@nn/mnist';
import { encode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, type Outcome, outcomeOf, Workplace } from './process.ts';
import { tinyImages, writeTinyData } from './tiny-data.ts';
import { writeTinyText } from './tiny-text.ts';

const place = new Workplace();
const run = (line: string): Promise<Outcome> => place.run(line);

beforeAll(() => {
  writeTinyData(place.path('data'));
  writeTinyText(place.path('fable.txt'));
});
afterAll(() => rmSync(place.folder, { recursive: true }));

const oneLine = /^nn-train: [^\n]+\n$/;

// Side by side: most of the time they wait for processes to start.
describe.concurrent('train', () => {
  test('leaves what it promises, and says how it went', async () => {
    const { code, out, err } = await run('--dataset data --epochs 6 --batch-size 10 --hidden 20 --out trained');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /^data {3}data: 130 images to train with, 40 held out\nmodel {2}784-20-10, relu, 15,910 weights\n/,
    );
    expect(out).toMatch(/epoch 6\/6: train loss 0\.\d{4}, accuracy .* held out: loss .*, accuracy (9\d|100)\.\d %/);
    expect(out).toMatch(
      /of 40 held-out images right \(loss 0\.\d{4}\)\n6 epochs in .*, report: trained\/report.html\n$/,
    );
    expect(out).toMatch(/[░▒▓█]{5}/);
    expect(out).not.toContain('\x1b');
    expect(place.list('trained')).toEqual(['checkpoint-00000078', 'metrics.jsonl', 'report.html', 'run.json']);
    expect(place.metrics('trained').filter((line) => 'validLoss' in line)).toHaveLength(6);
    expect(readFileSync(place.path('trained', 'report.html'), 'utf8')).toMatch(
      /^<!doctype html>[\s\S]*<svg[\s\S]*<\/html>\n$/,
    );
  });

  test('--json tells the same to programs', async () => {
    const { code, out, err } = await run('--dataset data --epochs 1 --hidden none --json --out json');
    expect([code, err]).toEqual([0, '']);
    const events = jsonLines(out);
    expect(events.map(({ type }) => type)).toEqual(['start', 'epoch', 'checkpoint', 'end']);
    expect(events[3]).toMatchObject({ run: 'json', report: 'json/report.html', epoch: 1, step: 3 });
    expect((events[3]!['confusion'] as number[][]).flat().reduce((a, b) => a + b)).toBe(40);
  });

  test('a network of convolutions', async () => {
    const { code, out, err } = await run(
      '--model cnn --channels 2 --dataset data --epochs 1 --batch-size 65 --out conv',
    );
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(
      /\nmodel {2}cnn 2-10, dropout 0.5, 3,950 weights\ntrain {2}adam, lr 0.002, batches of 65, 1 epoch, seed 1\n/,
    );
    expect((await run('predict --checkpoint conv data/t10k-images-idx3-ubyte')).out.split('\n')).toHaveLength(41);
    expect(await run('sample conv')).toMatchObject({ code: 2, err: expect.stringMatching(/is a classifier \(cnn\)/) });
  });

  test('learns the built-in digits with no arguments but fewer epochs', async () => {
    const { code, out } = await run('--epochs 1 --quiet');
    expect(code).toBe(0);
    const result = /^(\d+\.\d) % of 1,000 held-out images right .*\n1 epoch in .*nn-runs.mnist-mlp-1.report.html\n$/;
    expect(Number(result.exec(out)?.[1])).toBeGreaterThan(88);
  });

  test('goes on when nobody reads what it prints', async () => {
    const child = place.start('--dataset data --epochs 3 --json --out unread');
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(0);
    expect(place.list('unread')).toContain('report.html');
  });

  test('what goes wrong is one line and exit code 2', async () => {
    for (const [line, message] of [
      ['--epoch 3', /unknown option '--epoch'/],
      ['--dataset none --out never', /--dataset none: there is no such folder/],
      [
        '--dataset data --lr 1e30 --out diverged',
        /the loss became NaN at step \d+ \(epoch 1\): training has diverged; try a smaller --lr/,
      ],
    ] as const) {
      const { code, out, err } = await run(line);
      expect(err).toMatch(message);
      expect(err).toMatch(oneLine);
      expect(code).toBe(2);
      expect(out).not.toContain('Error');
    }
    expect(place.checkpoints('diverged')).toEqual([]);
  });

  test('a folder that is taken away ends the run, and nothing in it is said to be whole', async () => {
    const child = place.start('--dataset data --epochs 5000 --batch-size 10 --out gone');
    child.stdout.on('data', (text) => {
      if (String(text).includes('epoch 1/')) renameSync(place.path('gone'), place.path('away'));
    });
    const { code, err } = await outcomeOf(child);
    expect(err).toMatch(/^nn-train: can't (read|write|remove) gone[^\n]*: no such file or folder \(ENOENT\)\n$/);
    expect(code).toBe(2);
  });

  test.runIf(process.platform === 'linux')(
    'a disk that takes no more leaves the last checkpoint whole, and nothing else',
    async () => {
      // The weights fit; the metrics grow until they don't.
      const job = '--dataset data --hidden 1 --epochs 200 --log-every 1 --batch-size 65 --quiet --out full';
      const { code, err } = await place.run(job, 'ulimit -f 12');
      expect(err).toMatch(
        /^nn-train: can't write full.metrics.jsonl: the file would be larger than is allowed here \(EFBIG\); the checkpoint of step \d+ in full is whole\n$/,
      );
      expect(code).toBe(2);
      const [checkpoint, ...others] = place.checkpoints('full');
      expect(others).toEqual([]);
      expect(place.list('full')).toEqual([checkpoint, 'metrics.jsonl', 'run.json']);
      const epochs = Number(checkpoint!.slice(-8)) / 2;
      const resumed = await run(`--resume full --epochs ${epochs + 1} --quiet`);
      expect([resumed.code, resumed.err]).toEqual([0, '']);
      expect(place.metrics('full')).toHaveLength(3 * (epochs + 1));
    },
  );
});

describe.concurrent('text', () => {
  const job = '--model gpt --dataset fable.txt --block 8 --layers 1 --heads 2 --dim 8 --lr 0.02 --epochs 3';
  beforeAll(async () => {
    expect(await run(`${job} --out fable`)).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(
        /^data {3}fable: 1,\d{3} characters to train with, 1\d\d held out\nmodel {2}gpt 1 × 8, 2 heads, 19 characters, sees 8, 1,\d{3} weights\n/,
      ),
    });
  });

  test('shows perplexity and what the model writes', async () => {
    const { code, out } = await run(`${job} --epochs 1 --out short`);
    expect(code).toBe(0);
    expect(out).toMatch(
      /epoch 1\/1: train loss \d\.\d+, perplexity \d+\.\d\d; held out: loss \d\.\d+, perplexity \d+\.\d\d;/,
    );
    expect(out).toMatch(
      /What it writes .*\n[^\0]+\nperplexity \d+\.\d\d over 1\d\d held-out characters \(loss \d\.\d+\)\n1 epoch in/,
    );
    expect(place.list('short')).toEqual(['checkpoint-00000010', 'metrics.jsonl', 'report.html', 'run.json']);
    expect(readFileSync(place.path('short', 'report.html'), 'utf8')).toMatch(/<h2>Perplexity<\/h2><svg[\s\S]*<pre>/);
  });

  test('sample writes, the same for the same seed', async () => {
    const [one, again, other] = await Promise.all(
      ['--seed 3', '--seed 3', '--seed 4'].map((seed) => run(`sample fable --prompt the --length 40 ${seed}`)),
    );
    expect([one!.code, one!.err]).toEqual([0, '']);
    expect(one!.out).toMatch(/^the[^\0]{40}\n$/);
    expect(again!.out).toBe(one!.out);
    expect(other!.out).not.toBe(one!.out);
    const file = join('fable', place.checkpoints('fable')[0]!, 'model.safetensors');
    const [row] = jsonLines((await run(`sample ${file} --prompt the --length 40 --seed 3 --json`)).out);
    expect(row).toEqual({ prompt: 'the', text: one!.out.slice(3, -1), temperature: 0.8, seed: 3 });
  });

  test('what goes wrong is one line and exit code 2', async () => {
    for (const [line, message] of [
      ['sample fable --prompt Zebra', /the model doesn't know "Z", "b": the text that it was trained with/],
      ['predict --checkpoint fable data', /is a model of text \(gpt\).* nn-train sample/],
      ['--model gpt', /--model gpt learns from a text; name its file/],
      ['--model gpt --dataset data', /data: it is a folder; gpt learns from a text/],
      ['--block 9', /--block belongs to gpt, not to mlp/],
    ] as const) {
      const { code, err } = await run(line);
      expect(err).toMatch(message);
      expect(err).toMatch(oneLine);
      expect(code).toBe(2);
    }
  });
});

describe.concurrent('predict', () => {
  const { images, labels } = tinyImages(6, 3);
  beforeAll(async () => {
    await run('--dataset data --epochs 6 --batch-size 10 --quiet --out model');
    writeFileSync(place.path('images'), writeIdx({ shape: [6, 28, 28], data: images }));
    writeFileSync(place.path('labels'), writeIdx({ shape: [6], data: labels }));
    const light = images.subarray(0, 784).map((value) => 255 - value);
    writeFileSync(place.path('one.png'), encode({ width: 28, height: 28, channels: 1, data: light }));
  });

  test('an IDX file, by a run, a checkpoint and a file of weights', async () => {
    const checkpoint = join('model', place.checkpoints('model')[0]!);
    const byRun = await run('predict --checkpoint model images --labels labels');
    expect([byRun.code, byRun.err]).toEqual([0, '']);
    expect(byRun.out).toMatch(/^(\d {2}\d +\d+\.\d %( {2}wrong: is \d)?\n){6}\d+\.\d % of 6 images right\n$/);
    for (const path of [checkpoint, join(checkpoint, 'model.safetensors')]) {
      expect((await run(`predict --checkpoint ${path} images --labels labels`)).out).toBe(byRun.out);
    }
  });

  test('a PNG, drawn with its probabilities', async () => {
    const { code, out, err } = await run('predict --checkpoint model one.png');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/9 [█░]{20} +\d+\.\d %/);
    expect(out).toMatch(new RegExp(`\\n${labels[0]}, \\d+\\.\\d %\\n$`));
  });

  test('as JSON', async () => {
    const rows = jsonLines((await run('predict --checkpoint model images --labels labels --json')).out);
    expect(rows).toHaveLength(7);
    const { label, probabilities } = rows[0] as { label: string; probabilities: number[] };
    expect(label).toBe(String(labels[0]));
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test('what goes wrong is one line and exit code 2', async () => {
    const { code, err } = await run('predict --checkpoint model labels');
    expect(err).toBe('nn-train: [readIdx] labels, byte 3: expected rank 3, found 1\n');
    expect(code).toBe(2);
  });
});
