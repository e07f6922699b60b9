import { expect, test } from 'vitest';
import { atMost, onTwoThreads, share } from './cases/case.ts';
import { isMet, judgeGoal } from './goals.ts';

const limits = [
  { name: 'fma', work: 1000, unit: 'GFLOP/s' },
  { name: 'copy', work: 800, unit: 'GB/s' },
] as const;

const samples: Readonly<Record<string, readonly number[]>> = {
  wasm: [2, 4, 6],
  'wasm ×2': [1, 2, 3],
  torch: [4, 8, 12],
  'torch ×2': [10, 20, 30],
  'limit fma': [1, 2, 3],
  'limit copy': [2, 4, 6],
};
const judge = (goal: Parameters<typeof judgeGoal>[0], work: { flops?: number; bytes?: number } = {}) =>
  judgeGoal(goal, work, (name) => samples[name], limits);

test('a peer’s time is the measure', () => {
  expect(judge(atMost(0.5))).toEqual({
    player: 'wasm',
    against: 'torch',
    kind: 'at most',
    wanted: 0.5,
    reached: 0.5,
    noise: 0,
  });
  expect(isMet(judge(atMost(0.5)))).toBe(true);
  expect(isMet(judge(atMost(0.49)))).toBe(false);
});

test('threads are those of each side', () => {
  expect(judge(onTwoThreads(0.3, 'torch', 2))).toMatchObject({ player: 'wasm ×2', against: 'torch ×2', reached: 0.1 });
  expect(judge(onTwoThreads(0.3, 'torch', 1))).toMatchObject({ player: 'wasm ×2', against: 'torch', reached: 0.25 });
});

test('a limit is a share of its speed: flops of arithmetic, bytes of traffic', () => {
  // 1800 operations in 2 ms are 900 a ms; the limit's 1000 in 1 ms are 1000.
  expect(judge(share(0.9, 'fma'), { flops: 1800 })).toMatchObject({
    against: 'limit fma',
    reached: 0.9,
    kind: 'at least',
  });
  expect(isMet(judge(share(0.9, 'fma'), { flops: 1800 }))).toBe(true);
  expect(isMet(judge(share(0.91, 'fma'), { flops: 1800 }))).toBe(false);
  expect(judge(share(0.5, 'copy'), { flops: 1, bytes: 400 }).reached).toBe(0.5);
});

test('a limit that was timed between the player’s own calls is the one', () => {
  const own: typeof samples = { ...samples, 'wasm, beside': [0.5, 1, 1.5] };
  expect(judgeGoal(share(0.9, 'fma'), { flops: 1800 }, (name) => own[name], limits).reached).toBe(0.45);
});

test.each([
  atMost(1, 'jax'),
  share(1, 'fill'),
  // A case that has no operations to count.
  share(1, 'fma'),
])('what was not measured is neither met nor missed: %j', (goal) => {
  const record = judge(goal);
  expect(record.reached).toBeNull();
  expect(isMet(record)).toBeNull();
});
