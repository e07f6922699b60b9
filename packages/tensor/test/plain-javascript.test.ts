/** What the compiler refuses and plain JavaScript writes all the same: typed errors that name the op and what was given. */
import '../src/methods.ts';
import { NnError } from '@nn/backend';
import { describe, expect, it } from 'vitest';
import * as nn from '../src/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: callers whom no compiler checks
const F: any = nn;
const x = F.tensor([
  [1, 2],
  [3, 4],
]);

describe('calls that no compiler checked', () => {
  it.each<readonly [string, () => unknown]>([
    ['[matmul] got plain numbers only: 3; make one of them a tensor', () => x.matmul(3)],
    ['[matmul] an operand is an array', () => x.matmul([[1], [2]])],
    ['[matmul] an operand is undefined', () => x.matmul()],
    ['[matmul] an operand is null', () => F.matmul(null, x)],
    ['[linear] an operand is an array', () => F.linear([1, 2], x)],
    ['make a tensor of it with tensor(…) or take one out of it', () => F.linear([x, [x]], x)],
    ['[mm] got plain numbers only: 3', () => x.mm(3)],
    ['[exp] an operand is no tensor', () => F.exp(3)],
    ['[relu] an operand is no tensor', () => F.relu([1])],
    ["[zeros] 'int16' is not a dtype; there are bool, uint8", () => F.zeros([2], { dtype: 'int16' })],
    ["[full] 'double' is not a dtype", () => F.full([2], 1, { dtype: 'double' })],
    ["[tensor] 'int16' is not a dtype", () => F.tensor([2], { dtype: 'int16' })],
    ["[tensor] 'int16' is not a dtype", () => F.tensor(new Float32Array(2), { dtype: 'int16' })],
    ["[randn] 'int16' is not a dtype", () => F.randn([2], { dtype: 'int16' })],
    ["[to] 'int16' is not a dtype", () => x.to('int16')],
    ["[sum] 'int16' is not a dtype", () => x.sum({ dtype: 'int16' })],
    ['[zerosLike] got plain numbers only: 3', () => F.zerosLike(3)],
    ['[backend] got wasm; give a backend, such as await wasm()', () => F.zeros([2], { backend: 'wasm' })],
    ['[backend] got [object Promise]; give a backend', () => F.setBackend(Promise.resolve())],
    ['[backend] got undefined; give a backend', () => F.setBackend()],
    ['[sum] dimension a is out of range for rank 2', () => x.sum({ dim: 'a' })],
    ['[mean] dimension 1 is out of range for rank 2', () => x.mean({ dim: '1' })],
    ['[argmax] dimension a is out of range for rank 2', () => x.argmax({ dim: 'a' })],
    ['[squeeze] dimension a is out of range for rank 2', () => x.squeeze('a')],
    ['[cat] no tensors given; pass one at least, in an array', () => F.cat(x, x)],
    ['[cat] got plain numbers only: 1', () => F.cat([x, 1])],
    ['[stack] no tensors given; pass one at least, in an array', () => F.stack(x, x)],
    ['[stack] an operand is an array', () => F.stack([x, [1]])],
    ['[split] got undefined; give an array of numbers', () => x.split()],
    ['[gather] an operand is an array', () => x.gather(1, [0])],
    ['[scatter] an operand is an array', () => x.scatter(1, [0], 1)],
    ['[indexSelect] got plain numbers only: 1', () => x.indexSelect(0, 1)],
    ['[setAt] got 0; give an array of numbers', () => x.setAt(0, 5)],
    ['[where] the condition is undefined; it must be bool', () => F.where([true], x, x)],
    ['[clamp] neither min nor max is given', () => x.clamp()],
    ['[setPrintOptions] got 4 where options belong', () => F.setPrintOptions(4)],
    ['[zeroGrad] got true where options belong', () => x.zeroGrad(true)],
    ['[grad] got plain numbers only: 3', () => Object.assign(F.tensor([1]), { grad: 3 })],
  ])('%s', (message, call) => {
    expect(call).toThrow(NnError);
    expect(call).toThrow(message);
  });

  it('leave the op as it was', () => {
    for (const name of ['prod', 'amax'] as const) {
      try {
        x[name]({ dtype: 'int16' });
      } catch {}
      expect(x[name]().dtype).toBe('float32');
    }
  });
});
