/** Runs that are stopped, by a signal or by force, and go on: to the same bytes as one that never was. */
import { cpSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, outcomeOf, Workplace } from './process.ts';
import { writeTinyData } from './tiny-data.ts';
import { writeTinyText } from './tiny-text.ts';

const place = new Workplace();
/** Everything random that there is: shuffles, masks, initial weights. */
// So many that a run is still going on when a busy machine gets round to stopping it.
const epochs = 60;
const job = `--dataset data --hidden 24 --dropout 0.3 --optimizer adam --epochs ${epochs} --batch-size 10 --log-every 4`;

beforeAll(async () => {
  writeTinyData(place.path('data'));
  expect((await place.run(`${job} --quiet --out whole`)).code).toBe(0);
}, 60_000);
afterAll(() => rmSync(place.folder, { recursive: true }));

const expectSameAsWhole = (run: string): void => {
  expect(place.weights(run)).toEqual(place.weights('whole'));
  expect(place.metrics(run)).toEqual(place.metrics('whole'));
  expect(place.list(run)).toEqual(place.list('whole'));
};

// Side by side: most of the time they wait for processes to start.
describe.concurrent('a run that is stopped', () => {
  test('by force, several times', async () => {
    // Lines that are printed before the process is killed: of steps, epochs and checkpoints, so that it happens at all sorts of moments.
    for (const after of [4, 9, 5]) {
      const begun = existsSync(place.path('killed'));
      const child = place.start(
        begun ? '--resume killed --json' : `${job} --checkpoint-every 5steps --json --out killed`,
      );
      let seen = 0;
      child.stdout.on('data', (text: Buffer) => {
        seen += text.toString().split('\n').length - 1;
        if (seen >= after) child.kill('SIGKILL');
      });
      expect((await outcomeOf(child)).signal).toBe('SIGKILL');
    }
    const { code, err, out } = await place.run('--resume killed');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/killed \(resumed after step \d+\)/);
    expectSameAsWhole('killed');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s saves where it is and says how to go on', async (signal, exitCode) => {
    const child = place.start(`${job} --json --checkpoint-every 1000 --out ${signal}`);
    child.stdout.once('data', () => child.stdout.once('data', () => child.kill(signal)));
    const { code, out, err } = await outcomeOf(child);
    expect([code, err]).toEqual([exitCode, '']);
    const last = jsonLines(out).at(-1)!;
    expect(last).toMatchObject({ type: 'interrupt', resume: `nn-train --resume ${signal}` });
    expect(place.checkpoints(signal)).toEqual([`checkpoint-${String(last['step']).padStart(8, '0')}`]);
    expect((await place.run(`--resume ${signal} --quiet`)).code).toBe(0);
    expectSameAsWhole(signal);
  });

  test('before its first checkpoint starts again', async () => {
    cpSync(place.path('whole', 'run.json'), place.path('early', 'run.json'), { recursive: true });
    writeFileSync(place.path('early', 'metrics.jsonl'), '{"type":"step","epoch":1,"st');
    expect((await place.run('--resume early --quiet')).code).toBe(0);
    expectSameAsWhole('early');
  });

  test('of text, by force', async () => {
    writeTinyText(place.path('fable.txt'));
    const text =
      '--model gpt --dataset fable.txt --block 8 --layers 1 --heads 2 --dim 8 --dropout 0.2 --epochs 20 --log-every 4';
    expect((await place.run(`${text} --quiet --out read`)).code).toBe(0);
    const child = place.start(`${text} --checkpoint-every 3steps --json --out torn`);
    let seen = 0;
    child.stdout.on('data', (lines: Buffer) => {
      seen += lines.toString().split('\n').length - 1;
      if (seen >= 6) child.kill('SIGKILL');
    });
    expect((await outcomeOf(child)).signal).toBe('SIGKILL');
    expect((await place.run('--resume torn --quiet')).code).toBe(0);
    expect(place.weights('torn')).toEqual(place.weights('read'));
    expect(place.metrics('torn')).toEqual(place.metrics('read'));
  });

  test('after its last epoch has its report made, and can be given more epochs', async () => {
    cpSync(place.path('whole'), place.path('more'), { recursive: true });
    rmSync(place.path('more', 'report.html'));
    expect((await place.run('--resume more --quiet')).code).toBe(0);
    expectSameAsWhole('more');
    expect((await place.run(`--resume more --epochs ${epochs + 1} --quiet`)).code).toBe(0);
    expect(place.checkpoints('more')).toEqual([`checkpoint-${String(13 * (epochs + 1)).padStart(8, '0')}`]);
    expect(place.metrics('more').slice(0, place.metrics('whole').length)).toEqual(place.metrics('whole'));
  });
});
