import '../../methods.ts';
import { expect, test } from 'vitest';
import { norm, tensor, vectorNorm } from '../../index.ts';

test.each(['sum', 'mean', 'prod', 'max', 'min', 'argmax', 'amax', 'all'])(
  '%s refuses a positional dimension',
  (name) => {
    const x = tensor([[1, 2]]) as unknown as Record<string, (dim: unknown) => unknown>;
    expect(() => x[name]!(1)).toThrow(`[${name}] dimensions go into the options: write { dim: 1 }`);
  },
);

test('norms refuse a positional order, which is what PyTorch takes first', () => {
  const x = tensor([[1, 2]]);
  expect(() => x.norm(1 as never)).toThrow('[norm] the order goes into the options: write { p: 1 } instead of 1');
  expect(() => vectorNorm(x, 1 as never)).toThrow('[vectorNorm] the order goes into the options: write { ord: 1 }');
  expect(() => norm(x, { p: 'nuc' as never })).toThrow(
    "give a number, ±Infinity or 'fro': there are no norms of matrices",
  );
});
