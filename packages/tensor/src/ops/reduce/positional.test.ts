import '../../methods.ts';
import { expect, test } from 'vitest';
import { tensor } from '../../index.ts';

test.each(['sum', 'mean', 'prod', 'max', 'min', 'argmax', 'amax', 'norm', 'all'])(
  '%s refuses a positional dimension',
  (name) => {
    const x = tensor([[1, 2]]) as unknown as Record<string, (dim: unknown) => unknown>;
    expect(() => x[name]!(1)).toThrow(`[${name}] dimensions go into the options: write { dim: 1 }`);
  },
);
