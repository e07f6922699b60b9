import { expect, test } from 'vitest';
import { besideOf, measure, type Plan, type Timed } from './rounds.ts';

const plan: Plan = {
  rounds: 4,
  sample: 10,
  warmUp: 20,
  warmCalls: 6,
  longestWarmUp: 200,
  budget: 1000,
  leastRounds: 2,
};

/** A player whose calls take exactly so long, on a clock of its own. */
function exact(name: string, each: number, log: string[] = []): Timed & { readonly calls: number[] } {
  const calls: number[] = [];
  return {
    name,
    calls,
    sample: async (count) => {
      calls.push(count);
      log.push(name);
      return each * count;
    },
  };
}

test('tells the time of one call, in every round', async () => {
  const results = await measure([exact('a', 0.01), exact('b', 3)], plan);
  expect([...results.keys()]).toEqual(['a', 'b']);
  for (const [name, each] of [
    ['a', 0.01],
    ['b', 3],
  ] as const) {
    expect(results.get(name)).toHaveLength(4);
    for (const sample of results.get(name)!) expect(sample).toBeCloseTo(each, 9);
  }
});

test('fills a sample with as many calls as it needs', async () => {
  const short = exact('short', 0.01);
  const long = exact('long', 25);
  await measure([short, long], plan);
  expect(short.calls.slice(-4)).toEqual([1000, 1000, 1000, 1000]);
  expect(long.calls.slice(-4)).toEqual([1, 1, 1, 1]);
});

test('what was timed between a player’s calls is a list of its own', async () => {
  const paired = { ...exact('a', 1), beside: () => 0.25 };
  const silent = { ...exact('b', 1), beside: () => null };
  const results = await measure([paired, silent], plan);
  expect(results.get(besideOf('a'))).toEqual([0.25, 0.25, 0.25, 0.25]);
  expect(results.has(besideOf('b'))).toBe(false);
});

test('calls that take no time at all end the calibration too', async () => {
  const nothing = { name: 'nothing', sample: async (count: number) => count * 1e-7 };
  expect((await measure([nothing], plan)).get('nothing')).toHaveLength(4);
});

test('everybody takes turns, and each round begins with another', async () => {
  const log: string[] = [];
  await measure([exact('a', 1, log), exact('b', 1, log), exact('c', 1, log)], plan);
  expect(log.slice(-12).join('')).toBe('abcbcacababc');
});

test('who is slow sits out rounds, but has the least', async () => {
  const results = await measure([exact('slow', 600), exact('fast', 1)], plan);
  expect(results.get('slow')).toHaveLength(2);
  expect(results.get('fast')).toHaveLength(4);
});

test('slow calls are made until their code is compiled, or for so long', async () => {
  const [dozens, few] = [exact('dozens', 30), exact('few', 80)];
  await measure([dozens, few], plan);
  expect(dozens.calls).toHaveLength(6 + 4);
  expect(few.calls).toHaveLength(3 + 4);
});

test('a very slow call is made twice before the rounds', async () => {
  const slow = exact('slow', 5000);
  await measure([slow], plan);
  expect(slow.calls).toEqual([1, 1, 1, 1]);
});

test('stopped, it gives what it has', async () => {
  let samples = 0;
  const counted: Timed = {
    name: 'a',
    sample: async (calls) => {
      samples++;
      return calls;
    },
  };
  const rounds: number[] = [];
  const results = await measure([counted], plan, {
    isStopped: () => rounds.length === 2,
    onRound: (round) => rounds.push(round),
  });
  expect(results.get('a')).toHaveLength(2);
  const before = samples;
  expect((await measure([counted], plan, { isStopped: () => true })).get('a')).toEqual([]);
  expect(samples).toBe(before);
});

test('a player that falls because the run was stopped leaves what was measured', async () => {
  let left = 5;
  const ended: Timed = {
    name: 'a',
    sample: async (calls) => {
      if (left-- === 0) throw new Error('gone');
      return 5 * calls;
    },
  };
  const results = await measure([ended], plan, { isStopped: () => left < 0 });
  expect(results.get('a')!.length).toBeGreaterThan(0);
  expect(results.get('a')!.length).toBeLessThan(4);
});

test('a player that falls ends the measuring', async () => {
  const falling: Timed = {
    name: 'falling',
    sample: () => Promise.reject(new Error('gone')),
  };
  await expect(measure([exact('a', 1), falling], plan)).rejects.toThrow('gone');
});
